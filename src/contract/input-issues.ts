/**
 * What is wrong with a value, in words: a schema's findings as one sentence a fault, with a suggestion where a name
 * is nearly right.
 *
 * @module
 */
import { z } from 'zod';
import { didYouMean } from './closest-name.ts';
import { InvalidInputError, type InputIssue } from './errors.ts';

/** Faults named in a message; all are in `issues`. */
const MAX_NAMED = 3;
const MAX_LISTED = 12;

/**
 * Parses `value` by `schema`.
 *
 * @param action Completes "Cannot …:", e.g. `read the query of GET /contents`.
 * @throws InvalidInputError with every fault.
 */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, action: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = inputIssues(result.error, schema, value);
  const named = issues
    .slice(0, MAX_NAMED)
    .map(({ path, message }) => (path === '' ? `it ${message}` : `"${path}" ${message}`));
  const more = issues.length > MAX_NAMED ? [`and ${issues.length - MAX_NAMED} more`] : [];
  throw new InvalidInputError(`Cannot ${action}: ${[...named, ...more].join('; ')}`, issues);
}

/** The findings of `schema` about `value` as paths and half-sentences that follow the path ("must be …", "is missing"). */
export function inputIssues(error: z.ZodError, schema: z.ZodType, value: unknown): InputIssue[] {
  return error.issues.flatMap((issue): InputIssue[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: unknownKey(key, known) }));
    }
    const missing = valueAt(value, issue.path) === undefined && issue.path.length > 0;
    return [{ path: pathText(issue.path), message: missing ? 'is missing' : sentence(issue) }];
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  const suggestion = didYouMean(key, known);
  if (suggestion !== '') return `is not known here${suggestion}`;
  if (known.length === 0) return 'is not known here';
  return `is not known here; known: ${known
    .slice(0, MAX_LISTED)
    .map((name) => `"${name}"`)
    .join(', ')}`;
}

function sentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return `must ${size(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${size(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_format':
      // A pattern's own message is better than its regular expression.
      return issue.format === 'regex' && !issue.message.startsWith('Invalid')
        ? issue.message
        : `must be ${FORMATS[issue.format] ?? issue.format}`;
    case 'invalid_key':
      return 'has a key that is not allowed';
    case 'invalid_union':
      return `must be ${unionText(issue)}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  tuple: 'a list',
  null: 'null',
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'a uuid',
  base64: 'base64',
  regex: 'of another form',
  safeint: 'a whole number',
};

function size(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${limit} character${limit === 1 ? '' : 's'}`;
  if (origin === 'array' || origin === 'set') return `have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `be ${bound} ${limit}`;
}

/** The types that a union would have taken, e.g. `a text or a number`. */
function unionText(issue: z.core.$ZodIssueInvalidUnion): string {
  const types = issue.errors.flatMap((branch) => {
    const [first] = branch;
    return first?.code === 'invalid_type' && first.path.length === 0 ? [TYPES[first.expected] ?? first.expected] : [];
  });
  return types.length === issue.errors.length && types.length > 0
    ? [...new Set(types)].join(' or ')
    : 'of another form';
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, key);
  }
  return at;
}

/** Keys that the object at `path` may have. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  for (const key of path) at = valueAt(at, typeof key === 'number' ? ['items'] : ['properties', key]);
  const properties = valueAt(at, ['properties']);
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}
