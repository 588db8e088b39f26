/**
 * The contents that pass the filters: the newest ones as they come, older ones page by page as they are scrolled to.
 *
 * @module
 */
import {
  infiniteQueryOptions,
  keepPreviousData,
  type QueryClient,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import type { Content, ContentList, FoveaClient } from 'fovea/client';
import { useEffect, useMemo, useRef } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { statusQuery, unlessMissing } from '../../api/queries.ts';
import { mergePages } from './merge-pages.ts';
import type { Filter } from './params.ts';

/** The first page is there soon; those behind it are few requests. */
const FIRST = 100;
const NEXT = 500;
const NONE: ContentList = { contents: [], total: 0 };

const headQuery = (fovea: FoveaClient, filter: Filter) =>
  queryOptions({
    queryKey: [fovea.namespace, 'contents', filter],
    queryFn: async ({ signal }) =>
      (await unlessMissing(fovea.contents.list({ ...filter, limit: FIRST, signal }))) ?? NONE,
    placeholderData: keepPreviousData,
  });

/** Not made stale by events: all pages that were read would be read again with each. */
const olderQuery = (fovea: FoveaClient, cache: QueryClient, filter: Filter) =>
  infiniteQueryOptions({
    queryKey: [fovea.namespace, 'library', filter],
    queryFn: ({ pageParam, signal }) =>
      pageParam === ''
        ? cache.fetchQuery({ ...headQuery(fovea, filter), staleTime: 1000 })
        : fovea.contents.list({ ...filter, limit: NEXT, cursor: pageParam, signal }),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    staleTime: Number.POSITIVE_INFINITY,
  });

export interface Contents {
  readonly items: readonly Content[];
  /** Of all that pass; undefined until it is known. */
  readonly total: number | undefined;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly readMore: () => void;
  /** Reads everything again, e.g. after a change. */
  readonly refresh: () => Promise<void>;
}

export function useContents(filter: Filter): Contents {
  const fovea = useFovea();
  const cache = useQueryClient();
  const head = useQuery(headQuery(fovea, filter));
  const older = useInfiniteQuery(olderQuery(fovea, cache, filter));
  const isShownOfBefore = head.isPlaceholderData;
  const { items, hasGap } = useMemo(() => {
    const read = isShownOfBefore ? [] : (older.data?.pages.flatMap(({ contents }) => contents) ?? []);
    const { contents, cursor } = head.data ?? NONE;
    return mergePages(contents, cursor === undefined, read);
  }, [head.data, older.data, isShownOfBefore]);
  const { refetch, isFetching, fetchNextPage } = older;
  useEffect(() => {
    if (hasGap && !isFetching) void refetch();
  }, [hasGap, isFetching, refetch]);
  const refresh = async (): Promise<void> => {
    const keys = ['contents', 'library', 'status', 'tasks', 'search', 'facets', 'content'];
    await Promise.all(keys.map((key) => cache.invalidateQueries({ queryKey: [fovea.namespace, key] })));
  };
  useRefreshWhenIdle(refetch);
  return {
    items,
    total: head.data?.total,
    error: head.error ?? older.error,
    hasMore: head.data?.cursor !== undefined && older.hasNextPage,
    readMore: () => {
      if (!isFetching) void fetchNextPage();
    },
    refresh,
  };
}

/** Sizes and states of older contents are known once indexing has ended. */
function useRefreshWhenIdle(refetch: () => unknown): void {
  const { data: status } = useQuery(statusQuery(useFovea()));
  const isBusy = status?.busy === true;
  const wasBusy = useRef(false);
  useEffect(() => {
    if (wasBusy.current && !isBusy) void refetch();
    wasBusy.current = isBusy;
  }, [isBusy, refetch]);
}
