/**
 * A lock between processes for work on one file: the holder creates `<path>` exclusively, touches it while it works and
 * removes it; the others wait. A lock whose holder died (its process is gone, or nothing touched it for a while) is taken
 * over. Where two take over at the same instant both may work for a moment: what they write must be checked anyway.
 *
 * @module
 */
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './errno.ts';

export interface FileLockTiming {
  /** A lock that nobody touched while another waited for so long is taken over. */
  readonly staleMs: number;
  readonly pollMs: number;
}

const TIMING: FileLockTiming = { staleMs: 30_000, pollMs: 100 };

/** Runs `work` while this process holds the lock file at `path`; waits without limit for a holder that lives. */
export async function withFileLock<Result>(
  path: string,
  work: () => Promise<Result>,
  timing: FileLockTiming = TIMING,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  const isStale = staleness(timing.staleMs);
  while (!(await tryAcquire(path))) {
    if (await isAbandoned(path, isStale)) await takeAway(path);
    else await sleep(timing.pollMs);
  }
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), timing.staleMs / 4);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(path, { force: true });
  }
}

async function tryAcquire(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    } catch (error) {
      // One that says no holder would keep everybody waiting until it is stale.
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Tells whether nobody touched a file for so long as this process looks at it: its clock may be put forward and back. */
function staleness(staleMs: number): (mtimeMs: number) => boolean {
  let seen: { readonly mtimeMs: number; readonly since: number } | undefined;
  return (mtimeMs) => {
    if (seen?.mtimeMs !== mtimeMs) seen = { mtimeMs, since: performance.now() };
    return performance.now() - seen.since > staleMs;
  };
}

async function isAbandoned(path: string, isStale: (mtimeMs: number) => boolean): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (isStale(mtimeMs)) return true;
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('host' in holder)) return false;
    return holder.host === hostname() && typeof holder.pid === 'number' && !isAlive(holder.pid);
  } catch {
    // Gone, or created and not yet written: the next round sees.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Renaming first lets exactly one of several takers succeed. */
async function takeAway(path: string): Promise<void> {
  const aside = `${path}.${process.pid}.stale`;
  try {
    await rename(path, aside);
    await rm(aside, { force: true });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
