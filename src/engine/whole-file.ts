/**
 * A file that is there whole or not at all: written beside its place, flushed, then given its name.
 *
 * @module
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConflictError, FoveaError, StorageFullError, UnavailableError } from '../contract/index.ts';
import { writeError } from '../sources/index.ts';

export interface WholeFileOptions {
  /** What it is, for messages: `the backup`. */
  readonly what: string;
  /** Replace a file that is there. */
  readonly overwrite: boolean;
  /** Who may read it; 0o666 less the user's mask where it is not given. */
  readonly mode?: number;
  /** Looked at before the file gets its name. */
  readonly check?: (part: string) => Promise<void>;
}

/**
 * @param write Writes everything to the handle.
 * @throws ConflictError where the file is there; StorageFullError where there is no room; UnavailableError where writing or
 * what is written fails. No part of it is left then.
 */
export async function writeWholeFile(
  path: string,
  { what, overwrite, mode = 0o666, check }: WholeFileOptions,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await refuseExisting(path, what, overwrite);
  const part = `${path}.${process.pid}.part`;
  try {
    const file = await open(part, 'wx', mode);
    try {
      await write(file);
      // To the disk: a backup is for the day on which the power fails.
      await file.sync();
    } finally {
      await file.close();
    }
    await check?.(part);
    await rename(part, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof FoveaError) throw error;
    const told = await writeError(error, dirname(path));
    if (told instanceof StorageFullError) throw told;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnavailableError(`Cannot write ${what} "${path}": ${reason}`, { cause: error });
  }
}

/** @throws ConflictError where a file is there that may not be replaced. */
export async function refuseExisting(path: string, what: string, overwrite: boolean): Promise<void> {
  if (overwrite || !(await exists(path))) return;
  throw new ConflictError(`Cannot write ${what} "${path}": a file is there; give another name, or overwrite it`);
}

/** Copies a stream into a file. */
export async function writeStream(
  body: AsyncIterable<Uint8Array>,
  file: FileHandle,
  onBytes: (count: number) => void,
): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    // From its place on: the system may take less than it is given.
    for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
    bytes += chunk.length;
    onBytes(bytes);
  }
}

/** A folder has no file of its name before this. */
async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
