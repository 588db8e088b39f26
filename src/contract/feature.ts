/**
 * What an extractor writes for one content: rows of typed columns, and vectors. Declared before anything runs.
 *
 * @module
 */
import { z } from 'zod';

/** Column types an extractor may declare; `store/` maps each to a SQL type. `box` is `real[4]`: x1, y1, x2, y2. */
export const ColumnType = z.enum([
  'text',
  'integer',
  'real',
  'boolean',
  'timestamp',
  'json',
  'box',
  'text[]',
  'real[]',
]);
export type ColumnType = z.infer<typeof ColumnType>;

/** A BCP 47 language tag that is well formed, whether or not anybody speaks it: `en`, `pt-BR`, `zh-Hant`, `und`. */
export const LanguageTag = z
  .string()
  .refine(isLanguageTag, { error: 'must be a language tag like "en", "zh" or "und" (BCP 47)' });

export const ColumnSpec = z
  .object({
    type: ColumnType,
    /** E.g. `px` (pixels of the upright original), `deg`, `s`. */
    unit: z.string().optional(),
    /** Inclusive. */
    range: z.tuple([z.number(), z.number()]).optional(),
    description: z.string().optional(),
    /**
     * BCP 47 tag of the language of a text column: `en`, `zh-Hant`, `und` where it is not known. A column that has one is
     * searched by words; one without is for SQL alone.
     */
    language: LanguageTag.optional(),
    /** Long values that nobody reads: shown in the policy's own view only, as vectors are. */
    bulky: z.literal(true).optional(),
  })
  .refine(({ type, language }) => language === undefined || type === 'text' || type === 'text[]', {
    path: ['language'],
    error: 'only columns of texts have a language',
  });
export type ColumnSpec = z.infer<typeof ColumnSpec>;

/** What an index of vectors can be asked with. */
export const QueryKind = z.enum(['text', 'image']);
export type QueryKind = z.infer<typeof QueryKind>;

export const VectorSpec = z.object({
  dimension: z.int().min(1).max(2000),
  /** Vectors are stored L2-normalised, so cosine and inner product rank alike. */
  metric: z.enum(['cosine']),
  /** What questions can be asked of it: words, pictures. Absent: both. */
  queries: z.array(QueryKind).min(1).optional(),
});
export type VectorSpec = z.infer<typeof VectorSpec>;

export const COLUMN_NAME = /^[a-z][a-z0-9_]*$/;

/** What a policy version writes: one table, `content_id, ord` and these columns. */
export const OutputSpec = z.object({
  columns: z.record(z.string().regex(COLUMN_NAME), ColumnSpec),
  vectors: z.record(z.string().regex(COLUMN_NAME), VectorSpec),
  /** Mime types of the contents that it makes of a content, e.g. the frames of a video. Absent: it makes none. */
  contents: z.array(z.string()).min(1).optional(),
});
export type OutputSpec = z.infer<typeof OutputSpec>;

/** A value of a column. Timestamps are ISO 8601 texts; `null` is "not known". */
export type ColumnValue =
  | string
  | number
  | boolean
  | null
  | readonly string[]
  | readonly number[]
  | Readonly<Record<string, unknown>>;

/** One row of an extractor's result. */
export interface FeatureRow {
  /** Key within the content; absent: its place in the array, counting from 0. Rows of boxes carry the box's `ord`. */
  readonly ord?: number;
  readonly columns: Readonly<Record<string, ColumnValue>>;
  /** L2-normalised, as long as declared. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

/** True where a policy of that output makes contents of what it takes. */
export function makesContents({ output }: { readonly output: OutputSpec }): boolean {
  return output.contents !== undefined;
}

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
