/**
 * Loading a data set: pictures with what is known of them, from Parquet, COCO, CSV, JSON Lines, vectors in files, or the hub.
 *
 * @module
 */
import { z } from 'zod';
import { LanguageTag } from './feature.ts';
import { GivenSpace } from './given.ts';
import { GraphName } from './names.ts';
import { Labels } from './content.ts';

/** A column of texts: captions, names, answers. */
export const DatasetText = z.strictObject({
  column: z.string().min(1),
  /** Absent: not known. */
  language: LanguageTag.optional(),
});
export type DatasetText = z.infer<typeof DatasetText>;

export const LoadDatasetRequest = z.strictObject({
  /** Absolute path of a file or folder of the server's machine, or `hf://owner/name`. */
  source: z
    .string()
    .min(1)
    .regex(/^[^\0]*$/, 'must not hold U+0000'),
  /** The graph that its texts, boxes and vectors become; absent: the data set's own name. */
  name: GraphName.optional(),
  /** Column with the picture; absent: found by its type or name. `null`: rows are of contents that are there (`match`). */
  image: z.string().min(1).nullable().optional(),
  /** Column with the id or the file name of a content that is there; absent: found by its name. */
  match: z.string().min(1).optional(),
  /** Columns of texts; absent: those named as captions are. */
  texts: z.array(DatasetText).optional(),
  /** Columns whose values become labels of the contents. */
  labels: z.array(z.string().min(1)).default([]),
  /** Labels of all its contents. */
  setLabels: Labels.default({}),
  /** Column with the boxes; COCO has its own. */
  boxes: z.string().min(1).optional(),
  /** Columns with vectors. */
  vectors: z.array(z.string().min(1)).default([]),
  /** What made the vectors; absent: they are compared with each other only. */
  space: GivenSpace.optional(),
  /** Makes vectors of any length unit vectors. */
  normalize: z.boolean().default(false),
  /** Rows, from the first. */
  limit: z.int().positive().optional(),
  /** `none`: don't create the built-in graph in a namespace without graphs. */
  graph: z.enum(['none']).optional(),
});
export type LoadDatasetRequest = z.input<typeof LoadDatasetRequest>;

/** Why a row was not loaded. */
export const RowProblem = z.object({ row: z.int(), code: z.string(), message: z.string() });
export type RowProblem = z.infer<typeof RowProblem>;

/** Running totals of one load; the last one of the stream has `finished: true`. `seen` is the sum of the five below it. */
export const LoadProgress = z.object({
  /** Graph that the texts, boxes and vectors belong to. */
  graph: z.string(),
  /** Of the data set, or the limit; null where only reading tells. */
  rows: z.int().nullable(),
  seen: z.int(),
  /** Rows that became new contents. */
  added: z.int(),
  /** Rows whose picture has the same bytes as a content that was there, or as an earlier row. */
  duplicates: z.int(),
  /** Rows without a picture of their own, of contents that were there. */
  matched: z.int(),
  /** Rows that an earlier load of the same data set, which was broken off, has stored. */
  skipped: z.int(),
  failed: z.int(),
  /** The first thousand. */
  problems: z.array(RowProblem),
  /** Rows that were written, by policy: `captions`, `boxes`, `vectors`. */
  written: z.record(z.string(), z.int()),
  finished: z.boolean(),
  /** Sentences for the user. */
  notes: z.array(z.string()),
});
export type LoadProgress = z.infer<typeof LoadProgress>;
