/**
 * Restoring a backup's file into an empty home or database. The file is read twice: first to its end, so that a damaged one
 * is refused before anything is written, then to write it.
 *
 * @module
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { BackupSummary, RestoreProgress } from '../../contract/index.ts';
import type { BlobStore } from '../../sources/index.ts';
import type { Database, LoadChunk } from '../../store/index.ts';
import { loadDump, refuseContents } from '../../store/index.ts';
import type { BlobRemovals } from '../blob-removals.ts';
import { fileSize, openArchive } from './archive-reader.ts';
import type { ArchiveEntry, OpenArchive } from './archive-reader.ts';
import { ORIGINALS } from './format.ts';
import type { BackupEnd } from './format.ts';

export interface RestoreParts {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly removals: BlobRemovals;
}

type Report = (progress: Pick<RestoreProgress, 'step' | 'bytes'>) => void;

const decompress = promisify(gunzip);
/** A chunk is some MB; a foreign file could hold anything. */
const LARGEST_CHUNK_BYTES = 512 * 1024 ** 2;

/**
 * Reads a backup to its end.
 *
 * @throws InvalidInputError for a file that is foreign, cut off or damaged; ConflictError for one of a newer release.
 */
export async function checkBackup(path: string, report: Report = () => undefined): Promise<BackupSummary> {
  const sizeBytes = await fileSize(path);
  const archive = await openArchive(path);
  try {
    const { contents, rows, originals, missingOriginals } = await each(archive, async () => {
      report({ step: 'checking', bytes: archive.bytesRead() });
    });
    const { createdAt, version, schemaVersion, dialect, namespaces } = archive.head;
    const written = { createdAt, version, schemaVersion, dialect, namespaces: [...namespaces] };
    return { ...written, contents, rows, originals, missingOriginals, sizeBytes };
  } finally {
    await archive.close();
  }
}

/**
 * Restores all of it or nothing.
 *
 * @returns How many stored originals had been damaged before they were backed up; these are left out.
 * @throws what `checkBackup` throws; ConflictError where a namespace is not empty.
 */
export async function restoreBackup(
  parts: RestoreParts,
  path: string,
  report: Report,
): Promise<{ readonly summary: BackupSummary; readonly damagedOriginals: number }> {
  await refuseContents(parts.database);
  const summary = await checkBackup(path, report);
  const stored: string[] = [];
  const release = await parts.removals.hold();
  try {
    return { summary, damagedOriginals: await restoreAll(parts, path, stored, report) };
  } catch (error) {
    await parts.removals.remove(stored);
    throw error;
  } finally {
    // Removes what was stored where it is not needed, and only there.
    await release();
  }
}

async function restoreAll(parts: RestoreParts, path: string, stored: string[], report: Report): Promise<number> {
  const archive = await openArchive(path);
  const told = (): void => report({ step: 'restoring', bytes: archive.bytesRead() });
  try {
    let damaged = 0;
    let next = await archive.entries.next();
    for (; next.done !== true && next.value.name.startsWith(ORIGINALS); next = await archive.entries.next()) {
      if (!(await storeOriginal(parts.blobs, next.value, stored))) damaged += 1;
      told();
    }
    const first = next.done === true ? undefined : next.value;
    let isFirst = true;
    const chunks = (): AsyncIterable<LoadChunk> => {
      // A transaction that lost a conflict runs again, from the first row on.
      if (!isFirst) return againFrom(path);
      isFirst = false;
      return rowsFrom(first, archive, told);
    };
    await loadDump(parts.database, archive.head, chunks);
    return damaged;
  } finally {
    await archive.close();
  }
}

/** False for bytes that are not those of their name: they were damaged when they were backed up. */
async function storeOriginal(blobs: BlobStore, { name, body }: ArchiveEntry, stored: string[]): Promise<boolean> {
  const { sha256, uri, created } = await blobs.put(body);
  if (name === `${ORIGINALS}${sha256}`) {
    if (created) stored.push(uri);
    return true;
  }
  if (created) await blobs.remove(sha256);
  return false;
}

async function* againFrom(path: string): AsyncGenerator<LoadChunk> {
  const archive = await openArchive(path);
  try {
    yield* rowsFrom(undefined, archive, () => undefined);
  } finally {
    await archive.close();
  }
}

/** Rows of an entry and of those behind it, to the file's end, which must be right. */
async function* rowsFrom(
  first: ArchiveEntry | undefined,
  { entries }: OpenArchive,
  told: () => void,
): AsyncGenerator<LoadChunk> {
  if (first !== undefined) yield* rowsOf(first);
  for await (const entry of entries) {
    yield* rowsOf(entry);
    told();
  }
}

async function* rowsOf({ name, bytes }: ArchiveEntry): AsyncGenerator<LoadChunk> {
  const [, schema, table] = /^rows\/([^/]+)\/([^/]+)\/\d+\.jsonl\.gz$/.exec(name) ?? [];
  if (schema === undefined || table === undefined) return;
  const lines = await decompress(await bytes(), { maxOutputLength: LARGEST_CHUNK_BYTES });
  yield { schema, table, lines: lines.toString() };
}

/** Every entry to the file's end, which must be right. */
async function each({ entries }: OpenArchive, work: (entry: ArchiveEntry) => Promise<void>): Promise<BackupEnd> {
  for (;;) {
    const { done, value } = await entries.next();
    if (done === true) return value;
    await work(value);
  }
}
