/**
 * Lines of a text file, of bounded length.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { fileError, UnreadableFileError } from '../file-error.ts';

/** A file without line ends would be held whole. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** @throws {UnreadableFileError} where the file can't be read, is no UTF-8 text or has a line above 64 MiB. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let number = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
      const pieces = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = pieces.pop() ?? '';
      for (const text of pieces) yield { number: ++number, text };
      if (rest.length > MAX_RECORD_BYTES) {
        throw new UnreadableFileError(path, `its line ${number + 1} is longer than ${MAX_RECORD_BYTES} bytes`);
      }
    }
    rest += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) {
      throw new UnreadableFileError(path, `behind line ${number} it is no UTF-8 text: save it as UTF-8`, undefined, {
        cause: error,
      });
    }
    throw fileError(error, path);
  }
  if (rest !== '') yield { number: number + 1, text: rest };
}
