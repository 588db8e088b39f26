/**
 * What a PostgreSQL database needs before Fovea can use it: the settings of every session, and pgvector.
 *
 * @module
 */
import { Client, type Pool } from 'pg';
import { UnavailableError } from '../../contract/errors.ts';
import { DatabaseError, identifier, type Dialect } from '../database.ts';
import { TYPES_QUERY, ValueTypes, type TypeRow } from '../types.ts';
import { toDatabaseError } from './connection.ts';
import { postgresDialect } from './dialect.ts';
import { connectError, missingPgvector, missingPrivilege } from './setup-errors.ts';

/** So that names and results read the same everywhere (a user called like a schema would make its tables there), and backslashes as the SQL door's parser reads them; then rules S18 and S19 (placeholders until their libraries are loaded). */
export const SESSION_SETTINGS = `
  set search_path = public; set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set extra_float_digits = 1;
  set bytea_output = 'hex'; set standard_conforming_strings = on; set default_text_search_config = 'pg_catalog.english';
  set hnsw.iterative_scan = 'relaxed_order'; set citus.propagate_set_commands = 'local'`;

/** hnsw.iterative_scan and halfvec came with it. */
const PGVECTOR_MINIMUM = [0, 8, 0] as const;
/** 0.8.2 to 0.8.4 mend a buffer overflow of parallel index builds and damage to HNSW indexes by VACUUM. */
const PGVECTOR_ADVISED = [0, 8, 4] as const;

/** Checks the database and makes the extension where it is missing. */
export async function prepare(
  pool: Pool,
  url: string,
  onNote: ((note: string) => void) | undefined,
): Promise<{ dialect: Dialect; types: ValueTypes }> {
  const address = addressOf(url);
  try {
    await pool.query('select 1');
  } catch (error) {
    throw connectError(address, toDatabaseError(error));
  }
  await ensurePgvector(pool, address, onNote);
  const { rows: types } = await pool.query<TypeRow>(TYPES_QUERY);
  const { rows: oids } = await pool.query<{ oid: number }>(
    'select oid from pg_database where datname = current_database()',
  );
  return { dialect: postgresDialect(Number(oids[0]?.oid)), types: new ValueTypes(types) };
}

async function ensurePgvector(
  pool: Pool,
  address: string,
  onNote: ((note: string) => void) | undefined,
): Promise<void> {
  const version = (await installedVersion(pool)) ?? (await createExtension(pool, address));
  const parts = version.split('.').map(Number);
  if (isBelow(parts, PGVECTOR_MINIMUM)) {
    throw new UnavailableError(
      `Cannot open the database "${address}": its pgvector is ${version}, and 0.8.0 is the oldest that works; update it on the server, then run: alter extension vector update`,
    );
  }
  if (isBelow(parts, PGVECTOR_ADVISED)) {
    onNote?.(
      `pgvector ${version} works; 0.8.4 or later is advised, as it mends index builds and VACUUM of HNSW indexes`,
    );
  }
}

async function installedVersion(pool: Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ version: string }>(
    `select extversion as version from pg_extension where extname = 'vector'`,
  );
  return rows[0]?.version;
}

async function createExtension(pool: Pool, address: string): Promise<string> {
  try {
    await pool.query('create extension if not exists vector');
  } catch (error) {
    const failure = toDatabaseError(error);
    if (failure.sqlState === '42501') {
      const { rows } = await pool.query<{ name: string }>('select current_database()::text as name');
      throw missingPrivilege(
        `make the extension "vector" in the database ${identifier(rows[0]?.name ?? '')}`,
        ['create extension vector'],
        failure,
      );
    }
    if (failure.sqlState === '0A000' || failure.sqlState === '58P01') throw missingPgvector(address, failure);
    throw failure;
  }
  const version = await installedVersion(pool);
  if (version === undefined) throw new DatabaseError('create extension vector left none', { sqlState: 'XX000' });
  return version;
}

function isBelow(version: readonly number[], floor: readonly number[]): boolean {
  for (const [index, least] of floor.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}

/** The server as it may be shown, without a password. */
export function addressOf(url: string): string {
  const { user, host, port, database } = new Client({ connectionString: url });
  return `postgres://${user}@${host}:${port}/${database}`;
}
