/**
 * What real Indexify clients sent, and what they needed back: recordings of the test data, as requests to send again and as
 * shapes to hold replies against.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { testData } from '../data.ts';

export const PYTHON = ['indexify-python-2024-07', 'indexify-python-2024-08'] as const;
export const RECORDINGS = [...PYTHON, 'getindexify-0.0.59', 'getindexify-0.0.75'] as const;

export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly contentType?: string;
  readonly text?: string;
}

export interface Exchange {
  /** The client's call, as it was written down. */
  readonly call: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly body?: Readonly<Record<string, unknown>>;
  };
  readonly reply: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** The requests of a recording, in order. */
export function readRecording(name: (typeof RECORDINGS)[number]): Exchange[] {
  return readFileSync(testData(`wire/${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Exchange)
    .filter((exchange) => 'request' in exchange);
}

/** Parts of a multipart body; undefined for other bodies. */
export function partsOf({ request }: Exchange): Part[] | undefined {
  return request.body?.multipart as Part[] | undefined;
}

/** A recorded body, to be sent: JSON, or a form whose photo is `photo`. */
export function bodyOf(exchange: Exchange, photo: Uint8Array): RequestInit {
  const parts = partsOf(exchange);
  if (parts !== undefined) return { body: formOf(parts, photo) };
  const { body } = exchange.request;
  return body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}

export function formOf(parts: readonly Part[], photo: Uint8Array): FormData {
  const form = new FormData();
  for (const { name, filename, contentType = '', text } of parts) {
    if (filename === undefined) {
      form.append(name, text ?? '');
    } else {
      const bytes = filename.endsWith('.jpg') ? new Uint8Array(photo) : 'a text';
      form.append(name, new Blob([bytes], { type: contentType }), filename);
    }
  }
  return form;
}

/** Keys whose contents hang on the library, not on the protocol. */
const FREE: ReadonlySet<string> = new Set(['labels', 'extracted_metadata', 'outputs', 'columns', 'input_params']);

/** What a reply lacks that the recorded one has: keys, and types of values. */
export function lacking(recorded: unknown, actual: unknown, path = ''): string[] {
  if (recorded === null) return [];
  const [wanted, found] = [typeOf(recorded), typeOf(actual)];
  if (wanted !== found) return [`${path} is ${found} and was ${wanted}`];
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    if (recorded.length === 0) return [];
    if (actual.length === 0) return [`${path} is empty`];
    return actual.flatMap((item: unknown, at) => lacking(recorded[0], item, `${path}[${at}]`));
  }
  if (wanted !== 'object') return [];
  return Object.entries(recorded as object).flatMap(([key, value]) => {
    const place = `${path}.${key}`;
    if (!Object.hasOwn(actual as object, key)) return [`${place} is missing`];
    const other: unknown = Reflect.get(actual as object, key);
    return FREE.has(key)
      ? lacking(typeOf(value) === 'object' ? {} : value, other, place)
      : lacking(value, other, place);
  });
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
