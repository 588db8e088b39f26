/**
 * One record of a data set, whatever it was read from, as a row: its picture, boxes and vectors found and checked, the
 * rest as values that JSON and SQL can hold.
 *
 * @module
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBoxes } from './boxes.ts';
import type { ColumnPlan } from './columns.ts';
import { describe } from './describe.ts';
import type { DatasetImage, DatasetRow } from './types.ts';

/** Makes a row of a record. What is wrong with a part is the row's `problem`; the first one is told. */
export function readRow(row: number, record: Readonly<Record<string, unknown>>, plan: ColumnPlan): DatasetRow {
  const problems: string[] = [];
  const attempt = <T>(column: string | undefined, read: (value: unknown) => T): T | undefined => {
    const value = column === undefined ? undefined : record[column];
    if (column === undefined || value === undefined || value === null) return undefined;
    try {
      return read(value);
    } catch (error) {
      problems.push(`column "${column}" ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };
  const image = attempt(plan.image, (value) => readImage(value, plan.folder));
  const boxes = attempt(plan.boxes, readBoxes);
  const vectors: Record<string, Float32Array> = {};
  for (const column of plan.vectors) {
    const vector = attempt(column, readVector);
    if (vector !== undefined) vectors[column] = vector;
  }
  const [problem] = problems;
  return {
    row,
    ...(problem === undefined ? {} : { problem }),
    image,
    values: readValues(record, plan),
    ...(boxes === undefined ? {} : { boxes }),
    ...(plan.vectors.length === 0 ? {} : { vectors }),
  };
}

function readValues(record: Readonly<Record<string, unknown>>, plan: ColumnPlan): Record<string, unknown> {
  const special = new Set([plan.image, plan.boxes, ...plan.vectors]);
  const values: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(record)) {
    if (special.has(column) || !plan.wanted.has(column)) continue;
    const plain = plainValue(value);
    if (plain !== undefined) values[column] = plain;
  }
  return values;
}

/** A value without bytes, as `DatasetRow.values` promises; undefined for bytes. */
export function plainValue(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value !== 'object') return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return undefined;
  if (ArrayBuffer.isView(value)) return [...(value as Float32Array)].map(plainValue);
  if (Array.isArray(value)) return value.map((item) => plainValue(item) ?? null);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const plain = plainValue(item);
      return plain === undefined ? [] : [[key, plain]];
    }),
  );
}

/**
 * A picture as data sets hold it: bytes, Hugging Face's `{ bytes, path }`, a `data:` address, the address of a file or of
 * the web, or a path relative to `folder`.
 *
 * @throws {Error} for anything else, worded to follow the column's name.
 */
function readImage(value: unknown, folder: string): DatasetImage | undefined {
  if (value instanceof Uint8Array) return value.length === 0 ? undefined : { bytes: value };
  if (typeof value === 'string') return readAddress(value.trim(), folder);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`holds ${describe(value)} where a picture should be`);
  }
  const { bytes, path } = value as { bytes?: unknown; path?: unknown };
  const name = typeof path === 'string' && path !== '' ? path : undefined;
  if (bytes instanceof Uint8Array && bytes.length > 0) {
    const file = name?.split(/[\\/]/).at(-1);
    return { bytes, ...(file === undefined || file === '' ? {} : { name: file }) };
  }
  if (name !== undefined) return readAddress(name, folder);
  if (bytes === null || bytes === undefined || bytes instanceof Uint8Array) {
    if (!('bytes' in value) && !('path' in value)) throw new Error('holds an object without "bytes" and "path"');
    return undefined;
  }
  throw new Error(`holds ${describe(bytes)} where the bytes of a picture should be`);
}

function readAddress(address: string, folder: string): DatasetImage | undefined {
  if (address === '') return undefined;
  if (/^https?:\/\//i.test(address)) return { url: address };
  const data = /^data:[\w.+/-]*;base64,/i.exec(address);
  if (data !== null) return { bytes: Buffer.from(address.slice(data[0].length), 'base64') };
  if (/^data:/i.test(address)) throw new Error('holds a data: address that is not base64');
  if (/^file:\/\//i.test(address)) return { path: fileURLToPath(address) };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address)) {
    throw new Error(`holds "${address.slice(0, 80)}": only http, https, file and paths are read`);
  }
  return { path: resolve(folder, address) };
}

/** Numbers as a list, or as text that is a JSON list. */
function readVector(value: unknown): Float32Array {
  const list: unknown = typeof value === 'string' ? parseList(value) : value;
  if (list instanceof Float32Array || list instanceof Float64Array) return checkFinite(Float32Array.from(list));
  if (!Array.isArray(list)) throw new Error(`holds ${describe(value)} where a vector should be`);
  if (list.length === 0) throw new Error('holds a vector without numbers');
  const numbers = list.map((item: unknown) => (typeof item === 'bigint' ? Number(item) : item));
  const wrong = numbers.find((item) => typeof item !== 'number');
  if (wrong !== undefined) throw new Error(`holds a vector with ${describe(wrong)} in it`);
  return checkFinite(Float32Array.from(numbers as number[]));
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function checkFinite(vector: Float32Array): Float32Array {
  const place = vector.findIndex((item) => !Number.isFinite(item));
  if (place >= 0) throw new Error(`holds a vector whose number ${place + 1} is ${vector[place]}`);
  return vector;
}
