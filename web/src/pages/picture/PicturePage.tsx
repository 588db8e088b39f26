/**
 * One picture: large, with what was found in it, why it is a hit, and what is known of it. Arrows go through the hits of the
 * search that it was opened from.
 *
 * @module
 */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Content, Task } from 'fovea/client';
import { useEffect, useMemo, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { contentQuery, contentTasksQuery, featuresQuery } from '../../api/queries.ts';
import { texts } from '../../texts.ts';
import type { SearchParams } from '../search/params.ts';
import { type Box, boxAt, boxesOf } from './boxes.ts';
import { DeleteDialog } from '../../components/DeleteDialog.tsx';
import { Light } from './Light.tsx';
import { Panel, type Tab } from './Panel.tsx';
import styles from './PicturePage.module.css';
import { PictureProblem } from './PictureProblem.tsx';
import { tracksOf } from './tracks.ts';
import { useAhead } from './use-ahead.ts';
import { type BoxView, useBoxView } from './use-box-view.ts';
import { type Neighbours, useNeighbours } from './use-neighbours.ts';
import { useOwn } from './use-own.ts';
import { useWays } from './use-ways.ts';
import { VideoLight } from './VideoLight.tsx';
import type { Seek } from './VideoStage.tsx';

const route = getRouteApi('/$namespace/picture/$contentId');

export function PicturePage() {
  const { contentId } = route.useParams();
  const params = route.useSearch();
  const neighbours = useNeighbours(contentId, params);
  useAhead(neighbours);
  const query = useQuery({ ...contentQuery(useFovea(), contentId), placeholderData: keepPreviousData });
  if (query.error !== null) {
    return <PictureProblem error={query.error} params={params} onRetry={() => void query.refetch()} />;
  }
  if (query.data === undefined) return <div className={styles.page} aria-busy="true" />;
  return <Picture content={query.data} params={params} neighbours={neighbours} />;
}

interface PictureProps {
  readonly content: Content;
  readonly params: SearchParams;
  readonly neighbours: Neighbours;
}

function Picture({ content, params, neighbours }: PictureProps) {
  const { contentId } = content;
  const { features, tasks } = useExtracted(contentId);
  const ways = useWays(contentId, params, neighbours);
  const [tab, setTab] = useState<Tab>('why');
  const [isDeleting, setIsDeleting] = useOwn(contentId, false);
  const [seek, setSeek] = useOwn<Seek | undefined>(contentId, undefined);
  const tracks = useMemo(() => (features.data === undefined ? [] : tracksOf(features.data)), [features.data]);
  const boxes = useMemo(() => (features.data === undefined ? [] : boxesOf(features.data)), [features.data]);
  const view = useMatchedView(boxes, neighbours);
  const hasReason = Object.values(params).some((value) => value !== undefined);
  const name = content.name === '' ? texts.picture.unnamed : content.name;
  const light = {
    content,
    params,
    neighbours,
    ways,
    view,
    tasks: tasks.data,
    onDelete: () => setIsDeleting(true),
  };
  return (
    <div className={styles.page}>
      {content.mimeType.startsWith('video/') ? (
        <VideoLight {...light} tracks={tracks} seek={seek} onSeek={setSeek} />
      ) : (
        <Light {...light} boxes={boxes} onChooseBox={() => setTab('found')} />
      )}
      <section className={styles.side}>
        <h1 className={styles.name}>{name}</h1>
        <Panel
          content={content}
          features={features}
          tasks={tasks}
          neighbours={neighbours}
          boxes={boxes}
          tracks={tracks}
          onPlay={(timeMs) => setSeek({ frame: { contentId, timeMs, sha256: content.sha256 } })}
          view={view}
          hasReason={hasReason}
          tab={tab === 'why' && !hasReason ? 'found' : tab}
          onTab={setTab}
          onSearch={ways.searchRegion}
        />
      </section>
      <p className="visually-hidden" role="status">
        {texts.picture.announce(name, placeOf(neighbours))}
      </p>
      {isDeleting && (
        <DeleteDialog
          contentIds={[contentId]}
          title={texts.picture.deleting(name)}
          onClose={() => setIsDeleting(false)}
          onDeleted={ways.leave}
        />
      )}
    </div>
  );
}

/** The box that a search found is pointed at until another one is. */
function useMatchedView(boxes: readonly Box[], { hit }: Neighbours): BoxView {
  const view = useBoxView();
  const matched = hit?.regions?.[0];
  const box = matched === undefined ? undefined : boxAt(boxes, matched.box);
  return { ...view, highlighted: view.highlighted ?? box?.key ?? null };
}

/** Rows and tasks of a picture. When tasks end there are other rows, and its size may be known. */
function useExtracted(contentId: string) {
  const fovea = useFovea();
  const cache = useQueryClient();
  const features = useQuery({ ...featuresQuery(fovea, contentId), placeholderData: keepPreviousData });
  const tasks = useQuery(contentTasksQuery(fovea, contentId));
  const ended = endedTasks(tasks.data);
  useEffect(() => {
    if (ended === '') return;
    void cache.invalidateQueries({ queryKey: contentQuery(fovea, contentId).queryKey });
    void cache.invalidateQueries({ queryKey: featuresQuery(fovea, contentId).queryKey });
  }, [cache, fovea, contentId, ended]);
  return { features, tasks };
}

const endedTasks = (tasks: readonly Task[] = []): string =>
  tasks
    .filter(({ state }) => state === 'done' || state === 'failed')
    .map(({ graph, policy, version, attempts }) => [graph, policy, version, attempts].join(' '))
    .join();

function placeOf({ place, total }: Neighbours): string {
  return place === undefined ? '' : texts.picture.position(place, total);
}
