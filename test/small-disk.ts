/**
 * A file system of a few megabytes, to be filled: a tmpfs, which only root may mount. Elsewhere `canMount` is false and
 * such tests are skipped by name.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll } from 'vitest';

export interface SmallDisk {
  readonly folder: string;
  /** Takes all of its room but so many bytes. */
  fill(leaveBytes?: number): void;
  /** Gives it back. */
  free(): void;
}

const PREFIX = 'fovea-small-disk-';

/** Whether this process may mount one. */
export const canMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    removeStale();
    unmount(mount(1));
    return true;
  } catch {
    return false;
  }
})();

/** Makes disks that are gone when the suite ends; to be called where it is described. */
export function smallDisks(): (megabytes: number) => SmallDisk {
  const mounted: string[] = [];
  const unmountAll = (): void => {
    for (const folder of mounted.splice(0)) unmount(folder);
  };
  afterAll(unmountAll);
  return (megabytes) => {
    const folder = mount(megabytes);
    mounted.push(folder);
    const filler = join(folder, 'filler');
    return {
      folder,
      fill(leaveBytes = 0) {
        const file = openSync(filler, 'w');
        const { bavail, bsize } = statfsSync(folder);
        try {
          // Others may take some of it meanwhile: what is written then is all that there is.
          for (let left = bavail * bsize - leaveBytes; left > 0;)
            left -= writeSync(file, Buffer.alloc(Math.min(left, 65_536)));
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
        } finally {
          closeSync(file);
        }
      },
      free: () => rmSync(filler, { force: true }),
    };
  };
}

function mount(megabytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
  return folder;
}

/** Lazily: a process that ends may still have a file open. */
function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
  rmdirSync(folder);
}

/** Those of test runs that were killed. */
function removeStale(): void {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const folder = line.split(' ')[1] ?? '';
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(basename(folder))?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) unmount(folder);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
