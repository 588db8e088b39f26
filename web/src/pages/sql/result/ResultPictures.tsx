/**
 * The pictures that the rows name, in their order.
 *
 * @module
 */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { FoveaClient, Hit, SqlResult } from 'fovea/client';
import { useMemo } from 'react';
import { useFovea } from '../../../api/fovea.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { PhotoGrid } from '../../../components/PhotoGrid.tsx';
import { Tile } from '../../../components/Tile.tsx';
import { texts } from '../../../texts.ts';
import { contentIds } from './cells.ts';
import styles from './ResultChart.module.css';

/** Pictures of one request: their ids must fit into a condition. */
const PAGE = 200;

export function ResultPictures({ result }: { readonly result: SqlResult }) {
  const fovea = useFovea();
  const ids = useMemo(() => contentIds(result), [result]);
  const { data, error, refetch, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: [fovea.namespace, 'contents', 'by-id', ids],
    queryFn: ({ pageParam, signal }) => picturesOf(fovea, ids.slice(pageParam, pageParam + PAGE), signal),
    initialPageParam: 0,
    getNextPageParam: (_last, _all, at) => (at + PAGE < ids.length ? at + PAGE : undefined),
    enabled: ids.length > 0,
  });
  const pictures = useMemo(() => data?.pages.flat() ?? [], [data]);
  if (ids.length === 0) return <p className={styles.reason}>{texts.sql.pictures.none}</p>;
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  return (
    <PhotoGrid items={pictures} hasMore={hasNextPage} onEnd={() => void fetchNextPage()}>
      {(picture, { width, height }) => <Tile of={picture} side={Math.max(width, height)} />}
    </PhotoGrid>
  );
}

/** In the order of the ids; without those that are gone. */
async function picturesOf(fovea: FoveaClient, ids: readonly string[], signal: AbortSignal): Promise<Hit[]> {
  const list = ids.map((id) => `'${id}'`).join(', ');
  const { hits } = await fovea.search({ where: `c.content_id in (${list})`, limit: PAGE, signal });
  const byId = new Map(hits.map((hit) => [hit.contentId, hit]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
