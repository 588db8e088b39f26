/**
 * A video on its dark backdrop: it plays, from the moment that was found, with the boxes of what is followed in it. Where the
 * browser can't play it, the frame of the moment stands in its place.
 *
 * @module
 */
import { type Content, timeText } from 'fovea/client';
import { useEffect, useRef, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { useImageSource } from '../../api/image-source.ts';
import { texts } from '../../texts.ts';
import { BoxOverlay } from './BoxOverlay.tsx';
import { type Box, visibleBoxes } from './boxes.ts';
import type { Frame } from './Moments.tsx';
import { LARGEST_THUMBNAIL } from './Photo.tsx';
import type { Size } from './region.ts';
import styles from './Stage.module.css';
import { boxesAt, stepOf, type Track } from './tracks.ts';
import type { BoxView } from './use-box-view.ts';
import { useFit } from './use-fit.ts';
import { useOwn } from './use-own.ts';
import { useVideoTime } from './use-video-time.ts';

const { video: words } = texts.picture;

/** Where somebody wants to be; another object each time. */
export interface Seek {
  readonly frame: Frame;
}

export interface VideoStageProps {
  readonly content: Content;
  /** Pixels of the upright video. */
  readonly size: Size;
  readonly tracks: readonly Track[];
  readonly view: BoxView;
  /** The best moment of a search, where it begins. */
  readonly start: Frame | undefined;
  readonly seek: Seek | undefined;
}

export function VideoStage({ content, size, tracks, view, start, seek }: VideoStageProps) {
  const room = useRef<HTMLDivElement>(null);
  const shown = useFit(room, size, 1);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [canPlay, setCanPlay] = useOwn(`${content.contentId} ${content.sha256}`, true);
  const timeMs = useVideoTime(video);
  usePlaces(video, start, seek);
  const { hidden, minScore } = view;
  const boxes: readonly Box[] = view.shown
    ? visibleBoxes(boxesAt(tracks, timeMs, stepOf(tracks)), { hidden, minScore })
    : [];
  return (
    <div className={styles.room} ref={room}>
      <div className={styles.viewport}>
        {shown !== null && (
          <div className={styles.video} style={{ width: shown.width, height: shown.height }}>
            {canPlay ? (
              <Player
                key={content.contentId}
                of={content}
                start={start}
                ref={setVideo}
                onFailure={() => setCanPlay(false)}
              />
            ) : (
              <Still of={content} frame={seek?.frame ?? start} />
            )}
            {canPlay && (
              <BoxOverlay
                boxes={boxes}
                size={size}
                shown={shown}
                highlighted={view.highlighted}
                onHighlight={view.highlight}
                onChoose={view.highlight}
              />
            )}
          </div>
        )}
      </div>
    </div>
  );
}

interface PlayerProps {
  readonly of: Content;
  readonly start: Frame | undefined;
  readonly ref: (video: HTMLVideoElement | null) => void;
  readonly onFailure: () => void;
}

function Player({ of: { contentId, sha256, name }, start, ref, onFailure }: PlayerProps) {
  const fovea = useFovea();
  const source = useImageSource(fovea.originalUrl(contentId, sha256));
  const poster = useImageSource(
    start === undefined
      ? fovea.thumbnailUrl(contentId, LARGEST_THUMBNAIL, sha256)
      : fovea.thumbnailUrl(start.contentId, LARGEST_THUMBNAIL, start.sha256),
  );
  useEffect(() => {
    if (source === null) onFailure();
  }, [source, onFailure]);
  if (source === undefined || source === null) return null;
  return (
    // oxlint-disable-next-line jsx-a11y/media-has-caption -- people's own videos come without
    <video
      ref={ref}
      src={source}
      {...(poster === undefined || poster === null ? {} : { poster })}
      controls
      playsInline
      preload="metadata"
      aria-label={words.label(name)}
      data-own-arrows
      onError={onFailure}
    />
  );
}

function Still({
  of: { contentId, sha256, name, mimeType },
  frame,
}: {
  readonly of: Content;
  readonly frame: Frame | undefined;
}) {
  const fovea = useFovea();
  const source = useImageSource(
    fovea.thumbnailUrl(frame?.contentId ?? contentId, LARGEST_THUMBNAIL, frame === undefined ? sha256 : frame.sha256),
  );
  return (
    <>
      {source !== undefined && source !== null && (
        <img
          src={source}
          alt={words.still(name, frame === undefined ? undefined : timeText(frame.timeMs))}
          draggable={false}
        />
      )}
      <p className={styles.cannotPlay} role="status">
        {words.cannotPlay(mimeType)}
      </p>
    </>
  );
}

/** Goes to where it begins once, unless somebody is somewhere already; and to where somebody wants to be, from where it plays. */
function usePlaces(video: HTMLVideoElement | null, start: Frame | undefined, seek: Seek | undefined): void {
  const startMs = start?.timeMs;
  useEffect(() => {
    if (video === null || startMs === undefined) return undefined;
    return whenReady(video, () => {
      if (video.paused && video.currentTime === 0) video.currentTime = startMs / 1000;
    });
  }, [video, startMs]);
  useEffect(() => {
    if (video === null || seek === undefined) return undefined;
    return whenReady(video, () => {
      video.currentTime = seek.frame.timeMs / 1000;
      // Refused where the page was not touched yet: then it waits there.
      video.play().catch(() => undefined);
    });
  }, [video, seek]);
}

function whenReady(video: HTMLVideoElement, go: () => void): (() => void) | undefined {
  if (video.readyState >= HTMLMediaElement.HAVE_METADATA) {
    go();
    return undefined;
  }
  video.addEventListener('loadedmetadata', go, { once: true });
  return () => video.removeEventListener('loadedmetadata', go);
}
