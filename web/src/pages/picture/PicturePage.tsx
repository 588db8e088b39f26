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
import { BoxControls } from './BoxControls.tsx';
import { boxesOf, visibleBoxes } from './boxes.ts';
import { DeleteDialog } from './DeleteDialog.tsx';
import { Panel, type Tab } from './Panel.tsx';
import styles from './PicturePage.module.css';
import { PictureProblem } from './PictureProblem.tsx';
import { middleRegion, type Region, type Size } from './region.ts';
import { Stage } from './Stage.tsx';
import { Toolbar } from './Toolbar.tsx';
import { Unshown } from './Unshown.tsx';
import { useAhead } from './use-ahead.ts';
import { useBoxView } from './use-box-view.ts';
import { useKeys } from './use-keys.ts';
import { type Neighbours, useNeighbours } from './use-neighbours.ts';
import { useWays } from './use-ways.ts';
import { useZoom } from './use-zoom.ts';
import { isSearch } from './why-query.ts';

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
  const view = useBoxView();
  const zoom = useZoom(contentId);
  const [tab, setTab] = useState<Tab>('why');
  const [selection, setSelection] = useOwn<Region | null>(contentId, null);
  const [hasFailed, setHasFailed] = useOwn(`${contentId} ${content.sha256} ${content.width}`, false);
  const [isDeleting, setIsDeleting] = useOwn(contentId, false);
  const boxes = useMemo(() => (features.data === undefined ? [] : boxesOf(features.data)), [features.data]);
  const { hidden, minScore } = view;
  const drawn = useMemo(() => visibleBoxes(boxes, { hidden, minScore }), [boxes, hidden, minScore]);
  const size = hasFailed ? null : sizeOf(content);
  const toggleSelection = (): void => setSelection(selection === null && size !== null ? middleRegion(size) : null);
  useKeys({
    ArrowLeft: () => ways.go('previous'),
    ArrowRight: () => ways.go('next'),
    Escape: () => (selection === null ? ways.back() : setSelection(null)),
    '/': ways.toBox,
    b: view.toggle,
    r: toggleSelection,
    '+': () => zoom.step(1),
    '-': () => zoom.step(-1),
    '0': zoom.fit,
  });
  const select = size === null ? undefined : { isOn: selection !== null, toggle: toggleSelection };
  const name = content.name === '' ? texts.picture.unnamed : content.name;
  return (
    <div className={styles.page}>
      <section className={styles.stage} aria-label={texts.picture.image(name)}>
        <Toolbar
          content={content}
          params={params}
          neighbours={neighbours}
          onBack={ways.back}
          onGo={ways.go}
          zoom={zoom}
          select={select}
          onDelete={() => setIsDeleting(true)}
        />
        {size === null ? (
          <Unshown of={content} tasks={tasks.data} onReload={() => setHasFailed(false)} />
        ) : (
          <Stage
            content={content}
            size={size}
            boxes={drawn}
            view={view}
            onChooseBox={() => setTab('found')}
            zoom={zoom.factor}
            selection={selection}
            onSelection={setSelection}
            onRegion={ways.searchRegion}
            onSwipe={ways.go}
            onFailure={() => setHasFailed(true)}
          />
        )}
        {size !== null && boxes.length > 0 && <BoxControls boxes={boxes} drawn={drawn.length} view={view} />}
        {selection !== null && <p className={styles.hint}>{texts.picture.region.hint}</p>}
      </section>
      <section className={styles.side}>
        <h1 className={styles.name}>{name}</h1>
        <Panel
          content={content}
          features={features}
          tasks={tasks}
          params={params}
          neighbours={neighbours}
          view={view}
          tab={tab === 'why' && !isSearch(params) ? 'found' : tab}
          onTab={setTab}
          onSearch={ways.searchRegion}
        />
      </section>
      <p className="visually-hidden" role="status">
        {texts.picture.announce(name, placeOf(neighbours))}
      </p>
      {isDeleting && <DeleteDialog content={content} onClose={() => setIsDeleting(false)} onDeleted={ways.leave} />}
    </div>
  );
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

/** State that begins anew with each `owner`. */
function useOwn<T>(owner: string, initial: T): readonly [T, (value: T) => void] {
  const [state, setState] = useState({ owner, value: initial });
  return [state.owner === owner ? state.value : initial, (value) => setState({ owner, value })];
}

function sizeOf({ width, height }: Content): Size | null {
  return width === null || height === null || width === 0 || height === 0 ? null : { width, height };
}

function placeOf({ place, total }: Neighbours): string {
  return place === undefined ? '' : texts.picture.position(place, total);
}
