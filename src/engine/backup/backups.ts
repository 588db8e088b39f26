/**
 * Backups as streams: a snapshot of the database and the stored bytes that it refers to, while everything else goes on.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { blobOfUri } from '../../sources/index.ts';
import type { BlobStore } from '../../sources/index.ts';
import type { Database, DumpHead, Queryable } from '../../store/index.ts';
import { readBlobUris, readChunks, readHead } from '../../store/index.ts';
import type { BlobRemovals } from '../blob-removals.ts';
import { VERSION } from '../version.ts';
import { ArchiveWriter } from './archive-writer.ts';
import { END_ENTRY, FORMAT_VERSION, HEAD_ENTRY, ORIGINALS, ROWS } from './format.ts';
import type { BackupEnd, BackupHead } from './format.ts';

export interface Backups {
  /**
   * Begins one: the snapshot is taken when this returns. Reading the stream drives it; a failure breaks the stream off and
   * is told through `onNote`.
   */
  start(): Promise<ReadableStream<Uint8Array>>;
  /** Breaks off those that run, and waits for their ends. */
  close(): Promise<void>;
}

export interface BackupsOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly removals: BlobRemovals;
  readonly onNote: (sentence: string) => void;
}

const compress = promisify(gzip);
/** Numbers of vectors hardly shrink more on higher levels, which take thrice the time. */
const GZIP_LEVEL = 1;

export function createBackups(options: BackupsOptions): Backups {
  const running = new Map<ArchiveWriter, Promise<void>>();
  return {
    async start() {
      const writer = new ArchiveWriter(new Date());
      await new Promise<void>((begun, refused) => {
        const work = writeBackup(options, writer, begun).catch((error: unknown) => {
          refused(error);
          writer.fail(error);
          options.onNote(`A backup was not finished: ${error instanceof Error ? error.message : String(error)}`);
        });
        running.set(writer, work);
        void work.finally(() => running.delete(writer));
      });
      return writer.readable;
    },
    async close() {
      for (const writer of running.keys()) writer.fail(new Error('Fovea was closed'));
      await Promise.all(running.values());
    },
  };
}

async function writeBackup(options: BackupsOptions, writer: ArchiveWriter, begun: () => void): Promise<void> {
  const release = await options.removals.hold();
  try {
    await options.database.snapshot(async (tx) => {
      const dump = await readHead(tx);
      begun();
      await writeAll(options, tx, writer, dump);
    });
  } finally {
    await release();
  }
}

async function writeAll(
  { database, blobs }: BackupsOptions,
  tx: Queryable,
  writer: ArchiveWriter,
  dump: DumpHead,
): Promise<void> {
  const head: BackupHead = {
    format: 'fovea-backup',
    formatVersion: FORMAT_VERSION,
    version: VERSION,
    createdAt: writer.createdAt.toISOString(),
    dialect: database.dialect.name,
    ...dump,
  };
  await writer.addJson(HEAD_ENTRY, head);
  const originals = await writeOriginals(tx, blobs, writer, dump);
  const rows = await writeRows(tx, writer, dump);
  const { entries } = writer.hash;
  await writer.addJson(END_ENTRY, { entries, sha256: writer.hash.digest(), ...originals, ...rows } satisfies BackupEnd);
  writer.finish();
}

async function writeOriginals(
  tx: Queryable,
  blobs: BlobStore,
  writer: ArchiveWriter,
  { namespaces }: DumpHead,
): Promise<Pick<BackupEnd, 'originals' | 'missingOriginals'>> {
  let originals = 0;
  let missingOriginals = 0;
  for await (const uris of readBlobUris(tx, namespaces)) {
    for (const uri of uris) {
      const sha256 = blobOfUri(uri);
      if (sha256 === undefined) continue;
      const path = blobs.path(sha256);
      const sizeBytes = await stat(path).then(
        ({ size }) => size,
        () => undefined,
      );
      if (sizeBytes === undefined) {
        missingOriginals += 1;
        continue;
      }
      await writer.add(`${ORIGINALS}${sha256}`, sizeBytes, createReadStream(path));
      originals += 1;
    }
  }
  return { originals, missingOriginals };
}

async function writeRows(
  tx: Queryable,
  writer: ArchiveWriter,
  dump: DumpHead,
): Promise<Pick<BackupEnd, 'rows' | 'contents'>> {
  let rows = 0;
  let contents = 0;
  let number = 0;
  for await (const chunk of readChunks(tx, dump)) {
    number += 1;
    const name = `${ROWS}${chunk.schema}/${chunk.table}/${String(number).padStart(6, '0')}.jsonl.gz`;
    await writer.addBytes(name, await compress(chunk.lines, { level: GZIP_LEVEL }));
    rows += chunk.rows;
    if (chunk.table === '_content') contents += chunk.rows;
  }
  return { rows, contents };
}
