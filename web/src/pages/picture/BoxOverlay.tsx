/**
 * Boxes over the picture, drawn in pixels of the upright original, whatever size it is shown at.
 *
 * @module
 */
import { useMemo } from 'react';
import { formatScore } from '../../state/format.ts';
import type { Box } from './boxes.ts';
import styles from './BoxOverlay.module.css';
import { placeLabels } from './place-labels.ts';
import type { Size } from './region.ts';

/** As `.label text` has it. */
const FONT = '500 11.5px "Inter Variable", system-ui, sans-serif';
const LABEL_HEIGHT = 18;
const LABEL_PADDING = 6;
const MOST_CHARACTERS = 40;

export interface BoxOverlayProps {
  readonly boxes: readonly Box[];
  /** Pixels of the upright original. */
  readonly size: Size;
  /** CSS pixels that the picture is shown at. */
  readonly shown: Size;
  readonly highlighted: string | null;
  readonly onHighlight: (key: string | null) => void;
  readonly onChoose: (key: string) => void;
}

export function BoxOverlay({ boxes, size, shown, highlighted, onHighlight, onChoose }: BoxOverlayProps) {
  const scale = shown.width / size.width;
  const labels = useMemo(() => labelsOf(boxes, scale, shown), [boxes, scale, shown]);
  // The one that is pointed at lies above the others.
  const ordered = boxes.toSorted((a, b) => Number(a.key === highlighted) - Number(b.key === highlighted));
  return (
    <svg
      className={styles.overlay}
      viewBox={`0 0 ${size.width} ${size.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      data-highlighting={highlighted !== null || undefined}
    >
      {boxes.map((box) => (
        <BoxOutline
          key={box.key}
          box={box}
          isHighlighted={box.key === highlighted}
          onHighlight={onHighlight}
          onChoose={onChoose}
        />
      ))}
      {ordered.map((box) => {
        const label = labels.get(box.key);
        if (label === undefined) return null;
        return (
          <g
            key={box.key}
            className={styles.label}
            data-highlighted={box.key === highlighted || undefined}
            transform={`translate(${label.x / scale} ${label.y / scale}) scale(${1 / scale})`}
          >
            <rect width={label.width} height={label.height} rx={3} />
            <text x={LABEL_PADDING} y={label.height / 2} dominantBaseline="central">
              {textOf(box)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

interface BoxOutlineProps {
  readonly box: Box;
  readonly isHighlighted: boolean;
  readonly onHighlight: (key: string | null) => void;
  readonly onChoose: (key: string) => void;
}

function BoxOutline({ box, isHighlighted, onHighlight, onChoose }: BoxOutlineProps) {
  const { key, x1, y1, x2, y2, corners } = box;
  const place = { x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1) };
  const points = corners?.map((corner) => corner.join(',')).join(' ');
  const outline = {
    className: styles.outline,
    'data-box': key,
    'data-label': box.label,
    onPointerEnter: () => onHighlight(key),
    onPointerLeave: () => onHighlight(null),
    onClick: () => onChoose(key),
  };
  return (
    <g className={styles.box} data-highlighted={isHighlighted || undefined}>
      {points === undefined ? (
        <>
          <rect className={styles.shade} {...place} />
          <rect {...outline} {...place} />
        </>
      ) : (
        <>
          <polygon className={styles.shade} points={points} />
          <polygon {...outline} points={points} />
        </>
      )}
    </g>
  );
}

function labelsOf(boxes: readonly Box[], scale: number, shown: Size) {
  const placed = boxes.map((box) => ({
    key: box.key,
    x: box.x1 * scale,
    y: box.y1 * scale,
    width: (box.x2 - box.x1) * scale,
    height: (box.y2 - box.y1) * scale,
    labelWidth: widthOf(textOf(box)) + 2 * LABEL_PADDING,
    labelHeight: LABEL_HEIGHT,
  }));
  return placeLabels(placed, { x: 0, y: 0, ...shown });
}

/** `dog 0.91` */
function textOf({ label, score }: Box): string {
  const name = label.length > MOST_CHARACTERS ? `${label.slice(0, MOST_CHARACTERS - 1)}…` : label;
  return score === null ? name : `${name} ${formatScore(score)}`;
}

const ruler = document.createElement('canvas').getContext('2d');

/** CSS pixels. */
function widthOf(text: string): number {
  if (ruler === null) return text.length * 7;
  ruler.font = FONT;
  return Math.ceil(ruler.measureText(text).width);
}
