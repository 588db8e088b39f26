/**
 * The hits of a search, page by page.
 *
 * @module
 */
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { FoveaClient, Hit, SearchInput } from 'fovea/client';
import { useMemo } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import type { SearchParams } from './params.ts';

/** Hits of one request: a screen or two, so that the first are there soon. */
const PAGE = 60;

export const hitsQuery = (fovea: FoveaClient, params: SearchParams) =>
  infiniteQueryOptions({
    queryKey: [fovea.namespace, 'search', params],
    queryFn: ({ pageParam, signal }) =>
      fovea.search({ ...requestOf(params), limit: PAGE, signal, ...(pageParam === '' ? {} : { cursor: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });

export function useHits(params: SearchParams) {
  const query = useInfiniteQuery(hitsQuery(useFovea(), params));
  const hits = useMemo((): Hit[] => query.data?.pages.flatMap((page) => page.hits) ?? [], [query.data]);
  return { ...query, hits, first: query.data?.pages[0] };
}

/** What an address asks the server for. Without any question: everything, newest first. */
export function requestOf({ q, like, not, where }: SearchParams): Omit<SearchInput, 'image'> {
  const isListing = q === undefined && like === undefined && where === undefined;
  return {
    ...(q === undefined ? {} : { query: q }),
    ...(like === undefined ? {} : { like: { contentId: like } }),
    ...(not === undefined ? {} : { not }),
    ...(isListing ? { where: 'true' } : where === undefined ? {} : { where }),
  };
}
