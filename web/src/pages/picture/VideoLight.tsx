/**
 * The dark half of the page of a video: it plays, with what was followed in it, and its moments below.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { Content, Task } from 'fovea/client';
import { useMemo } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { texts } from '../../texts.ts';
import type { SearchParams } from '../search/params.ts';
import { BoxControls } from './BoxControls.tsx';
import { boxesAt, type Track } from './tracks.ts';
import { derivedQuery } from './derived-query.ts';
import { type Frame, Moments } from './Moments.tsx';
import styles from './PicturePage.module.css';
import { Toolbar } from './Toolbar.tsx';
import { Unshown } from './Unshown.tsx';
import type { BoxView } from './use-box-view.ts';
import { useKeys } from './use-keys.ts';
import type { Neighbours } from './use-neighbours.ts';
import type { Ways } from './use-ways.ts';
import { useZoom } from './use-zoom.ts';
import { type Seek, VideoStage } from './VideoStage.tsx';

export interface VideoLightProps {
  readonly content: Content;
  readonly tasks: readonly Task[] | undefined;
  readonly params: SearchParams;
  readonly neighbours: Neighbours;
  readonly ways: Ways;
  readonly tracks: readonly Track[];
  readonly view: BoxView;
  readonly seek: Seek | undefined;
  readonly onSeek: (seek: Seek) => void;
  readonly onDelete: () => void;
}

export function VideoLight(props: VideoLightProps) {
  const { content, tasks, params, neighbours, ways, tracks, view, seek, onSeek, onDelete } = props;
  const { contentId, width, height } = content;
  const zoom = useZoom(contentId);
  useKeys({
    ArrowLeft: () => ways.go('previous'),
    ArrowRight: () => ways.go('next'),
    Escape: ways.back,
    '/': ways.toBox,
    b: view.toggle,
  });
  const moments = neighbours.hit?.contentId === contentId ? neighbours.hit.moments : undefined;
  const frames = useFrames(contentId);
  // One box a thing, for its class and best score.
  const things = useMemo(() => tracks.flatMap((track) => boxesAt([track], track.points[0]?.timeMs ?? 0, 1)), [tracks]);
  return (
    <section className={styles.stage} aria-label={texts.picture.video.label(content.name)}>
      <Toolbar content={content} params={params} neighbours={neighbours} ways={ways} zoom={zoom} onDelete={onDelete} />
      {width === null || height === null || width * height === 0 ? (
        <Unshown of={content} tasks={tasks} onReload={() => undefined} />
      ) : (
        <VideoStage
          content={content}
          size={{ width, height }}
          tracks={tracks}
          view={view}
          start={moments?.[0]}
          seek={seek}
        />
      )}
      <div className={`${styles.foot} ${styles.ofVideo}`}>
        <Moments frames={moments ?? frames} areHits={moments !== undefined} onChoose={(frame) => onSeek({ frame })} />
        {things.length > 0 && <BoxControls boxes={things} drawn={things.length} view={view} />}
      </div>
    </section>
  );
}

function useFrames(contentId: string): readonly Frame[] {
  const { data = [] } = useQuery(derivedQuery(useFovea(), contentId));
  return data.flatMap(({ contentId: id, timeMs }) => (timeMs === null ? [] : [{ contentId: id, timeMs }]));
}
