/**
 * The pictures before and after one among the hits of the search that it was opened from. More hits are asked for before
 * the end is reached.
 *
 * @module
 */
import { useEffect } from 'react';
import type { Hit } from 'fovea/client';
import type { SearchParams } from '../search/params.ts';
import { useHits } from '../search/use-hits.ts';

/** Hits before the last one that is there at which more are asked for. */
const AHEAD = 5;
/** A picture is looked for among so many hits. */
const MOST_LOOKED_AT = 600;

export interface Neighbours {
  readonly hit: Hit | undefined;
  /** From 1; undefined where it is not among the hits that were looked at. */
  readonly place: number | undefined;
  /** Hits in all, as far as the server told. */
  readonly total: number;
  readonly previous: Hit | undefined;
  readonly next: Hit | undefined;
  /** Whether it may still be found. */
  readonly isLooking: boolean;
}

export function useNeighbours(contentId: string, params: SearchParams): Neighbours {
  const { hits, first, hasNextPage, isFetching, fetchNextPage } = useHits(params);
  const index = hits.findIndex((hit) => hit.contentId === contentId);
  const wantsMore = index === -1 ? hits.length < MOST_LOOKED_AT : index >= hits.length - AHEAD;
  useEffect(() => {
    if (hasNextPage && wantsMore && !isFetching) void fetchNextPage();
  }, [hasNextPage, wantsMore, isFetching, fetchNextPage]);
  return {
    hit: hits[index],
    place: index === -1 ? undefined : index + 1,
    total: hasNextPage ? Math.max(first?.total ?? 0, hits.length) : hits.length,
    previous: hits[index - 1],
    next: index === -1 ? undefined : hits[index + 1],
    isLooking: index === -1 && (isFetching || (hasNextPage && wantsMore)),
  };
}
