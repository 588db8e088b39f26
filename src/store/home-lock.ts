/**
 * One owner of `FOVEA_HOME`: PGlite takes no lock itself, and two processes on one folder lose acknowledged data. The lock
 * dies with its holder (`exclusive-lock.ts`); `server.json` beside it, readable by this user only, tells clients who it is:
 *
 *     { "pid": 4711, "port": 8900, "host": "10.0.0.5", "token": "…" }
 *
 * `port` is missing until the owner listens, and where it never does; `host` where loopback reaches it.
 *
 * The file may outlive a killed owner; it counts only while the lock is held.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConflictError } from '../contract/errors.ts';
import { lockHolder, takeLock } from './exclusive-lock.ts';

const FILE = 'server.json';

/** Who has a home open. */
export interface HomeOwner {
  readonly pid: number;
  /** Where it listens on this machine; undefined where it doesn't (yet). */
  readonly port: number | undefined;
  /** Address to reach it by from this machine, e.g. `127.0.0.1`, `[::1]`. */
  readonly host: string;
  /** What a client must show to be trusted like the owner's user. */
  readonly token: string;
}

/** Another process has the home open. */
export class HomeInUseError extends ConflictError {}

export interface HomeLock {
  /** Made anew with each lock: 32 hex digits. */
  readonly token: string;
  /** Tells clients where the owner listens. */
  announce(port: number, host?: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a home for this process until `release` or its end, however it ends. The folder is made where it is missing.
 *
 * @throws HomeInUseError which tells the owner's pid and port.
 */
export async function takeHomeLock(folder: string): Promise<HomeLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await takeLock(folder);
  if (lock === undefined) throw await inUse(folder);
  const token = randomBytes(16).toString('hex');
  await writeOwner(folder, { pid: process.pid, token });
  return {
    token,
    announce: (port, host) =>
      writeOwner(folder, { pid: process.pid, port, token, ...(host === undefined ? {} : { host }) }),
    release: async () => {
      await rm(join(folder, FILE), { force: true });
      await lock.release();
    },
  };
}

/** Who has a home open, or undefined where nobody has; what a killed owner left behind doesn't count. */
export async function readHomeOwner(folder: string): Promise<HomeOwner | undefined> {
  const holder = await lockHolder(folder);
  if (holder === undefined) return undefined;
  const owner = await readOwner(folder);
  const stale = holder.pid !== undefined && owner?.pid !== holder.pid;
  return stale ? undefined : owner;
}

async function inUse(folder: string): Promise<HomeInUseError> {
  const holder = await lockHolder(folder);
  const owner = await readOwner(folder);
  const pid = holder?.pid ?? owner?.pid;
  const port = owner?.pid === pid ? owner?.port : undefined;
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const where = port === undefined ? '' : `, and serves it on port ${port}`;
  return new HomeInUseError(
    `Cannot open the home "${folder}": ${who} has it open${where}; use that one, or stop it first`,
  );
}

/** Beside and renamed, so that a reader sees a whole file. */
async function writeOwner(
  folder: string,
  owner: { pid: number; port?: number; host?: string; token: string },
): Promise<void> {
  const beside = join(folder, `${FILE}.${process.pid}`);
  await writeFile(beside, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  await chmod(beside, 0o600);
  await rename(beside, join(folder, FILE));
}

async function readOwner(folder: string): Promise<HomeOwner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(join(folder, FILE), 'utf8'));
    return isOwner(owner) ? { ...owner, host: owner.host ?? '127.0.0.1' } : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(value: unknown): value is Omit<HomeOwner, 'host'> & { readonly host?: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, port, host, token } = value as { pid?: unknown; port?: unknown; host?: unknown; token?: unknown };
  if (typeof pid !== 'number' || typeof token !== 'string') return false;
  return (port === undefined || typeof port === 'number') && (host === undefined || typeof host === 'string');
}
