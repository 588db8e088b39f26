/**
 * Duplicates of two kinds, openly apart: the same bytes at several places, and pictures that show the same. And pictures
 * that are only similar.
 *
 * @module
 */
import { z } from 'zod';
import { ContentId } from './content.ts';
import { BoundingBox } from './detection.ts';
import { Hit } from './search.ts';

export const DuplicateKind = z.enum(['same-bytes', 'similar-pictures']);
export type DuplicateKind = z.infer<typeof DuplicateKind>;

export const DuplicatesQuery = z.strictObject({
  /** Only one kind; absent: both. */
  kind: DuplicateKind.optional(),
  /** Groups of each kind. */
  limit: z.coerce.number<number>().int().min(1).max(10_000).default(1000),
});
export type DuplicatesQuery = z.input<typeof DuplicatesQuery>;

/** One place of the same bytes. */
export const BytesPlace = z.object({
  contentId: ContentId,
  name: z.string(),
  /** `file:///…`; null for a content that lies in no folder of the user's. */
  uri: z.string().nullable(),
});

export const SameBytesGroup = z.object({
  sha256: z.string(),
  sizeBytes: z.int(),
  /** The oldest file. */
  keep: BytesPlace,
  copies: z.array(BytesPlace),
});

/** A picture of a group. */
export const GroupedPicture = z.object({
  contentId: ContentId,
  name: z.string(),
  uri: z.string().nullable(),
  mimeType: z.string(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  sizeBytes: z.int(),
});

/** A picture that shows the same as the one that is kept. */
export const PictureCopy = GroupedPicture.extend({
  /** Correlation of the two as small grey pictures, in [0.97, 1]. */
  similarity: z.number(),
  /** What was done to it: `wider` shows more than the one that is kept, in fewer pixels. */
  change: z.enum(['re-encoded', 'resized', 'cropped', 'wider']),
  /** Of a cropped copy: the part of the kept picture that it shows, in pixels of that, upright. */
  region: BoundingBox.nullable(),
});

export const PictureGroup = z.object({
  /** The one with most pixels, of several that with most bytes, then the oldest. */
  keep: GroupedPicture,
  copies: z.array(PictureCopy).min(1),
});
export type PictureGroup = z.infer<typeof PictureGroup>;

const totals = {
  /** Groups, also those beyond the limit. */
  total: z.int(),
  /** Files or pictures in all of them but those to keep, and their bytes. */
  copies: z.int(),
  copiedBytes: z.int(),
};

export const Duplicates = z.object({
  sameBytes: z.object({ groups: z.array(SameBytesGroup), ...totals }).optional(),
  similarPictures: z.object({ groups: z.array(PictureGroup), ...totals, compared: z.int() }).optional(),
  /** What was not compared, and why. */
  notes: z.array(z.string()),
});
export type Duplicates = z.infer<typeof Duplicates>;

/** How far the comparing is; the last one of the stream has `finished: true` and `found`. */
export const DuplicatesProgress = z.object({
  /** Pictures that were looked at, those that show nothing to compare among them. */
  seen: z.int(),
  /** Pictures in all; null before they were counted, and where only files with the same bytes are looked for. */
  pictures: z.int().nullable(),
  finished: z.boolean(),
  found: Duplicates.optional(),
});
export type DuplicatesProgress = z.infer<typeof DuplicatesProgress>;

export const SimilarQuery = z.strictObject({
  /** An index `<graph>.<policy>.<output>`; absent: as in a search. */
  index: z.string().optional(),
  limit: z.coerce.number<number>().int().min(1).max(900).default(20),
});
export type SimilarQuery = z.input<typeof SimilarQuery>;

export const SimilarPictures = z.object({
  /** Nearest first, without copies of the picture itself. */
  hits: z.array(Hit),
  /** Copies that were left out. */
  copies: z.array(ContentId),
  notes: z.array(z.string()),
});
export type SimilarPictures = z.infer<typeof SimilarPictures>;
