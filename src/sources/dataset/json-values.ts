/**
 * Values of a JSON file as they come, so that a file of 500 MB is never held whole.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { JSONParser } from '@streamparser/json';
import { fileError, UnreadableFileError } from '../file-error.ts';
import { describe } from './describe.ts';
import type { ManifestRecord } from './manifest.ts';

export interface JsonValue {
  /** Keys from the root, with `*` for places in a list: `['images', '*']`. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Yields what lies at `paths` (`$.images.*`), in the file's order.
 *
 * @throws {UnreadableFileError} where it is no JSON, or is cut off; what came before has been yielded.
 */
export async function* readJsonValues(file: string, paths: readonly string[]): AsyncGenerator<JsonValue> {
  const parser = new JSONParser({ paths: [...paths], keepStack: false });
  let found: JsonValue[] = [];
  parser.onValue = ({ value, key, stack }) => {
    const keys = [...stack.slice(1).map((element) => element.key), key];
    found.push({ path: keys.map((part) => (typeof part === 'number' ? '*' : String(part))), value });
  };
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
      parse(file, bytes, () => parser.write(chunk as Uint8Array));
      bytes += (chunk as Uint8Array).length;
      yield* found;
      found = [];
    }
  } catch (error) {
    throw fileError(error, file);
  }
  if (!parser.isEnded) throw new UnreadableFileError(file, `it is cut off: its JSON does not end at byte ${bytes}`);
}

/** The objects of a file that is one list. */
export async function* readJsonArray(file: string): AsyncGenerator<ManifestRecord> {
  let place = 0;
  for await (const { value } of readJsonValues(file, ['$.*'])) {
    place += 1;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      yield { values: value as Readonly<Record<string, unknown>> };
    } else {
      yield { problem: `entry ${place} of the list is ${describe(value)} instead of an object`, values: {} };
    }
  }
}

/** Whether the first sign of a file is `[`. */
export async function startsWithList(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
    return buffer.toString('utf8', 0, bytesRead).replace('\uFEFF', '').trimStart().startsWith('[');
  } finally {
    await handle.close();
  }
}

function parse(file: string, bytes: number, write: () => void): void {
  try {
    write();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new UnreadableFileError(file, `behind byte ${bytes} it is no JSON (${text})`, undefined, { cause: error });
  }
}
