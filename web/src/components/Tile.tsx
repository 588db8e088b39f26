/**
 * A tile of the grid: the picture, a link to its page, and what is known of it when it is pointed at.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import { type BoundingBox, type Moment, timeText } from 'fovea/client';
import { Play } from 'lucide-react';
import { useFovea } from '../api/fovea.tsx';
import type { SearchParams } from '../pages/search/params.ts';
import { texts } from '../texts.ts';
import { Thumbnail, type Thumbed } from './Thumbnail.tsx';
import styles from './Tile.module.css';

export interface TileProps {
  readonly of: Thumbed;
  /** CSS pixels of its longer side. */
  readonly side: number;
  /** The search that found it, so that its page goes through the same hits. */
  readonly search?: SearchParams | undefined;
  /** What of the picture is what was asked for, in its pixels; the nearest first. */
  readonly boxes?: readonly BoundingBox[];
  /** Beside the name, e.g. how relevant it is. */
  readonly note?: string | undefined;
  /** Of a video: the frame that is shown, with its time. */
  readonly moment?: Moment | undefined;
}

export function Tile({ of, side, search = {}, boxes = [], note, moment }: TileProps) {
  const { namespace } = useFovea();
  const name = of.name === '' ? texts.grid.unnamed : of.name;
  const time = moment === undefined ? undefined : timeText(moment.timeMs);
  const shown = moment === undefined ? of : { ...of, contentId: moment.contentId, sha256: moment.sha256 };
  return (
    <Link
      to="/$namespace/picture/$contentId"
      params={{ namespace, contentId: of.contentId }}
      search={search}
      className={styles.tile}
      aria-label={[name, time === undefined ? undefined : texts.grid.at(time), note].filter(Boolean).join(', ')}
    >
      <Thumbnail of={shown} side={side} decorative />
      {time !== undefined && (
        <span className={styles.moment} aria-hidden="true">
          <Play />
          {time}
        </span>
      )}
      {/* Boxes of a frame are in its pixels, whose number nobody told. */}
      {moment === undefined && <Marks of={of} boxes={boxes} />}
      <span className={styles.caption} aria-hidden="true">
        <span>{name}</span>
        {note !== undefined && <span>{note}</span>}
      </span>
    </Link>
  );
}

/** The nearest box as it is drawn on the picture's page, the others fainter. */
function Marks({ of: { width, height }, boxes }: { readonly of: Thumbed; readonly boxes: readonly BoundingBox[] }) {
  if (boxes.length === 0 || !width || !height) return null;
  return (
    <svg className={styles.marks} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {boxes.toReversed().map(({ xmin, ymin, xmax, ymax }, place) => {
        const edges = { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin };
        return (
          <g key={place} className={styles.mark}>
            <rect {...edges} className={styles.shade} />
            <rect {...edges} className={styles.outline} />
          </g>
        );
      })}
    </svg>
  );
}
