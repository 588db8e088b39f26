/**
 * What tells that a file has not changed, without opening it.
 *
 * @module
 */
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { displayPath } from './file-uri.ts';
import type { FilePath } from './file-uri.ts';
import { fileError } from './file-error.ts';

export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Time of the last change of its bytes, nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** Number of the file within its file system, decimal. */
  readonly inode: string;
}

/** A file whose bytes changed so recently may still be being written. */
const SETTLED_AFTER_MS = 2000;

export function stampOf({ size, mtimeNs, ino }: Pick<BigIntStats, 'size' | 'mtimeNs' | 'ino'>): FileStamp {
  return { size: Number(size), mtimeNs, inode: ino.toString() };
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.inode === b.inode;
}

/**
 * True where the file was last written more than two seconds from `nowMs` (milliseconds since 1970). A time in the
 * future is a wrong clock of a camera, not a writer.
 */
export function isSettled({ mtimeNs }: Pick<FileStamp, 'mtimeNs'>, nowMs: number): boolean {
  return Math.abs(nowMs - Number(mtimeNs / 1_000_000n)) > SETTLED_AFTER_MS;
}

export interface SettleOptions {
  /** Between two looks. */
  readonly intervalMs?: number | undefined;
  /** Gives up after so long. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a file is as it was at the last look.
 *
 * @returns Its stamp, or undefined where it was still changing at the time-out.
 * @throws UnreadableFileError where it can't be looked at.
 */
export async function untilSettled(path: FilePath, options: SettleOptions = {}): Promise<FileStamp | undefined> {
  const { intervalMs = 300, timeoutMs = 10_000, signal } = options;
  const end = performance.now() + timeoutMs;
  let before = await stampAt(path);
  while (!isSettled(before, Date.now())) {
    if (performance.now() + intervalMs > end) return undefined;
    await sleep(intervalMs, undefined, signal === undefined ? {} : { signal });
    const now = await stampAt(path);
    if (sameStamp(before, now)) return now;
    before = now;
  }
  return before;
}

async function stampAt(path: FilePath): Promise<FileStamp> {
  try {
    return stampOf(await stat(path, { bigint: true }));
  } catch (error) {
    throw fileError(error, displayPath(path));
  }
}
