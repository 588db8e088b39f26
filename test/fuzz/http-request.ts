/**
 * Makes requests to every route of an OpenAPI document: paths, queries and bodies that fit, almost fit, or don't.
 *
 * @module
 */
import { makeValue, wildValue, type Json, type Mode, type Schema, type Source } from './json-value.ts';
import type { Random } from './random.ts';

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

/** One request; `target` starts behind the host. */
export interface MadeRequest {
  readonly operation: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export interface RequestSource {
  readonly document: OpenApi;
  readonly root: string;
  readonly known: Source['known'];
  /** Bytes of pictures, whole ones. */
  readonly pictures: readonly Uint8Array[];
}

/** A request to a route chosen by chance. */
export function makeRequest(random: Random, { document, root, known, pictures }: RequestSource): MadeRequest {
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const { path, method, operation } = random.pick(routes);
  const source: Source = {
    known,
    resolve: (reference) => document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {},
  };
  const mode = random.pick<Mode>(['valid', 'valid', 'near', 'near', 'wild']);
  const { headers, body } = makeBody(random, operation, source, mode, pictures);
  return {
    operation: operation.operationId,
    method: method.toUpperCase(),
    target: `${root}${makePath(random, path, known)}${makeQuery(random, operation, source, mode)}`,
    headers: { ...headers, ...oddHeaders(random) },
    body,
  };
}

function makePath(random: Random, path: string, known: Source['known']): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = random.chance(0.9) ? random.pick(known[name] ?? ['x']) : wildValue(random, 9);
    const text = encode(String(value));
    return random.chance(0.05) ? `${text}%00` : text === '' ? '%20' : text;
  });
}

function makeQuery(random: Random, { parameters = [] }: Operation, source: Source, mode: Mode): string {
  const pairs = parameters
    .filter((one) => one.in === 'query' && random.chance(0.6))
    .flatMap(({ name, schema }) => {
      const value = makeValue(
        random,
        { type: 'object', properties: { [name]: schema }, required: [name] },
        source,
        mode,
      );
      const inner = typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : value;
      return (Array.isArray(inner) ? inner : [inner])
        .slice(0, 20)
        .map((one) => `${encode(name)}=${encode(asText(one))}`);
    });
  if (random.chance(0.05)) pairs.push(random.pick(['&&', 'x=%', '%ff=%fe', '__proto__=1', 'limit', 'a[]=1']));
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '').slice(0, 2000);
}

/** Escaped; half characters, which have no UTF-8, become what browsers send for them. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text.slice(0, 3000)).toString());
}

function makeBody(
  random: Random,
  { requestBody }: Operation,
  source: Source,
  mode: Mode,
  pictures: readonly Uint8Array[],
): Pick<MadeRequest, 'body'> & { headers: Record<string, string> } {
  if (requestBody === undefined) return { headers: {}, body: undefined };
  if ('multipart/form-data' in requestBody.content) return makeUpload(random, pictures);
  const schema = requestBody.content['application/json']?.schema ?? {};
  const text = JSON.stringify(makeValue(random, schema, source, mode));
  const type = random.chance(0.95)
    ? 'application/json'
    : random.pick(['text/plain', '', 'application/json; charset=x', '*/*']);
  return {
    headers: { 'content-type': type },
    body: random.chance(0.9) ? Buffer.from(text) : damaged(random, Buffer.from(text)),
  };
}

/** A picture as bare bytes or in a form, whole or not. */
function makeUpload(
  random: Random,
  pictures: readonly Uint8Array[],
): { headers: Record<string, string>; body: Uint8Array } {
  const picture = random.chance(0.5) ? random.pick(pictures) : damaged(random, random.pick(pictures));
  if (random.chance(0.5))
    return {
      headers: { 'content-type': random.pick(['image/jpeg', 'application/octet-stream', 'application/json', '']) },
      body: picture,
    };
  const disposition = random.pick([
    'form-data; name="file"; filename="a.jpg"',
    'form-data; name="file"; filename="../../a\\0.jpg"',
    'form-data; name="labels"',
    'form-data; name="__proto__"; filename=""',
    'form-data',
    'x'.repeat(200),
  ]);
  const labels = random.pick(['{"a": 1}', '{"a": {"b": 1}}', '{', '[]', '{"\\u0000": "\\u0000"}', '{"a": "\\ud800"}']);
  const form = Buffer.concat([
    Buffer.from(random.chance(0.5) ? `--x\r\nContent-Disposition: form-data; name="labels"\r\n\r\n${labels}\r\n` : ''),
    Buffer.from(
      `--x\r\nContent-Disposition: ${disposition}\r\n${random.pick(['Content-Type: image/jpeg\r\n', ''])}\r\n`,
    ),
    picture,
    Buffer.from(random.pick(['\r\n--x--\r\n', '\r\n--x--\r\n', '\r\n--x', ''])),
  ]);
  const type = random.pick([
    'multipart/form-data; boundary=x',
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    'multipart/form-data; boundary="',
  ]);
  return { headers: { 'content-type': type }, body: random.chance(0.8) ? form : damaged(random, form) };
}

/** Bytes with some of them cut off, changed or added. */
export function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  for (let change = random.int(1, 8); change > 0 && copy.length > 0; change -= 1) {
    // The beginning is what readers look at first.
    const at = random.int(0, random.chance(0.7) ? Math.min(copy.length - 1, 200) : copy.length - 1);
    copy[at] = random.pick([0, 0xff, 0x7f, 0x80, random.int(0, 255), (copy[at] ?? 0) ^ (1 << random.int(0, 7))]);
  }
  if (random.chance(0.3)) return copy.subarray(0, random.int(0, copy.length));
  return random.chance(0.1) ? Buffer.concat([copy, copy.subarray(0, 100)]) : copy;
}

function oddHeaders(random: Random): Record<string, string> {
  if (random.chance(0.8)) return {};
  return random.pick<Record<string, string>>([
    {
      range: random.pick([
        'bytes=0-',
        'bytes=5-1',
        'bytes=-0',
        'bytes=99999999999999999999-',
        'bytes=a-b',
        'items=0-1',
      ]),
    },
    { 'if-none-match': random.pick(['*', '"x"', 'W/"', ',,,']) },
    { 'if-range': '"x"', range: 'bytes=1-2' },
    { accept: 'text/html' },
    { 'content-length': random.pick(['0', '1', '-1', 'x', '99999999999']) },
    { 'content-encoding': 'gzip' },
  ]);
}
