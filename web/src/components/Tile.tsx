/**
 * A tile of the grid: the picture, a link to its page, and what is known of it when it is pointed at.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
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
  /** Beside the name, e.g. how relevant it is. */
  readonly note?: string | undefined;
}

export function Tile({ of, side, search = {}, note }: TileProps) {
  const { namespace } = useFovea();
  const name = of.name === '' ? texts.grid.unnamed : of.name;
  return (
    <Link
      to="/$namespace/picture/$contentId"
      params={{ namespace, contentId: of.contentId }}
      search={search}
      className={styles.tile}
      aria-label={note === undefined ? name : `${name}, ${note}`}
    >
      <Thumbnail of={of} side={side} decorative />
      <span className={styles.caption} aria-hidden="true">
        <span>{name}</span>
        {note !== undefined && <span>{note}</span>}
      </span>
    </Link>
  );
}
