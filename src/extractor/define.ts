/**
 * `defineExtractor`: from what an author wrote to what the rest of Fovea may rely on. Everything that can be checked
 * without running is checked here, once, so that a mistake is met by its author and not by the thousandth picture.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { closestName, GIVEN_EXTRACTOR, InvalidInputError, OutputSpec, VectorSpec } from '../contract/index.ts';
import type { InputIssue } from '../contract/index.ts';
import { ExtractorDefinitionError } from './errors.ts';
import type { Description, Extractor, ExtractorDefinition, ExtractorDescription, LoadedExtractor } from './types.ts';

const EXTRACTOR_NAME = /^[a-z][a-z0-9_.-]*(\/[a-z0-9][a-z0-9_.-]*)+$/;
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}$/;
const MIME_PATTERN = /^(\*\/\*|[a-z]+\/(\*|[a-z0-9][a-z0-9.+_-]*))$/;

/** Columns that every table or view of features has already. */
export const RESERVED_COLUMNS: ReadonlySet<string> = new Set([
  'content_id',
  'root_id',
  'name',
  'graph',
  'policy',
  'ord',
]);

/** The longest column name; PostgreSQL cuts identifiers at 63 bytes, and a view may put `<policy>_` before it. */
export const MAX_COLUMN_NAME = 40;

/**
 * Checks a definition, closes its parameters against unknown keys, and freezes it.
 *
 * @throws ExtractorDefinitionError naming the field that can't be used.
 */
export function defineExtractor<Schema extends z.ZodType>(definition: ExtractorDefinition<Schema>): Extractor {
  checkDefinition(definition);
  const { name, version } = definition;
  const schema = closed(definition.params);
  const parse = (params: unknown): Record<string, unknown> => {
    const parsed = schema.safeParse(params ?? {});
    if (parsed.success) return parsed.data;
    throw parameterError(name, schema, parsed.error.issues);
  };
  const extractor: Extractor = {
    ...definition,
    params: schema,
    aliases: Object.freeze([...(definition.aliases ?? [])]),
    accepts: Object.freeze([...definition.accepts]),
    regions: definition.regions ?? false,
    apart: definition.apart ?? false,
    describe: async (params, models) => {
      const parsed = parse(params);
      return checkDescription(name, version, parsed, await definition.describe(parsed as z.output<Schema>, models));
    },
    load: async (params, models) => checkLoaded(name, await definition.load(parse(params) as z.output<Schema>, models)),
  };
  defined.add(Object.freeze(extractor));
  return extractor;
}

/** What this copy of the kit defined; a definition from another copy is checked again. */
const defined = new WeakSet<object>();

/** True for what `defineExtractor` returned. */
export function isDefined(value: unknown): value is Extractor {
  return typeof value === 'object' && value !== null && defined.has(value);
}

/** What a description says is written, as the contract's `OutputSpec`. */
export function outputOf({
  columns,
  vectors,
  contents,
}: Pick<Description, 'columns' | 'vectors' | 'contents'>): OutputSpec {
  return OutputSpec.parse({ columns, vectors, ...(contents === undefined ? {} : { contents }) });
}

/** True where a mime type matches one of the patterns, e.g. `image/jpeg` and `image/*`. */
export function acceptsMime(accepts: readonly string[], mimeType: string): boolean {
  const [family] = mimeType.split('/');
  return accepts.some((pattern) => pattern === mimeType || pattern === '*/*' || pattern === `${family}/*`);
}

function checkDefinition(definition: ExtractorDefinition): void {
  const name = String(definition.name);
  const fail = (reason: string): never => {
    throw new ExtractorDefinitionError(name, reason);
  };
  if (!EXTRACTOR_NAME.test(name)) fail('its name must read "task/name" in lower case, e.g. "image/average-color"');
  if (typeof definition.version !== 'string' || !VERSION.test(definition.version)) {
    fail('its version must be a short text such as "1"');
  }
  if (typeof definition.summary !== 'string' || definition.summary.trim() === '') fail('it needs a one-line summary');
  if (!Array.isArray(definition.accepts) || (definition.accepts.length === 0 && name !== GIVEN_EXTRACTOR)) {
    fail('accepts must list mime types, e.g. ["image/*"]');
  }
  for (const pattern of definition.accepts) {
    if (!MIME_PATTERN.test(pattern)) fail(`accepts holds "${pattern}", which is no mime type such as "image/*"`);
  }
  if (!(definition.params instanceof z.ZodObject)) {
    fail('params must be an object schema of zod 4: params: z.object({ … }), with z from "fovea/extractor"');
  }
  for (const method of ['describe', 'load'] as const) {
    if (typeof definition[method] !== 'function') fail(`it has no function "${method}"`);
  }
}

/** A misspelt parameter must not be ignored: an object schema that says nothing about unknown keys refuses them. */
function closed(schema: z.ZodType): z.ZodType<Record<string, unknown>> {
  if (!(schema instanceof z.ZodObject)) throw new TypeError('Parameters must be an object schema');
  return schema.def.catchall === undefined ? schema.strict() : schema;
}

function parameterError(name: string, schema: z.ZodType, faults: readonly z.core.$ZodIssue[]): InvalidInputError {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const issues: InputIssue[] = faults.flatMap((fault) => {
    if (fault.code !== 'unrecognized_keys') {
      return [{ path: z.core.toDotPath(fault.path), message: fault.message }];
    }
    return fault.keys.map((key) => ({
      path: [...fault.path, key].join('.'),
      message: `unknown parameter, ${suggestion(key, known)}`,
    }));
  });
  const reasons = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new InvalidInputError(`Cannot use these parameters with extractor "${name}": ${reasons}`, issues);
}

function suggestion(key: string, known: readonly string[]): string {
  const closest = closestName(key, known);
  if (closest !== undefined) return `did you mean "${closest}"?`;
  return known.length === 0 ? 'it takes none' : `it takes ${known.map((name) => `"${name}"`).join(', ')}`;
}

function checkDescription(
  name: string,
  version: string,
  parsed: Record<string, unknown>,
  description: Description,
): ExtractorDescription {
  const fail = (reason: string): never => {
    throw new ExtractorDefinitionError(name, `its description is wrong: ${reason}`);
  };
  const { columns, vectors } = description;
  if (!OutputSpec.safeParse({ columns, vectors }).success) fail(outputFault(columns, vectors));
  const names = [...Object.keys(columns), ...Object.keys(vectors)];
  for (const [index, column] of names.entries()) {
    if (RESERVED_COLUMNS.has(column)) fail(`"${column}" is reserved, since every table has it`);
    if (column.length > MAX_COLUMN_NAME) fail(`"${column}" is longer than ${MAX_COLUMN_NAME} characters`);
    if (names.indexOf(column) !== index) fail(`"${column}" is both a column and a vector`);
  }
  const params = Object.freeze({ ...parsed, ...(description.params as Record<string, unknown> | undefined) });
  const hasVectors = Object.keys(vectors).length > 0;
  const space = description.space ?? (hasVectors ? ownSpace({ name, version, params, vectors }) : undefined);
  return { ...description, params, ...(space === undefined ? {} : { space }) };
}

function outputFault(columns: Description['columns'], vectors: Description['vectors']): string {
  if (typeof columns !== 'object' || typeof vectors !== 'object')
    return 'columns and vectors must be objects, {} for none';
  for (const [column, spec] of Object.entries(columns)) {
    const parsed = OutputSpec.safeParse({ columns: { [column]: spec }, vectors: {} });
    if (!parsed.success)
      return `column "${column}": ${z.prettifyError(parsed.error)}; names are lower case: a-z, 0-9, _`;
  }
  for (const [vector, spec] of Object.entries(vectors)) {
    const parsed = VectorSpec.safeParse(spec);
    if (!parsed.success) return `vector "${vector}": ${z.prettifyError(parsed.error)}`;
  }
  return 'names are lower case: a-z, 0-9, _';
}

/** The space of an extractor that names none: whatever changes its results changes it. */
function ownSpace(facts: Record<string, unknown>): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 32);
}

function checkLoaded(name: string, loaded: LoadedExtractor): LoadedExtractor {
  for (const method of ['run', 'close'] as const) {
    if (typeof loaded[method] !== 'function') {
      throw new ExtractorDefinitionError(name, `what load returns has no function "${method}"`);
    }
  }
  return loaded;
}
