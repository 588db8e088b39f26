/**
 * Reads one file once: its SHA-256, and its first bytes to tell what it is.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { LimitError } from '../contract/index.ts';
import { FileChangedError, fileError, UnreadableFileError } from './file-error.ts';
import { displayPath } from './file-uri.ts';
import type { FilePath } from './file-uri.ts';
import { sameStamp, stampOf } from './stamp.ts';
import type { FileStamp } from './stamp.ts';

/** Bytes of the start of a file that are kept for sniffing. */
export const HEAD_BYTES = 64 * 1024;

const CHUNK_BYTES = 256 * 1024;

export interface HashedFile extends FileStamp {
  /** Lower-case hex. */
  readonly sha256: string;
  /** The first 64 KiB, or all of a smaller file. */
  readonly head: Uint8Array;
}

export interface HashOptions {
  /** Larger files are refused before they are read. */
  readonly maxBytes?: number | undefined;
  /** Asked with the first 64 KiB; false ends it there. */
  readonly wanted?: ((head: Uint8Array) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Hashes a file in pieces of 256 KiB.
 *
 * @returns Undefined where it is not `wanted`.
 * @throws UnreadableFileError, LimitError above `maxBytes`, FileChangedError (try later) where size, time or inode were
 * others at the end than at the start, or where the bytes are not as many as the size.
 */
export function hashFile(path: FilePath, options?: HashOptions & { readonly wanted?: undefined }): Promise<HashedFile>;
export function hashFile(path: FilePath, options: HashOptions): Promise<HashedFile | undefined>;
export async function hashFile(path: FilePath, options: HashOptions = {}): Promise<HashedFile | undefined> {
  const shown = displayPath(path);
  try {
    /** Before opening: opening a pipe waits for its writer. */
    if (!(await stat(path)).isFile()) throw new UnreadableFileError(shown, 'it is no regular file');
    const handle = await open(path, 'r');
    try {
      return await hashHandle(handle, path, options);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, shown);
  }
}

async function hashHandle(
  handle: FileHandle,
  path: FilePath,
  { maxBytes = Infinity, wanted, signal }: HashOptions,
): Promise<HashedFile | undefined> {
  const shown = displayPath(path);
  const before = stampOf(await handle.stat({ bigint: true }));
  if (before.size > maxBytes) {
    throw new LimitError(`Cannot read "${shown}": it has ${before.size} bytes, and the limit is ${maxBytes}`);
  }
  const hash = createHash('sha256');
  const head = Buffer.alloc(Math.min(HEAD_BYTES, before.size));
  const chunk = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK_BYTES, before.size)));
  let size = 0;
  if (head.length === 0 && wanted?.(head) === false) return undefined;
  // What has grown meanwhile is seen by its size behind.
  while (size < before.size) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, size);
    if (bytesRead === 0) break;
    hash.update(chunk.subarray(0, bytesRead));
    if (size < head.length) chunk.copy(head, size, 0, bytesRead);
    const headEndsHere = size < head.length && size + bytesRead >= head.length;
    size += bytesRead;
    if (headEndsHere && wanted?.(head) === false) return undefined;
    if (size > before.size) throw new FileChangedError(shown);
  }
  /** By path, not by handle: a file that was replaced is another one, and the open one would never change. */
  const after = stampOf(await stat(path, { bigint: true }));
  if (size !== before.size || !sameStamp(before, after)) throw new FileChangedError(shown);
  return { ...before, sha256: hash.digest('hex'), head };
}
