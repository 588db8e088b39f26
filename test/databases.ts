/**
 * Suites that run on both databases. PGlite always; PostgreSQL where `FOVEA_TEST_POSTGRES_URL` names a server on which
 * this user may create databases and roles (`scripts/test-postgres.mjs` starts one), else its suite is skipped by name;
 * where `FOVEA_REQUIRE` lists `postgres`, its absence is a failure.
 *
 * @module
 */
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, describe, vi } from 'vitest';
import type { Database } from '../src/store/database.ts';
import { openPglite, type PgliteDatabase, type PgliteOptions } from '../src/store/pglite/database.ts';
import { openPostgres, type PostgresOptions } from '../src/store/postgres/database.ts';
import { required } from './data.ts';

/** Server for the tests, or undefined. */
export const postgresUrl: string | undefined = process.env.FOVEA_TEST_POSTGRES_URL;

if (postgresUrl === undefined && required.has('postgres')) {
  throw new Error('FOVEA_REQUIRE lists postgres, but FOVEA_TEST_POSTGRES_URL names no server');
}

/**
 * Registers a suite for each database. `open` gives a fresh, empty one each time; all are closed and removed when the
 * suite ends. Open one in `beforeAll` and share it where the tests allow: an embedded one costs 0.7 s.
 */
export function describeEachDatabase(name: string, suite: (open: () => Promise<Database>) => void): void {
  describe(`${name} on PGlite`, () => suite(freshPglite()));
  describe.skipIf(postgresUrl === undefined)(`${name} on PostgreSQL`, () => suite(freshPostgres()));
}

/** Opens embedded databases in folders of their own; to be called where a suite is described. */
export function freshPglite(options: Omit<PgliteOptions, 'folder'> = {}): () => Promise<PgliteDatabase> {
  const opened: { database: Database; folder: string }[] = [];
  afterAll(async () => {
    for (const { database, folder } of opened) {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-pglite-'));
    cpSync(await template(), join(folder, 'database'), { recursive: true });
    const database = await openPglite({ folder: join(folder, 'database'), ...options });
    opened.push({ database, folder });
    return database;
  };
}

/** A backend that was told to end may be at something that it does not leave at once. */
export async function dropDatabase(name: string): Promise<void> {
  await vi.waitFor(() => administer(`drop database if exists ${name} with (force)`), {
    timeout: 120_000,
    interval: 500,
  });
}

/** Opens databases of their own on the server for the tests; to be called where a suite is described. */
export function freshPostgres(options: Omit<PostgresOptions, 'url'> = {}): () => Promise<Database> {
  const opened: { database: Database; name: string }[] = [];
  afterAll(async () => {
    for (const { database, name } of opened) {
      await database.close();
      await dropDatabase(name);
    }
  });
  return async () => {
    const name = `fovea_test_${randomBytes(6).toString('hex')}`;
    await administer(`create database ${name}`);
    const database = await openPostgres({ url: urlOf(name), ...options });
    opened.push({ database, name });
    return database;
  };
}

/** URL of another database on the server for the tests. */
export function urlOf(database: string): string {
  if (postgresUrl === undefined) throw new Error('FOVEA_TEST_POSTGRES_URL names no server');
  return postgresUrl.replace(/\/[^/?]*(\?|$)/, `/${database}$1`);
}

/** Runs a statement in the server's own database. */
export async function administer(sql: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Folder of an empty database to copy, made once a machine and version: initdb in WebAssembly takes 3 s, a copy 0.1 s. */
export async function template(): Promise<string> {
  const folder = join(tmpdir(), `fovea-test-template-0.5.14-${process.getuid?.() ?? 0}`);
  if (existsSync(folder)) return folder;
  const making = mkdtempSync(`${folder}-`);
  const database = await openPglite({ folder: join(making, 'database') });
  await database.close();
  try {
    renameSync(join(making, 'database'), folder);
  } catch {
    // Another test process was faster.
  }
  rmSync(making, { recursive: true, force: true });
  return folder;
}
