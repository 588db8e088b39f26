/**
 * The hits of a search, page by page.
 *
 * @module
 */
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { type FoveaClient, type Hit, NotFoundError, type SearchResponse } from 'fovea/client';
import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { keptPicture } from '../../state/query-pictures.ts';
import type { SearchParams } from './params.ts';
import { requestOf } from './request.ts';
import { steady } from './steady.ts';

/** Hits of one request: a screen or two, so that the first are there soon. */
const PAGE = 60;
/** Scrolled further than this, in CSS pixels, somebody looks at what an insertion would move. */
const HELD_BELOW = 160;

export const hitsQuery = (fovea: FoveaClient, params: SearchParams) =>
  infiniteQueryOptions({
    queryKey: [fovea.namespace, 'search', params],
    queryFn: ({ pageParam, signal }) => page(fovea, params, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });

/** One page; none of a namespace that does not exist yet. */
async function page(
  fovea: FoveaClient,
  params: SearchParams,
  cursor: string,
  signal: AbortSignal,
): Promise<SearchResponse> {
  const image = params.image === undefined ? undefined : await keptPicture(params.image);
  const asked = { ...requestOf(params), limit: PAGE, explain: true, signal };
  try {
    return await fovea.search({ ...asked, ...(image && { image }), ...(cursor === '' ? {} : { cursor }) });
  } catch (error) {
    if (error instanceof NotFoundError && error.kind === 'namespace') return NOTHING;
    throw error;
  }
}

const NOTHING: SearchResponse = { hits: [], total: 0, indexed: { done: 0, total: 0 }, notes: [] };

/** What is shown of which search, so that it stays while somebody looks at it. */
interface Shown {
  readonly of: readonly SearchResponse[] | undefined;
  readonly key: string;
  readonly hits: readonly Hit[];
  readonly waiting: number;
}

export function useHits(params: SearchParams) {
  const query = useInfiniteQuery(hitsQuery(useFovea(), params));
  const pages = query.data?.pages;
  const key = query.isPlaceholderData ? undefined : JSON.stringify(params);
  const [shown, setShown] = useState<Shown>({ of: undefined, key: '', hits: [], waiting: 0 });
  const latest = useMemo((): Hit[] => distinct(pages?.flatMap(({ hits }) => hits) ?? []), [pages]);
  const isHeld = useSyncExternalStore(onScroll, isScrolled);
  let now = shown;
  // Adjusted while drawing, as React wants it for state that follows other state.
  // Where a search fails, what was found before stays.
  if (pages !== undefined && (pages !== shown.of || (!isHeld && shown.waiting > 0))) {
    const isSame = key === undefined || key === shown.key;
    const next = steady(isSame ? shown.hits : [], latest, isHeld && isSame);
    now = { of: pages, key: key ?? shown.key, hits: next.shown, waiting: next.waiting };
    setShown(now);
  }
  const showWaiting = useCallback(() => window.scrollTo({ top: 0 }), []);
  return { ...query, hits: now.hits, waiting: now.waiting, showWaiting, first: now.of?.[0] };
}

/** Pages that were asked for while pictures came in may overlap. */
function distinct(hits: readonly Hit[]): Hit[] {
  return [...new Map(hits.map((hit) => [hit.contentId, hit])).values()];
}

const isScrolled = (): boolean => window.scrollY > HELD_BELOW;

function onScroll(listener: () => void): () => void {
  window.addEventListener('scroll', listener, { passive: true });
  return () => window.removeEventListener('scroll', listener);
}
