/**
 * The picture on its dark backdrop, as large as there is room, with what is drawn over it.
 *
 * @module
 */
import type { Content } from 'fovea/client';
import { useLayoutEffect, useRef } from 'react';
import { texts } from '../../texts.ts';
import { BoxOverlay } from './BoxOverlay.tsx';
import type { Box } from './boxes.ts';
import { Photo } from './Photo.tsx';
import type { Region, Size } from './region.ts';
import { RegionFrame } from './RegionFrame.tsx';
import styles from './Stage.module.css';
import type { BoxView } from './use-box-view.ts';
import { useDrag } from './use-drag.ts';
import { useFit } from './use-fit.ts';

export interface StageProps {
  readonly content: Content;
  /** Pixels of the upright original. */
  readonly size: Size;
  readonly boxes: readonly Box[];
  readonly view: BoxView;
  readonly onChooseBox: (key: string) => void;
  readonly zoom: number;
  /** The part that is being selected by keys; null where none is. */
  readonly selection: Region | null;
  readonly onSelection: (region: Region | null) => void;
  readonly onRegion: (region: Region) => void;
  readonly onSwipe: (direction: 'previous' | 'next') => void;
  readonly onFailure: () => void;
}

export function Stage(props: StageProps) {
  const { content, size, zoom, selection, onSelection, onRegion, boxes, view } = props;
  const viewport = useRef<HTMLDivElement>(null);
  const room = useRef<HTMLDivElement>(null);
  const shown = useFit(room, size, zoom);
  const isZoomed = zoom > 1;
  const isSelecting = selection !== null;
  const drag = useDrag({ size, isSelecting, isZoomed, onRegion, onSwipe: props.onSwipe });
  const onScroll = useKeptCentre(viewport, shown);
  const touch = isSelecting ? 'none' : isZoomed ? 'auto' : 'pan-y pinch-zoom';
  return (
    <div className={styles.room} ref={room}>
      <div
        className={styles.viewport}
        ref={viewport}
        onScroll={onScroll}
        {...(isZoomed
          ? { tabIndex: 0, role: 'region', 'aria-label': texts.picture.zoomed, 'data-own-arrows': true }
          : {})}
      >
        {shown !== null && (
          <div
            className={styles.picture}
            style={{
              width: shown.width,
              height: shown.height,
              touchAction: touch,
              // Until the picture is there.
              ...(content.color === null ? {} : { backgroundColor: content.color }),
            }}
            {...drag.handlers}
          >
            <Photo key={content.contentId} of={content} sharp={isZoomed} onFailure={props.onFailure} />
            {view.shown && (
              <BoxOverlay
                boxes={boxes}
                size={size}
                shown={shown}
                highlighted={view.highlighted}
                onHighlight={view.highlight}
                onChoose={props.onChooseBox}
              />
            )}
            {drag.draft !== null && <RegionFrame region={drag.draft} size={size} />}
            {drag.draft === null && selection !== null && (
              <RegionFrame
                region={selection}
                size={size}
                keys={{
                  onChange: onSelection,
                  onSearch: () => onRegion(selection),
                  onCancel: () => onSelection(null),
                }}
              />
            )}
          </div>
        )}
      </div>
    </div>
  );
}

/** What is in the middle stays there when the picture is enlarged. */
function useKeptCentre(viewport: { readonly current: HTMLElement | null }, shown: Size | null): () => void {
  const centre = useRef({ x: 0.5, y: 0.5 });
  const width = shown?.width;
  useLayoutEffect(() => {
    const element = viewport.current;
    if (element === null || width === undefined) return;
    const { x, y } = centre.current;
    element.scrollTo({
      left: x * element.scrollWidth - element.clientWidth / 2,
      top: y * element.scrollHeight - element.clientHeight / 2,
    });
  }, [viewport, width]);
  return () => {
    const element = viewport.current;
    if (element === null) return;
    centre.current = {
      x: (element.scrollLeft + element.clientWidth / 2) / element.scrollWidth,
      y: (element.scrollTop + element.clientHeight / 2) / element.scrollHeight,
    };
  };
}
