/**
 * A backup as a file: written beside its place, flushed, read to its end, then given its name.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { FoveaClient } from '../../client/index.ts';
import type { BackupSummary } from '../../contract/index.ts';
import { writeStream, writeWholeFile } from '../whole-file.ts';
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
  let summary: BackupSummary | undefined;
  const check = async (part: string): Promise<void> => {
    summary = await checkBackup(part);
  };
  // The file first of all: a snapshot is no small thing to take for one that can't be written.
  await writeWholeFile(path, { what: 'the backup', overwrite, mode: 0o600, check }, async (file) => {
    const { body } = await client.backup();
    await writeStream(body, file, onBytes);
  });
  if (summary === undefined) throw new Error('Cannot tell what the backup holds: it was not checked');
  return summary;
}
