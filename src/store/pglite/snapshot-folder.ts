/**
 * Copies of a database's folder, beside it: `<folder>.snapshot-<random>`. The caller keeps the database still meanwhile. A
 * copy is what a crash would have left, which PGlite opens with nothing lost.
 *
 * @module
 */
import { constants } from 'node:fs';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnavailableError } from '../../contract/errors.ts';

const MARK = '.snapshot-';

/**
 * Copies the folder; where the file system can share blocks, nothing is copied.
 *
 * @returns The copy's path, for the caller to remove.
 * @throws UnavailableError where there is no room for it; nothing of it is left.
 */
export async function copyFolder(folder: string): Promise<string> {
  const copy = await mkdtemp(`${folder}${MARK}`);
  try {
    await cp(folder, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
    return copy;
  } catch (error) {
    await removeFolder(copy);
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnavailableError(
      `Cannot take a snapshot of the database "${folder}": ${reason}; it needs as much free room beside it as the database takes`,
      { cause: error },
    );
  }
}

/** Removes what processes that were killed left. Call it with the folder's lock held. */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(dirname(folder)).catch(() => []);
  for (const name of names)
    if (name.startsWith(`${basename(folder)}${MARK}`)) await removeFolder(join(dirname(folder), name));
}

/** Removes a copy with everything in it. */
export async function removeFolder(copy: string): Promise<void> {
  await rm(copy, { recursive: true, force: true });
}
