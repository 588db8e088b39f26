/**
 * Values between TypeScript and SQL, in PostgreSQL's text format, the same for both databases.
 *
 * Parameters travel as texts without a type, so that the statement decides it (a Float32Array in binary, as `real[]`). Results are read by the OID of their
 * column: OIDs below 16384 are fixed by PostgreSQL; those of an extension (`vector`) and of arrays are asked of the
 * database once, when it is opened (`TYPES_QUERY`).
 *
 * @module
 */
import { DatabaseError, type SqlValue } from './database.ts';

/** A parameter on the wire: text, or the binary format of its type. */
export type WireValue = string | Uint8Array | null;

/** All parameters of a statement. Many numbers go in binary: as texts most of an insert's time would be spent reading them. */
export function encodeValues(values: readonly SqlValue[]): WireValue[] {
  return values.map((value) => (value instanceof Float32Array ? encodeReals(value) : encodeValue(value)));
}

/** A parameter as text; null is SQL's NULL. */
export function encodeValue(value: Exclude<SqlValue, Float32Array>): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array)
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  if (Array.isArray(value)) return `{${value.map(encodeElement).join(',')}}`;
  throw new TypeError(
    `A parameter must be a text, number, boolean, Date, Uint8Array, array or null, not ${typeof value}`,
  );
}

const FLOAT4_OID = 700;

/** `real[]` as `array_recv` and `float4recv` of PostgreSQL read it: big-endian, each element behind its length. */
function encodeReals(values: Float32Array): Uint8Array {
  const header = [1, 0, FLOAT4_OID, values.length, 1];
  const bytes = Buffer.allocUnsafe(4 * header.length + 8 * values.length);
  for (const [place, word] of header.entries()) bytes.writeInt32BE(word, 4 * place);
  let at = 4 * header.length;
  for (const value of values) {
    bytes.writeInt32BE(4, at);
    bytes.writeFloatBE(value, at + 4);
    at += 8;
  }
  return bytes;
}

function encodeElement(element: string | number | boolean | null): string {
  if (element === null) return 'NULL';
  if (typeof element === 'string') return `"${element.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return String(element);
}

/** Lists what `ValueTypes` needs: OID, name, and for arrays the OID of the element (0 elsewhere). */
export const TYPES_QUERY = `
  select t.oid::text as oid, t.typname::text as name,
         case when t.typinput = 'array_in'::regproc then t.typelem else 0 end::text as element
    from pg_type t left join pg_type e on e.oid = t.typelem
   where t.typname in ('vector', 'halfvec') or t.oid < 16384 and t.typtype = 'b'
      or t.typinput = 'array_in'::regproc and e.typname in ('vector', 'halfvec')`;

/** One row of `TYPES_QUERY`. */
export interface TypeRow {
  readonly oid: string;
  readonly name: string;
  readonly element: string;
}

type Decoder = (text: string) => unknown;

/** Reads result columns by their type. */
export class ValueTypes {
  readonly #names = new Map<number, string>();
  readonly #decoders = new Map<number, Decoder>();

  /** @param rows Result of `TYPES_QUERY`. */
  constructor(rows: readonly TypeRow[]) {
    for (const { oid, name } of rows) {
      this.#names.set(Number(oid), name);
      const decoder = DECODERS.get(name);
      if (decoder !== undefined) this.#decoders.set(Number(oid), decoder);
    }
    for (const { oid, element } of rows) {
      if (element === '0') continue;
      const delimiter = this.#names.get(Number(element)) === 'box' ? ';' : ',';
      const decode = this.#decoders.get(Number(element)) ?? asText;
      this.#decoders.set(Number(oid), (text) => decodeArray(text, decode, delimiter));
    }
  }

  /** Name of a type, e.g. `int4`, `_text`, `vector`; `unknown` for types that a user made. */
  name(oid: number): string {
    return this.#names.get(oid) ?? 'unknown';
  }

  /** What reads the texts of a column of this type. */
  decoder(oid: number): Decoder {
    return this.#decoders.get(oid) ?? asText;
  }
}

const asText: Decoder = (text) => text;

const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['bool', (text) => text === 't'],
  ...['int2', 'int4', 'oid', 'float4', 'float8', 'numeric'].map((name): [string, Decoder] => [name, Number]),
  ['int8', decodeBigint],
  ['bytea', (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
  ['json', decodeJson],
  ['jsonb', decodeJson],
  ['timestamp', (text) => text.replace(' ', 'T')],
  ['timestamptz', (text) => text.replace(' ', 'T').replace(/\+00$/, 'Z')],
  ['vector', (text) => JSON.parse(text)],
  ['halfvec', (text) => JSON.parse(text)],
]);

/**
 * Deepest JSON that results may hold. A value of some thousand levels breaks whatever copies it by recursion: messages
 * between threads and processes, and JSON.stringify.
 */
export const MAX_JSON_DEPTH = 500;

/** @throws DatabaseError 54001, as for a statement that is nested too deeply. */
function decodeJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // What is shorter can't be deeper.
  if (text.length > 2 * MAX_JSON_DEPTH) checkDepth(value, 0);
  return value;
}

function checkDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_JSON_DEPTH) {
    throw new DatabaseError(`its JSON has more than ${MAX_JSON_DEPTH} levels`, { sqlState: '54001' });
  }
  for (const child of Object.values(value)) checkDepth(child, depth + 1);
}

/** A number where it is exact, else the text. */
function decodeBigint(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/**
 * Reads an array literal: `{1,NULL,"a \"b\""}`, nested `{{1,2},{3,4}}`, with bounds `[0:1]={1,2}`.
 * PostgreSQL manual, "Array Input and Output Syntax".
 */
export function decodeArray(text: string, decode: Decoder, delimiter: string = ','): unknown[] {
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0;

  function readQuoted(): string {
    let value = '';
    for (at += 1; text[at] !== '"' && at < text.length; at += 1) {
      if (text[at] === '\\') at += 1;
      value += text[at];
    }
    at += 1;
    return value;
  }

  function readBare(): string {
    const start = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== '}') at += 1;
    return text.slice(start, at);
  }

  function readElement(): unknown {
    if (text[at] === '{') return readArray();
    if (text[at] === '"') return decode(readQuoted());
    const bare = readBare();
    return bare === 'NULL' ? null : decode(bare);
  }

  function readArray(): unknown[] {
    const elements: unknown[] = [];
    at += 1;
    while (at < text.length && text[at] !== '}') {
      elements.push(readElement());
      if (text[at] === delimiter) at += 1;
    }
    at += 1;
    return elements;
  }

  return readArray();
}
