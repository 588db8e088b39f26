/**
 * Boxes as what is searched: the indexes of their vectors as legs, and of each hit the boxes that lie nearest.
 *
 * A content is one hit however many of its boxes match: a leg ranks it by its best one. Which others of its boxes are near is
 * read for the hits that a page shows, by the query's own vector, whichever leg found them.
 *
 * @module
 */
import type { HitRegion, SearchRequest } from '../contract/index.ts';
import { InvalidInputError } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import { hydrate, nearestRows } from '../store/index.ts';
import type { SearchIndex } from './choose-index.ts';
import { encodesQueries, queryKinds } from './choose-index.ts';
import type { Leg } from './leg.ts';

/** Boxes of a hit. */
const MOST_SHOWN = 3;

/** An index of boxes, and what its rows are compared with. */
export interface RegionLookout {
  readonly index: SearchIndex;
  readonly vector: Float32Array;
}

/**
 * Indexes of boxes that any word can be looked for in, and that take this request. One of faces is none: it would find whom the
 * picture shows, and words nothing.
 *
 * @throws InvalidInputError where there is none.
 */
export function regionIndexes(request: SearchRequest, indexes: readonly SearchIndex[]): SearchIndex[] {
  const found = indexes.filter((index) => index.ofRegions && encodesQueries(index, ['text', ...queryKinds(request)]));
  if (found.length > 0) return found;
  throw new InvalidInputError(
    'Cannot look at boxes: no policy makes vectors of them that words are compared with; apply a graph with one, e.g. ' +
      '{ name: boxes, extraction_policies: [{ name: parts, extractor: embedding/clip, content_source: photos.objects }] } (docs/objects.md)',
  );
}

/** Where the boxes of hits are looked for: what the legs over boxes compare. */
export function regionLookouts(legs: readonly Leg[]): Promise<RegionLookout[]> {
  return Promise.all(
    legs.flatMap(({ index, vector }) =>
      index?.ofRegions === true && vector !== undefined ? [vector().then((values) => ({ index, vector: values }))] : [],
    ),
  );
}

/** The nearest boxes of each content, best first; contents without any are not in the map. */
export async function nearestRegions(
  database: Database,
  namespace: string,
  lookouts: readonly RegionLookout[],
  contentIds: readonly string[],
): Promise<Map<string, HitRegion[]>> {
  const found = await Promise.all(lookouts.map((lookout) => regionsOf(database, namespace, lookout, contentIds)));
  const regions = new Map<string, HitRegion[]>();
  for (const [contentId, region] of found.flat().toSorted(([, a], [, b]) => b.similarity - a.similarity)) {
    const those = regions.get(contentId) ?? [];
    if (those.length < MOST_SHOWN) regions.set(contentId, [...those, region]);
  }
  return regions;
}

async function regionsOf(
  database: Database,
  namespace: string,
  { index, vector }: RegionLookout,
  contentIds: readonly string[],
): Promise<[string, HitRegion][]> {
  const rows = await nearestRows(database, namespace, index, vector, { contentIds, each: MOST_SHOWN });
  const distances = new Map(rows.map(({ contentId, ord, distance }) => [`${contentId} ${ord}`, distance]));
  const boxes = await hydrate(database, namespace, rows, { index });
  return boxes.flatMap(({ contentId, ord, region: box }) => {
    const distance = distances.get(`${contentId} ${ord}`);
    if (ord === null || box === null || distance === undefined) return [];
    return [[contentId, { index: index.name, ord, box, similarity: 1 - distance }]];
  });
}
