/**
 * Bytes that Fovea stores itself (uploads), named by their SHA-256:
 *
 *     <folder>/ab/abcdef…      the bytes
 *     <folder>/tmp/<uuid>      being written
 *
 * Written to `tmp`, flushed to the disk, renamed, the folder flushed: a name that is there has all its bytes, whatever
 * happened. Storing the same bytes again changes nothing.
 *
 * @module
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LimitError } from '../contract/index.ts';
import { errnoOf, writeError } from './file-error.ts';
import { HEAD_BYTES } from './file.ts';
import { createTurns } from './turns.ts';

const SHA256 = /^[0-9a-f]{64}$/;
const PREFIX = 'fovea:';

export interface StoredBlob {
  /** Lower-case hex. */
  readonly sha256: string;
  /** `fovea:<sha256>` */
  readonly uri: string;
  /** Bytes. */
  readonly size: number;
  /** The first 64 KiB, or all of fewer bytes. */
  readonly head: Uint8Array;
  /** False where the same bytes were there already. */
  readonly created: boolean;
}

export interface PutOptions {
  /** More bytes are refused, and nothing of them is kept. */
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function blobUri(sha256: string): string {
  return `${PREFIX}${checked(sha256)}`;
}

/** The SHA-256 of a `fovea:` address; undefined for every other address. */
export function blobOfUri(uri: string): string | undefined {
  const sha256 = uri.startsWith(PREFIX) ? uri.slice(PREFIX.length) : '';
  return SHA256.test(sha256) ? sha256 : undefined;
}

/**
 * A folder of blobs. One process writes to it at a time (the owner of `FOVEA_HOME`). Putting bytes, with what is done about
 * them (`use`), and removing the same bytes take turns, so that nobody is promised bytes that are being removed.
 */
export class BlobStore {
  readonly folder: string;
  readonly #turns = createTurns();

  /** Touches nothing; folders are made on the first `put`. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where a blob's bytes lie, if they do. */
  path(sha256: string): string {
    return join(this.folder, checked(sha256).slice(0, 2), sha256);
  }

  /** Size in bytes; undefined where there is no such blob. */
  async size(sha256: string): Promise<number | undefined> {
    try {
      return (await stat(this.path(sha256))).size;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /**
   * Stores a stream of bytes; nothing is left of one that fails.
   *
   * @throws LimitError above `maxBytes`; StorageFullError on a full disk, UnavailableError where the folder can't be written;
   * what the stream throws; the signal's reason.
   */
  put(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options: PutOptions = {}): Promise<StoredBlob> {
    return this.putAnd(bytes, (blob) => Promise.resolve(blob), options);
  }

  /**
   * As `put`, and runs `use` before anybody can remove these bytes. Where `use` fails they stay: what it wrote about them
   * may have been committed.
   */
  async putAnd<T>(
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    use: (blob: StoredBlob) => Promise<T>,
    options: PutOptions = {},
  ): Promise<T> {
    const temporary = join(this.folder, 'tmp', randomUUID());
    try {
      const handle = await this.#writing(openNew(temporary));
      const write = (chunk: Uint8Array) => this.#writing(writeChunk(handle, chunk));
      const written = await writeAll(write, bytes, options)
        .then((each) => this.#writing(handle.sync()).then(() => each))
        .finally(() => handle.close());
      return await this.#turns.take(written.sha256, async () => {
        const created = await this.#writing(this.#keep(temporary, written.sha256, written.size));
        return use({ ...written, uri: blobUri(written.sha256), created });
      });
    } catch (error) {
      /** The first error is the one to tell; what could not be removed is left to {@link removeTemporary}. */
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Removes bytes.
   *
   * @param isNeeded Asked while nobody puts them; true keeps them.
   * @returns True where there was something to remove.
   */
  remove(sha256: string, isNeeded: () => Promise<boolean> = () => Promise.resolve(false)): Promise<boolean> {
    return this.#turns.take(checked(sha256), async () => !(await isNeeded()) && this.#unlink(sha256));
  }

  async #unlink(sha256: string): Promise<boolean> {
    try {
      await unlink(this.path(sha256));
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return false;
      throw await writeError(error, this.folder);
    }
  }

  /** The SHA-256 of every blob, in no order. */
  async *each(): AsyncGenerator<string> {
    for (const folder of await names(this.folder)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of await names(join(this.folder, folder))) if (SHA256.test(name)) yield name;
    }
  }

  /** Removes what a process that ended in the middle of a `put` left; returns how many. For the start, before any `put`. */
  async removeTemporary(): Promise<number> {
    const folder = join(this.folder, 'tmp');
    const left = await this.#writing(names(folder));
    for (const name of left) await rm(join(folder, name), { force: true });
    return left.length;
  }

  /** Failures of the disk for people; those of the sender are not touched. */
  async #writing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw await writeError(error, this.folder);
    }
  }

  /** Gives a finished temporary file its name; false where the bytes were there. */
  async #keep(temporary: string, sha256: string, size: number): Promise<boolean> {
    if ((await this.size(sha256)) === size) {
      await unlink(temporary);
      return false;
    }
    const folder = join(this.folder, sha256.slice(0, 2));
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(temporary, this.path(sha256));
    await flush(folder);
    if (made !== undefined) await flush(this.folder);
    return true;
  }
}

interface Written {
  readonly sha256: string;
  readonly size: number;
  readonly head: Uint8Array;
}

async function openNew(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return await open(path, 'wx', 0o600);
}

async function writeAll(
  write: (chunk: Uint8Array) => Promise<void>,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { maxBytes = Infinity, signal }: PutOptions,
): Promise<Written> {
  const hash = createHash('sha256');
  const head: Uint8Array[] = [];
  let headLeft = HEAD_BYTES;
  let size = 0;
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    size += chunk.length;
    if (size > maxBytes) throw new LimitError(`Cannot store file: it has more than ${maxBytes} bytes, the limit`);
    hash.update(chunk);
    if (headLeft > 0) {
      /** A copy: the sender may use its buffer again. */
      head.push(Uint8Array.from(chunk.subarray(0, headLeft)));
      headLeft -= Math.min(headLeft, chunk.length);
    }
    await write(chunk);
  }
  return { sha256: hash.digest('hex'), size, head: Buffer.concat(head) };
}

/** The system may take less than it is given. */
async function writeChunk(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length;) {
    offset += (await handle.write(chunk, offset, chunk.length - offset)).bytesWritten;
  }
}

/** What a folder holds; nothing where it isn't there. */
async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

function checked(sha256: string): string {
  if (!SHA256.test(sha256))
    throw new RangeError(`Cannot name blob "${sha256}": a SHA-256 has 64 lower-case hex digits`);
  return sha256;
}
