/**
 * Room on the disk of a database's folder, for people who are to make some.
 *
 * @module
 */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** SQLSTATE of a write that found no room. */
export const DISK_FULL = '53100';

/** Bytes left on the folder's file system, of its parents' where it is not there yet; undefined where that can't be asked. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? undefined : freeBytes(parent);
  }
}

/** `"/home/me/.fovea/db" has 0.1 MB left`; the folder alone where nobody knows. */
export async function roomOf(folder: string): Promise<string> {
  const free = await freeBytes(folder);
  return free === undefined ? `"${folder}"` : `"${folder}" has ${(free / 1e6).toFixed(1)} MB left`;
}
