/**
 * Contents as pictures that can be selected: a click opens one, until something is selected; then it selects.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import type { Content } from 'fovea/client';
import type { MouseEvent } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { PhotoGrid } from '../../components/PhotoGrid.tsx';
import { Thumbnail } from '../../components/Thumbnail.tsx';
import { texts } from '../../texts.ts';
import styles from './ContentGrid.module.css';
import type { Contents } from './use-contents.ts';
import { type GridKeys, useGridKeys } from './use-grid-keys.ts';
import type { Selecting } from './use-selection.ts';

export interface ContentsProps {
  readonly contents: Contents;
  readonly selecting: Selecting;
}

export function ContentGrid({ contents, selecting }: ContentsProps) {
  const { items, hasMore, readMore } = contents;
  const keys = useGridKeys(items, selecting);
  return (
    <div onKeyDown={keys.onKeyDown} data-selecting={selecting.items.size > 0 || undefined} className={styles.grid}>
      <PhotoGrid items={items} hasMore={hasMore} onEnd={readMore}>
        {(content, { width, height }) => (
          <SelectableTile content={content} side={Math.max(width, height)} selecting={selecting} keys={keys} />
        )}
      </PhotoGrid>
    </div>
  );
}

interface TileProps {
  readonly content: Content;
  readonly side: number;
  readonly selecting: Selecting;
  readonly keys: GridKeys;
}

function SelectableTile({ content, side, selecting, keys }: TileProps) {
  const { namespace } = useFovea();
  const { contentId } = content;
  const name = content.name === '' ? texts.grid.unnamed : content.name;
  const isSelected = selecting.has(contentId);
  const selectInstead = (event: MouseEvent): void => {
    // As in lists of files, and once one is selected a tap is enough.
    if (selecting.items.size === 0 && !event.shiftKey && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    selecting.pick(content, event.shiftKey);
  };
  return (
    <div className={styles.tile} data-selected={isSelected || undefined}>
      <Link
        to="/$namespace/picture/$contentId"
        params={{ namespace, contentId }}
        search={{}}
        className={styles.link}
        aria-label={isSelected ? texts.library.selectedOne(name) : name}
        data-content={contentId}
        tabIndex={keys.isReached(contentId) ? 0 : -1}
        onFocus={() => keys.onFocus(contentId)}
        onClick={selectInstead}
      >
        <Thumbnail of={content} side={side} decorative />
        <span className={styles.caption} aria-hidden="true">
          {name}
        </span>
      </Link>
      <input
        type="checkbox"
        className={styles.check}
        aria-label={texts.library.select(name)}
        tabIndex={-1}
        checked={isSelected}
        onClick={(event) => selecting.pick(content, event.shiftKey)}
        readOnly
      />
    </div>
  );
}
