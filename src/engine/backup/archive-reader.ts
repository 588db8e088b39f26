/**
 * Reads a backup's file, entry by entry in bounded memory, and holds it against its own hash. Whoever reads it to the end
 * without an error has read what was written.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { createTarDecoder } from 'modern-tar';
import { LimitError, NotFoundError } from '../../contract/index.ts';
import { EntryHash } from './entry-hash.ts';
import { END_ENTRY, faults, HEAD_ENTRY, parseEnd, parseHead } from './format.ts';
import type { BackupEnd, BackupHead } from './format.ts';

/** Far above what Fovea writes; a foreign file could make it hold anything in memory. */
const LARGEST_HELD_BYTES = 256 * 1024 ** 2;
const READ_BYTES = 256 * 1024;

/** An entry between the head and the end. Read all of its bytes or none: then they are passed over. */
export interface ArchiveEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** All bytes at once. */
  bytes(): Promise<Uint8Array>;
}

export interface OpenArchive {
  readonly head: BackupHead;
  /** Ends only after the file's end was found to be right. */
  readonly entries: AsyncGenerator<ArchiveEntry, BackupEnd>;
  /** How much of the file was read. */
  bytesRead(): number;
  /** Closes the file, wherever the reader stands. */
  close(): Promise<void>;
}

/** Size of the file. @throws NotFoundError where there is none that can be read. */
export async function fileSize(path: string): Promise<number> {
  try {
    const file = await open(path, 'r');
    try {
      const found = await file.stat();
      if (found.isFile()) return found.size;
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NotFoundError('file', path, [], `it can't be read (${reason})`);
  }
  throw new NotFoundError('file', path, [], 'that is no file');
}

/**
 * Opens a backup and reads its head.
 *
 * @throws what `faults` says of it.
 */
export async function openArchive(path: string): Promise<OpenArchive> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  // Not `Readable.toWeb`: a stream of that kind which is given up in the middle may end the process (ERR_INVALID_STATE).
  const raw = readEntries(path, NodeReadableStream.from(file));
  const close = async (): Promise<void> => {
    file.destroy();
    await raw.return(undefined).catch(() => undefined);
  };
  try {
    const first = await raw.next();
    if (first.done === true || first.value.name !== HEAD_ENTRY) throw faults.foreign(path);
    const head = parseHead(path, Buffer.from(await first.value.bytes()).toString());
    return { head, entries: checked(path, raw), bytesRead: () => file.bytesRead, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface RawEntry extends ArchiveEntry {
  /** Hash of the entries before this one, and their number. */
  readonly before: { readonly sha256: string; readonly entries: number };
}

async function* checked(path: string, raw: AsyncGenerator<RawEntry>): AsyncGenerator<ArchiveEntry, BackupEnd> {
  let end: BackupEnd | undefined;
  for await (const entry of raw) {
    if (end !== undefined) throw faults.damaged(path);
    if (entry.name !== END_ENTRY) {
      yield entry;
      continue;
    }
    end = parseEnd(path, Buffer.from(await entry.bytes()).toString());
    if (end.sha256 !== entry.before.sha256 || end.entries !== entry.before.entries) throw faults.damaged(path);
  }
  if (end === undefined) throw faults.cutOff(path);
  return end;
}

/** Entries as they lie in the file; the bytes of one are read before the next comes. */
async function* readEntries(path: string, stream: NodeReadableStream): AsyncGenerator<RawEntry> {
  const hash = new EntryHash();
  const decoded = (stream as unknown as ReadableStream<Uint8Array>).pipeThrough(createTarDecoder({ strict: true }));
  const reader = decoded.getReader();
  let isFirst = true;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw isFirst ? faults.foreign(path, error) : tarFault(path, error);
      });
      if (done) return;
      isFirst = false;
      const { name, size: sizeBytes } = value.header;
      const before = { sha256: hash.digest(), entries: hash.entries };
      hash.begin(name, sizeBytes);
      const body = hashed(path, value.body, hash);
      const rest = { [Symbol.asyncIterator]: () => body };
      yield { name, sizeBytes, before, body: rest, bytes: () => held(path, name, sizeBytes, rest) };
      // What nobody read counts as well.
      while ((await body.next()).done !== true);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function* hashed(path: string, body: ReadableStream<Uint8Array>, hash: EntryHash): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw tarFault(path, error);
    });
    if (done) return;
    hash.update(value);
    yield value;
  }
}

async function held(
  path: string,
  name: string,
  sizeBytes: number,
  body: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  if (sizeBytes > LARGEST_HELD_BYTES)
    throw new LimitError(
      `Cannot restore "${path}": its entry "${name}" has ${sizeBytes} bytes, more than Fovea writes`,
    );
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The decoder tells its faults in words only. */
function tarFault(path: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : '';
  return /truncated|unexpected end/i.test(message) ? faults.cutOff(path, error) : faults.damaged(path, error);
}
