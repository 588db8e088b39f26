/**
 * A backup as a file: written beside its place, flushed, read to its end, then given its name.
 *
 * @module
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FoveaClient } from '../../client/index.ts';
import type { BackupSummary } from '../../contract/index.ts';
import { ConflictError, FoveaError, StorageFullError, UnavailableError } from '../../contract/index.ts';
import { writeError } from '../../sources/index.ts';
import { checkBackup } from './restore.ts';

export interface SaveBackupOptions {
  /** Replace a file that is there. Default false. */
  readonly overwrite?: boolean;
  /** Told how many bytes have been written. */
  readonly onBytes?: (count: number) => void;
}

/**
 * Writes what a client's server holds to a file of this machine; readable by this user only.
 *
 * @throws ConflictError where the file is there; StorageFullError where there is no room; UnavailableError where the
 * backup or the disk fails. No file is left then.
 */
export async function saveBackup(
  client: FoveaClient,
  target: string,
  { overwrite = false, onBytes = () => undefined }: SaveBackupOptions = {},
): Promise<BackupSummary> {
  const path = resolve(target);
  if (!overwrite && (await exists(path)))
    throw new ConflictError(`Cannot write the backup "${path}": a file is there; give another name, or overwrite it`);
  const part = `${path}.${process.pid}.part`;
  try {
    // First of all: a snapshot is no small thing to take for a file that can't be written.
    const file = await open(part, 'wx', 0o600);
    try {
      const { body } = await client.backup();
      await write(body, file, onBytes);
    } finally {
      await file.close();
    }
    const summary = await checkBackup(part);
    await rename(part, path);
    await flushFolder(dirname(path));
    return summary;
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof FoveaError) throw error;
    const told = await writeError(error, dirname(path));
    if (told instanceof StorageFullError) throw told;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnavailableError(`Cannot write the backup "${path}": ${reason}`, { cause: error });
  }
}

async function write(
  body: ReadableStream<Uint8Array>,
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
  // To the disk: a backup is for the day on which the power fails.
  await file.sync();
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
