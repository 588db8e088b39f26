/**
 * The line between editor and result: dragged, or moved by the arrow keys.
 *
 * @module
 */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { texts } from '../../texts.ts';
import styles from './Splitter.module.css';

/** Height of what is above, in CSS pixels. */
export const SPLIT = { lowest: 88, highest: 560, first: 176 } as const;
const STEP = 24;

export interface SplitterProps {
  readonly height: number;
  readonly onHeight: (height: number) => void;
  /** Id of what is above. */
  readonly controls: string;
}

export function Splitter({ height, onHeight, controls }: SplitterProps) {
  const drag = useRef<{ readonly y: number; readonly height: number }>(null);
  const set = (wanted: number): void => onHeight(Math.round(Math.min(SPLIT.highest, Math.max(SPLIT.lowest, wanted))));
  const byKey = (event: KeyboardEvent): void => {
    const wanted = { ArrowUp: height - STEP, ArrowDown: height + STEP, Home: SPLIT.lowest, End: SPLIT.highest }[
      event.key
    ];
    if (wanted === undefined) return;
    event.preventDefault();
    set(wanted);
  };
  const start = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { y: event.clientY, height };
  };
  return (
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label={texts.sql.splitter}
      aria-controls={controls}
      aria-valuenow={height}
      aria-valuemin={SPLIT.lowest}
      aria-valuemax={SPLIT.highest}
      tabIndex={0}
      className={styles.splitter}
      onKeyDown={byKey}
      onPointerDown={start}
      onPointerMove={({ clientY }) => {
        if (drag.current !== null) set(drag.current.height + clientY - drag.current.y);
      }}
      onPointerUp={() => (drag.current = null)}
      onPointerCancel={() => (drag.current = null)}
      onDoubleClick={() => set(SPLIT.first)}
    />
  );
}
