/**
 * Makes JSON values from a JSON Schema (2020-12, as OpenAPI 3.1 has it): such as fit, such as almost fit, and any.
 *
 *     valid   what the schema describes
 *     near    a valid one with one part taken out, doubled, or put in another's place
 *     wild    anything
 *
 * @module
 */
import type { Random } from './random.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Mode = 'valid' | 'near' | 'wild';

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Source {
  /** The schema that a `$ref` names. */
  readonly resolve: (reference: string) => Schema;
  /** Values that mean something for properties of this name, e.g. ids that exist. */
  readonly known: Readonly<Record<string, readonly Json[]>>;
}

const MAX_DEPTH = 6;

/** Texts that break readers. */
const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '😀表é',
  '\u202Eabc',
  '../../etc/passwd',
  '/etc/passwd',
  'file:///etc/passwd',
  "'; drop table content; --",
  '"',
  '\\',
  '%s%n',
  '${x}',
  '{{x}}',
  '__proto__',
  'constructor',
  'toString',
  '-1',
  '1e999',
  'NaN',
  'null',
  'true',
  '00000000-0000-0000-0000-000000000000',
  'a=b=c',
  '=',
  '\r\nX-Header: 1',
  'x'.repeat(5000),
  'é'.repeat(300),
  'https://localhost/',
  'data:image/png;base64,',
];

const HOSTILE_NUMBERS: readonly number[] = [
  0,
  -0,
  -1,
  0.5,
  1e-320,
  1e308,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  Number.MAX_SAFE_INTEGER,
];

export function makeValue(random: Random, schema: Schema, source: Source, mode: Mode): Json {
  if (mode === 'wild') return wildValue(random, 0);
  const value = validValue(random, schema, source, undefined, 0);
  return mode === 'near' ? nearValue(random, value) : value;
}

/** Any JSON value. */
export function wildValue(random: Random, depth: number): Json {
  const leaf = (): Json =>
    random.pick<Json>([null, true, false, random.pick(HOSTILE_NUMBERS), random.pick(HOSTILE_TEXTS)]);
  if (depth >= MAX_DEPTH || random.chance(0.4)) return leaf();
  if (random.chance(0.02)) return nested(random.int(50, 3000));
  if (random.chance(0.5)) return random.times(random.int(0, 4), () => wildValue(random, depth + 1));
  return Object.fromEntries(
    random.times(random.int(0, 4), () => [random.pick(HOSTILE_TEXTS), wildValue(random, depth + 1)]),
  );
}

function nested(levels: number): Json {
  let value: Json = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

/** One change somewhere in a value. */
function nearValue(random: Random, value: Json): Json {
  if (typeof value !== 'object' || value === null || random.chance(0.1)) return wildValue(random, MAX_DEPTH - 1);
  if (Array.isArray(value)) {
    if (value.length === 0) return [wildValue(random, MAX_DEPTH - 1)];
    const at = random.int(0, value.length - 1);
    if (random.chance(0.1)) return random.times(1200, () => value[at] ?? null);
    return value.map((item, index) => (index === at ? nearValue(random, item) : item));
  }
  const entries = Object.entries(value);
  const change = random.pick(['inside', 'inside', 'inside', 'add', 'remove', 'rename'] as const);
  if (entries.length === 0 || change === 'add') {
    return Object.fromEntries([...entries, [random.pick(HOSTILE_TEXTS), wildValue(random, 2)]]);
  }
  const at = random.int(0, entries.length - 1);
  const changed = entries.flatMap(([key, item], index): [string, Json][] => {
    if (index !== at) return [[key, item]];
    if (change === 'remove') return [];
    return change === 'rename' ? [[`${key}s`, item]] : [[key, nearValue(random, item)]];
  });
  return Object.fromEntries(changed);
}

function validValue(random: Random, schema: Schema, source: Source, name: string | undefined, depth: number): Json {
  if (typeof schema.$ref === 'string') return validValue(random, source.resolve(schema.$ref), source, name, depth);
  const known = name === undefined ? undefined : source.known[name];
  if (known !== undefined && schema.type !== 'array' && random.chance(0.8)) return random.pick(known);
  if (Array.isArray(schema.enum)) return random.pick(schema.enum as Json[]);
  if ('const' in schema) return schema.const as Json;
  const options = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(options)) return validValue(random, random.pick(options as Schema[]), source, name, depth);
  switch (schema.type) {
    case 'object':
      return validObject(random, schema, source, depth);
    case 'array':
      return validArray(random, schema, source, name, depth);
    case 'string':
      return validText(random, schema);
    case 'integer':
    case 'number':
      return validNumber(random, schema);
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    default:
      return wildValue(random, MAX_DEPTH - 2);
  }
}

function validObject(random: Random, schema: Schema, source: Source, depth: number): Json {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  const required = (schema.required ?? []) as readonly string[];
  const entries = properties
    .filter(([key]) => required.includes(key) || (depth < MAX_DEPTH && random.chance(0.4)))
    .map(([key, part]): [string, Json] => [key, validValue(random, part, source, key, depth + 1)]);
  const rest = schema.additionalProperties;
  if (properties.length === 0 && typeof rest === 'object' && rest !== null && depth < MAX_DEPTH) {
    entries.push(
      ...random.times(random.int(0, 3), (): [string, Json] => [
        random.pick(['a', 'b', 'trip', 'model', 'conf', random.pick(HOSTILE_TEXTS) || 'x']),
        validValue(random, rest as Schema, source, undefined, depth + 1),
      ]),
    );
  }
  return Object.fromEntries(entries);
}

function validArray(random: Random, schema: Schema, source: Source, name: string | undefined, depth: number): Json {
  if (Array.isArray(schema.prefixItems)) {
    return (schema.prefixItems as Schema[]).map((part) => validValue(random, part, source, undefined, depth + 1));
  }
  const least = Number(schema.minItems ?? 0);
  const count = depth >= MAX_DEPTH ? least : random.int(least, least + 3);
  return random.times(count, () => validValue(random, (schema.items ?? {}) as Schema, source, name, depth + 1));
}

function validText(random: Random, schema: Schema): string {
  const least = Number(schema.minLength ?? 0);
  const most = Number(schema.maxLength ?? 10_000);
  if (schema.contentEncoding === 'base64' || schema.format === 'base64') {
    return Buffer.from(random.times(random.int(0, 60), () => random.int(0, 255))).toString('base64');
  }
  const text = random.chance(0.5) ? random.pick(['a', 'dog', 'photos', 'x y', '1', 'été']) : random.pick(HOSTILE_TEXTS);
  return text.padEnd(least, 'x').slice(0, most);
}

function validNumber(random: Random, schema: Schema): number {
  const least = Math.max(Number(schema.minimum ?? schema.exclusiveMinimum ?? -1000), -(2 ** 53) + 1);
  const most = Math.min(Number(schema.maximum ?? schema.exclusiveMaximum ?? 100_000), 2 ** 53 - 1);
  if (schema.type === 'integer' || random.chance(0.5)) {
    return random.pick([
      Math.ceil(least),
      Math.floor(most),
      random.int(Math.ceil(least), Math.min(Math.floor(most), Math.ceil(least) + 50)),
    ]);
  }
  return least + random.next() * (most - least);
}
