/**
 * The dark half of the page: the picture with its boxes and what can be done with it, by pointer and by keys.
 *
 * @module
 */
import type { Content, Task } from 'fovea/client';
import { useMemo } from 'react';
import type { SearchParams } from '../search/params.ts';
import { texts } from '../../texts.ts';
import { BoxControls } from './BoxControls.tsx';
import { type Box, visibleBoxes } from './boxes.ts';
import styles from './PicturePage.module.css';
import { middleRegion, type Region, type Size } from './region.ts';
import { Stage } from './Stage.tsx';
import { Toolbar } from './Toolbar.tsx';
import { Unshown } from './Unshown.tsx';
import type { BoxView } from './use-box-view.ts';
import { useKeys } from './use-keys.ts';
import type { Neighbours } from './use-neighbours.ts';
import { useOwn } from './use-own.ts';
import type { Ways } from './use-ways.ts';
import { useZoom } from './use-zoom.ts';

export interface LightProps {
  readonly content: Content;
  readonly tasks: readonly Task[] | undefined;
  readonly params: SearchParams;
  readonly neighbours: Neighbours;
  readonly ways: Ways;
  readonly boxes: readonly Box[];
  readonly view: BoxView;
  readonly onChooseBox: (key: string) => void;
  readonly onDelete: () => void;
}

export function Light({ content, tasks, params, neighbours, ways, boxes, view, onChooseBox, onDelete }: LightProps) {
  const { contentId, sha256, width } = content;
  const zoom = useZoom(contentId);
  const [hasFailed, setHasFailed] = useOwn(`${contentId} ${sha256} ${width}`, false);
  const size = hasFailed ? null : sizeOf(content);
  const { selection, setSelection, toggle } = useSelection(contentId, size);
  const { hidden, minScore } = view;
  const drawn = useMemo(() => visibleBoxes(boxes, { hidden, minScore }), [boxes, hidden, minScore]);
  useKeys({
    ArrowLeft: () => ways.go('previous'),
    ArrowRight: () => ways.go('next'),
    Escape: () => (selection === null ? ways.back() : setSelection(null)),
    '/': ways.toBox,
    b: view.toggle,
    r: toggle,
    '+': () => zoom.step(1),
    '-': () => zoom.step(-1),
    '0': zoom.fit,
  });
  return (
    <section className={styles.stage} aria-label={texts.picture.image(content.name)}>
      <Toolbar
        content={content}
        params={params}
        neighbours={neighbours}
        ways={ways}
        zoom={zoom}
        select={size === null ? undefined : { isOn: selection !== null, toggle }}
        onDelete={onDelete}
      />
      {size === null ? (
        <Unshown of={content} tasks={tasks} onReload={() => setHasFailed(false)} />
      ) : (
        <Stage
          content={content}
          size={size}
          boxes={drawn}
          view={view}
          onChooseBox={onChooseBox}
          zoom={zoom.factor}
          selection={selection}
          onSelection={setSelection}
          onRegion={ways.searchRegion}
          onSwipe={ways.go}
          onFailure={() => setHasFailed(true)}
        />
      )}
      <div className={styles.foot}>
        {selection === null
          ? size !== null && boxes.length > 0 && <BoxControls boxes={boxes} drawn={drawn.length} view={view} />
          : texts.picture.region.hint}
      </div>
    </section>
  );
}

/** The part that is being selected; null where none is. */
function useSelection(contentId: string, size: Size | null) {
  const [selection, setSelection] = useOwn<Region | null>(contentId, null);
  const toggle = (): void => setSelection(selection === null && size !== null ? middleRegion(size) : null);
  return { selection: size === null ? null : selection, setSelection, toggle };
}

function sizeOf({ width, height }: Content): Size | null {
  return width === null || height === null || width === 0 || height === 0 ? null : { width, height };
}
