/**
 * A search as it stands in the address. Pure, so that the picture page can go through the same hits.
 *
 * @module
 */
import { z } from 'zod';

const Region = z.tuple([z.number(), z.number(), z.number(), z.number()]);

const SearchParams = z.object({
  /** Words. */
  q: z.string().optional(),
  /** SHA-256 of a picture that was pasted or dropped; its bytes are in this browser (`state/query-pictures.ts`). */
  image: z.string().optional(),
  /** A content to look like. */
  like: z.string().optional(),
  /** Part of `image` or `like`: x1, y1, x2, y2 in pixels of the upright picture. */
  region: Region.optional(),
  /** Words that hits must not have. */
  not: z.array(z.string()).optional(),
  /** Values by facet: a column of a table (`photos.objects.object_name`), `year`, or `labels.<key>`. */
  facets: z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()]))).optional(),
  /** A SQL condition. */
  where: z.string().optional(),
});
export type SearchParams = z.infer<typeof SearchParams>;

/** What fits of an address's parameters; the rest is left out. */
export function parseSearchParams(given: Record<string, unknown>): SearchParams {
  const whole = SearchParams.safeParse(given);
  if (whole.success) return whole.data;
  const fitting = Object.entries(SearchParams.shape).flatMap(([name, schema]) => {
    const one = schema.safeParse(given[name]);
    return one.success && one.data !== undefined ? [[name, one.data] as const] : [];
  });
  return Object.fromEntries(fitting);
}
