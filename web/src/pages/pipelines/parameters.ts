/**
 * Parameters of an extractor, read from their JSON Schema for people.
 *
 * @module
 */

export interface Parameter {
  readonly name: string;
  /** `number`, `text`, `one of "a", "b"`, `list of text` */
  readonly type: string;
  /** `0 to 1`, `at least 1`; undefined without bounds. */
  readonly range: string | undefined;
  /** JSON of the default. */
  readonly fallback: string | undefined;
  /** Must be given. */
  readonly required: boolean;
  readonly description: string;
}

/** A part of a JSON Schema as zod writes it. */
type Schema = Readonly<Record<string, unknown>>;

/** In the schema's order. What the schema says and is not known here is left out. */
export function parametersOf(schema: Schema): Parameter[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(asSchema(schema.properties)).map(([name, given]) => {
    const property = asSchema(given);
    const { default: fallback, description } = property;
    return {
      name,
      type: typeText(property),
      range: rangeText(property),
      fallback: fallback === undefined ? undefined : JSON.stringify(fallback),
      required: fallback === undefined && required.includes(name),
      description: typeof description === 'string' ? description : '',
    };
  });
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'map',
  null: 'null',
};

function typeText(schema: Schema): string {
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  if ('const' in schema) return JSON.stringify(schema.const);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return [...new Set(choices.map((each) => typeText(asSchema(each))))].join(' or ');
  if (schema.type === 'array') return `list of ${typeText(asSchema(schema.items))}`;
  return typeof schema.type === 'string' ? (NAMES[schema.type] ?? schema.type) : 'any value';
}

/** Bounds that a schema writes for every whole number say nothing. */
function rangeText(schema: Schema): string | undefined {
  const low = bound(schema.minimum);
  const high = bound(schema.maximum);
  const above = bound(schema.exclusiveMinimum);
  if (low !== undefined && high !== undefined) return `${low} to ${high}`;
  if (above !== undefined) return high === undefined ? `above ${above}` : `above ${above}, to ${high}`;
  if (low !== undefined) return `at least ${low}`;
  return high === undefined ? undefined : `at most ${high}`;
}

function bound(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}
