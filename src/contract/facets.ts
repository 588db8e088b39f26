/**
 * Facets: how many contents have which value of a column.
 *
 * @module
 */
import { z } from 'zod';

/** Most columns that are counted at a time. */
const MAX_FACETS = 20;

export const FacetsRequest = z.strictObject({
  /**
   * Columns of any table, by name (`object_name`) or with their table (`photos.objects.object_name`); `year` and `month` of
   * `taken_at`, or of `created_at` where nothing is known; `labels.<key>`.
   */
  of: z.array(z.string().min(1).max(300)).min(1).max(MAX_FACETS),
  /** SQL condition over columns of the view `content` (alias `c`), as in a search. */
  where: z.string().max(20_000).optional(),
  /** `key=value`: all must hold. */
  labels: z.array(z.string()).default([]),
  /** Most values of each column, those of the most contents first. */
  limit: z.int().min(1).max(1000).default(20),
});
export type FacetsRequest = z.output<typeof FacetsRequest>;
export type FacetsInput = z.input<typeof FacetsRequest>;

export const Facet = z.object({
  /** As it was asked for. */
  of: z.string(),
  /** The table that it was counted in. */
  table: z.string(),
  /** The most frequent first, equal ones in the order of their texts. Texts are cut at 1,000 characters. */
  values: z.array(
    z.object({
      value: z.union([z.string(), z.number(), z.boolean()]),
      /** Contents with this value, however often each has it. */
      contents: z.int(),
    }),
  ),
  /** Different values, those beyond the limit among them. */
  distinct: z.int(),
  /** Contents that pass and have no value. */
  missing: z.int(),
});
export type Facet = z.infer<typeof Facet>;

export const FacetsResponse = z.object({
  /** Contents that pass. */
  total: z.int(),
  /** In the order in which they were asked for. A content with several values counts for each of them. */
  facets: z.array(Facet),
});
export type FacetsResponse = z.infer<typeof FacetsResponse>;
