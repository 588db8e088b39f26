/**
 * What a home folder knows of itself: `engine.json` in it.
 *
 *     { "id": "…", "version": "0.1.0", "databases": ["embedded"] }
 *
 *     id         made once
 *     version    of the release that opened it last
 *     databases  those that the home has been opened with: what one doesn't need, another may
 *
 * and `running`, a file that is there from an opening to its close: one that is there before was killed.
 *
 * @module
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '../contract/index.ts';
import { VERSION } from './version.ts';

const HomeFile = z.object({ id: z.uuid(), version: z.string(), databases: z.array(z.string()).default([]) });

export interface HomeIdentity {
  readonly id: string;
  /** Whether the home's stored bytes may belong to another database too. */
  readonly servesOthers: boolean;
}

/**
 * Reads the home's id, which is made at the first opening, and notes this release's version and the database. Call it under
 * the home's lock.
 *
 * @param database URL of a PostgreSQL; undefined: the embedded one.
 * @throws InvalidInputError for a file that was damaged.
 */
export async function identifyHome(home: string, database: string | undefined): Promise<HomeIdentity> {
  const path = join(home, 'engine.json');
  const known = await readHomeFile(path);
  const id = known?.id ?? randomUUID();
  const databases = [...new Set([...(known?.databases ?? []), databaseName(database)])];
  if (known?.version !== VERSION || known.databases.length < databases.length) {
    await writeFile(`${path}.part`, `${JSON.stringify({ id, version: VERSION, databases })}\n`);
    await rename(`${path}.part`, path);
  }
  return { id, servesOthers: databases.length > 1 };
}

/** Without what is secret: a hash of server and name. One database by two addresses counts as two, which loses nothing. */
function databaseName(url: string | undefined): string {
  if (url === undefined) return 'embedded';
  const place = URL.canParse(url) ? `${new URL(url).host}${new URL(url).pathname}` : url;
  return createHash('sha256').update(place).digest('hex').slice(0, 16);
}

/** Notes that the home is open. Call it under the home's lock. @returns Whether the process that had it open was killed. */
export async function enterHome(home: string): Promise<{ readonly wasKilled: boolean }> {
  try {
    await writeFile(join(home, 'running'), '', { flag: 'wx' });
    return { wasKilled: false };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return { wasKilled: true };
    throw error;
  }
}

/** Notes that everything was ended in order. */
export async function leaveHome(home: string): Promise<void> {
  await rm(join(home, 'running'), { force: true });
}

async function readHomeFile(path: string): Promise<z.infer<typeof HomeFile> | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return HomeFile.parse(JSON.parse(text));
  } catch (error) {
    throw new InvalidInputError(`Cannot open the home: "${path}" is damaged; move it away, and a new one is made`, [], {
      cause: error,
    });
  }
}
