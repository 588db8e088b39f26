/**
 * A search as it stands in the address. Pure, so that the picture page can go through the same hits.
 *
 * @module
 */
import { z } from 'zod';

const Region = z.tuple([z.number(), z.number(), z.number(), z.number()]);

const FacetValue = z.union([z.string(), z.number(), z.boolean()]);
export type FacetValue = z.infer<typeof FacetValue>;

/** Values by what they are counted by: a column of a table (`photos.objects.object_name`), `year`, or `labels.<key>`. */
const FacetValues = z.record(z.string(), z.array(FacetValue));
export type FacetValues = z.infer<typeof FacetValues>;

const SearchParams = z.object({
  /** Words. */
  q: z.string().optional(),
  /** Name of a picture that was pasted or dropped; its bytes are in this browser (`state/query-pictures.ts`). */
  image: z.string().optional(),
  /** A content to look like. */
  like: z.string().optional(),
  /** Part of `image` or `like`: x1, y1, x2, y2 in pixels of the upright picture. */
  region: Region.optional(),
  /** Texts that hits must have. */
  has: z.array(z.string()).optional(),
  /** Objects in pictures are looked at, too. */
  regions: z.boolean().optional(),
  /** Words that hits must not have. */
  not: z.array(z.string()).optional(),
  /** What hits must have. */
  facets: FacetValues.optional(),
  /** What hits must not have. */
  without: FacetValues.optional(),
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

/** Without what says nothing, so that an address is as short as its search. */
export function tidyParams(params: {
  readonly [Name in keyof SearchParams]: SearchParams[Name] | undefined;
}): SearchParams {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Adds a value, once. */
export function withValue(values: FacetValues = {}, of: string, value: FacetValue): FacetValues {
  return { ...values, [of]: [...(values[of] ?? []).filter((one) => one !== value), value] };
}

/** Takes a value out, and with its last one what it is counted by. */
export function withoutValue(values: FacetValues = {}, of: string, value: FacetValue): FacetValues {
  const { [of]: those = [], ...others } = values;
  const left = those.filter((one) => one !== value);
  return left.length === 0 ? others : { ...others, [of]: left };
}
