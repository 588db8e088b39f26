/**
 * The schema of the rows that an output declares: what a result must satisfy before it is stored.
 *
 * It refuses what a database would refuse or change in silence (unknown and missing columns, NUL characters, NaN,
 * integers that are not exact, times without a zone) and what would spoil a search (a vector of the wrong length, or one
 * that is not of unit length).
 *
 * @module
 */
import { z } from 'zod';
import type { ColumnSpec, ColumnValue, FeatureRow, OutputSpec, VectorSpec } from '../contract/index.ts';
import { ExtractorOutputError } from './errors.ts';

/** How far a vector's L2 norm may be from 1; half floats and 8-bit models stay well below. */
const UNIT_NORM_TOLERANCE = 1e-3;

/** How many faults a message tells. */
const MAX_ISSUES_SHOWN = 3;

/** Schema of one row of `output`: every column and vector that was declared, and no other. */
export function rowSchema(output: OutputSpec): z.ZodType<FeatureRow> {
  const columns = mapValues(output.columns, (spec) => columnSchema(spec).nullable());
  const vectors = mapValues(output.vectors, vectorSchema);
  return z.strictObject({
    ord: z.int32().nonnegative().exactOptional(),
    columns: z.strictObject(columns),
    vectors: z.strictObject(vectors),
  });
}

/**
 * Returns a function that throws an `ExtractorOutputError` for rows that are not what `output` declares, or of which
 * two have the same `ord` (a row without one takes its place in the array). Building it costs more than calling it: once a batch.
 */
export function rowChecker(output: OutputSpec): (rows: readonly FeatureRow[]) => void {
  const schema = z.array(rowSchema(output));
  return (rows) => {
    const parsed = schema.safeParse(rows);
    if (!parsed.success) throw new ExtractorOutputError(describeIssues(parsed.error.issues));
    const ords = new Set<number>();
    for (const [index, { ord = index }] of rows.entries()) {
      if (ords.has(ord)) throw new ExtractorOutputError(`two rows have ord ${ord}`);
      ords.add(ord);
    }
  };
}

function columnSchema({ type, range }: ColumnSpec): z.ZodType<ColumnValue> {
  const [low, high] = range ?? [-Infinity, Infinity];
  switch (type) {
    case 'text':
      return textSchema;
    case 'integer':
      return z.int().min(low).max(high);
    case 'real':
      return z.number().min(low).max(high);
    case 'boolean':
      return z.boolean();
    case 'timestamp':
      return z.iso.datetime({ offset: true, error: 'must be ISO 8601 with a zone, as 2024-05-01T12:00:00Z' });
    case 'json':
      return jsonSchema;
    case 'box':
      return boxSchema;
    case 'text[]':
      return z.array(textSchema);
    case 'real[]':
      return z.array(z.number().min(low).max(high));
  }
}

const textSchema = z.string().refine((value) => !value.includes('\0'), 'must not hold NUL characters');

const boxSchema = z
  .tuple([z.number(), z.number(), z.number(), z.number()])
  .refine(([x1, y1, x2, y2]) => x1 <= x2 && y1 <= y2, 'must be [x1, y1, x2, y2] with x1 <= x2 and y1 <= y2');

const jsonSchema = z
  .union([z.record(z.string(), z.json()), z.array(z.string()), z.array(z.number())])
  .refine((value) => !holdsNul(value), 'must not hold NUL characters');

function vectorSchema({ dimension }: VectorSpec): z.ZodType<Float32Array> {
  return z
    .instanceof(Float32Array)
    .refine((vector) => vector.length === dimension, `must have ${dimension} components`)
    .refine((vector) => Math.abs(norm(vector) - 1) <= UNIT_NORM_TOLERANCE, 'must have an L2 norm of 1');
}

/** NaN where a component is; every comparison with it is false. */
function norm(vector: Float32Array): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}

function holdsNul(value: z.core.util.JSONType): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, entry]) => key.includes('\0') || holdsNul(entry));
}

/** `[2].columns.score: Too big: expected number to be <=1; …` */
function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const shown = issues.slice(0, MAX_ISSUES_SHOWN).map((issue) => {
    const path = z.core.toDotPath(issue.path);
    return path === '' ? issue.message : `${path}: ${issue.message}`;
  });
  const rest = issues.length - shown.length;
  return shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
