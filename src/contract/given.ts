/**
 * Given features: rows that a caller hands over instead of an extractor computing them, e.g. captions, boxes and vectors of
 * a dataset. The policy's parameters say what the rows are; no task of it is ever planned.
 *
 *     { name: captions, extractor: given, params: { columns: { text_en: { type: text, language: en } } } }
 *
 * @module
 */
import { z } from 'zod';
import { ContentId } from './content.ts';
import { COLUMN_NAME, ColumnSpec, VectorSpec } from './feature.ts';
import type { Policy } from './graph.ts';
import { WireValue } from './worker-codec.ts';

/** The built-in extractor of given features. */
export const GIVEN_EXTRACTOR = 'features/given';

/** An extractor with parameters: what encodes the queries that given vectors are compared with. */
export const SpaceEncoder = z.strictObject({
  /** E.g. `embedding/clip`. */
  extractor: z.string().min(1),
  params: z.record(z.string(), z.unknown()).default({}),
});
export type SpaceEncoder = z.infer<typeof SpaceEncoder>;

/** Where given vectors come from: an index of the namespace or its policy (`photos.clip`), or the extractor that made them. */
export const GivenSpace = z.union([z.string().min(1), SpaceEncoder]);
export type GivenSpace = z.infer<typeof GivenSpace>;

/** Parameters of `features/given`: what will be handed over. */
export const GivenParams = z.object({
  columns: z.record(z.string().regex(COLUMN_NAME), ColumnSpec).default({}),
  vectors: z
    .record(z.string().regex(COLUMN_NAME), VectorSpec.extend({ metric: VectorSpec.shape.metric.default('cosine') }))
    .default({}),
  /** Absent: the vectors are compared with each other only, not with words. */
  space: GivenSpace.optional(),
});
export type GivenParams = z.input<typeof GivenParams>;

/** True for a policy whose rows are handed over. */
export function isGiven({ extractor }: Pick<Policy, 'extractor'>): boolean {
  return extractor === GIVEN_EXTRACTOR;
}

/** What encodes queries in the space of a policy's vectors; undefined for given vectors without a space. */
export function encoderOf({ extractor, params }: Pick<Policy, 'extractor' | 'params'>): SpaceEncoder | undefined {
  return isGiven({ extractor }) ? SpaceEncoder.safeParse(params.space).data : { extractor, params };
}

/** Contents of one request, at most. */
export const MAX_GIVEN_CONTENTS = 1000;

const GivenRow = z.strictObject({
  /** Absent: its place among the rows of its content, from 0. */
  ord: z.int32().nonnegative().optional(),
  /** A column that is left out is null: not known. */
  columns: z.record(z.string(), WireValue).default({}),
  /** Float32 values as little-endian bytes, in base64. */
  vectors: z.record(z.string(), z.base64()).default({}),
});

/** Rows of some contents. Each content's rows replace those that it has; `rows: []` removes them. */
export const PutFeaturesRequest = z.strictObject({
  contents: z
    .array(z.strictObject({ contentId: ContentId, rows: z.array(GivenRow) }))
    .min(1)
    .max(MAX_GIVEN_CONTENTS),
  /** Makes vectors of any length unit vectors; without it one whose L2 norm is off by more than 1 % is refused. */
  normalize: z.boolean().default(false),
});
export type PutFeaturesRequest = z.infer<typeof PutFeaturesRequest>;

export const PutFeatures = z.object({
  contents: z.int(),
  rows: z.int(),
  /** Vectors whose L2 norm was off by more than 1 % and that were made unit vectors. */
  normalized: z.int(),
});
export type PutFeatures = z.infer<typeof PutFeatures>;
