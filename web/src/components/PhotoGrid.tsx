/**
 * Pictures in justified rows, as many of them drawn as are near the window. Sizes are known before anything is loaded, so
 * nothing moves; more are asked for before the end is reached. Arrow keys go from one to the next.
 *
 * @module
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { texts } from '../texts.ts';
import { GAP, justify, type Placed, type Row } from './justify.ts';
import { neighbour } from './neighbour.ts';
import styles from './PhotoGrid.module.css';
import type { Thumbed } from './Thumbnail.tsx';
import { useReturn } from './use-return.ts';

export interface GridItem extends Thumbed {
  /** Pixels of the upright picture; null where it was not decoded yet. */
  readonly width: number | null;
  readonly height: number | null;
}

export interface PhotoGridProps<T extends GridItem> {
  readonly items: readonly T[];
  /** Whether there are more than `items`; then `onEnd` asks for them. */
  readonly hasMore: boolean;
  readonly onEnd: () => void;
  /** Draws one tile; it fills what is around it. */
  readonly children: (item: T, size: { readonly width: number; readonly height: number }) => ReactNode;
  /** Index of the first item below a thin rule, e.g. of less relevant hits. */
  readonly ruleBefore?: { readonly index: number; readonly text: string } | undefined;
}

/** Height that rows aim at, in CSS pixels; on phones (below 720) the other. */
const ROW_HEIGHT = 220;
const PHONE_ROW_HEIGHT = 120;
const PHONE_WIDTH = 720;
/** Rows before the end at which more are asked for. */
const ROWS_AHEAD = 6;

export function PhotoGrid<T extends GridItem>({ items, hasMore, onEnd, children, ruleBefore }: PhotoGridProps<T>) {
  const container = useRef<HTMLDivElement>(null);
  const { width, top } = useExtent(container);
  const rows = useMemo(() => {
    const height = width < PHONE_WIDTH ? PHONE_ROW_HEIGHT : ROW_HEIGHT;
    return width === 0 ? [] : justify(items, { width, height, rule: ruleBefore?.index });
  }, [items, width, ruleBefore?.index]);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => rows[index]?.height ?? ROW_HEIGHT,
    gap: GAP,
    overscan: 4,
    scrollMargin: top,
  });
  // Rows that were measured before have other heights once the window has another width.
  useLayoutEffect(() => virtual.measure(), [rows, virtual]);
  const onKeyDown = useArrows(rows, (row) => virtual.scrollToIndex(row), container);
  useReturn(container);
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - ROWS_AHEAD) onEnd();
  }, [hasMore, last, rows.length, onEnd]);
  return (
    <div ref={container}>
      {/* Keys are those of the links in it. */}
      <ul
        className={styles.grid}
        style={{ height: virtual.getTotalSize() }}
        aria-label={texts.grid.label}
        onKeyDown={onKeyDown}
      >
        {drawn.map(({ index, start }) => {
          const row = rows[index];
          return row && <GridRow key={index} row={row} top={start - top} rule={ruleBefore?.text} draw={children} />;
        })}
      </ul>
      <p className={styles.more} role="status">
        {hasMore ? texts.grid.more : ''}
      </p>
    </div>
  );
}

interface GridRowProps<T extends GridItem> {
  readonly row: Row<T>;
  readonly top: number;
  readonly rule: string | undefined;
  readonly draw: PhotoGridProps<T>['children'];
}

function GridRow<T extends GridItem>({ row, top, rule, draw }: GridRowProps<T>) {
  return (
    <>
      {row.hasRule && (
        <li className={styles.rule} style={{ transform: `translateY(${top}px)` }}>
          {rule}
        </li>
      )}
      {row.tiles.map((tile: Placed<T>) => (
        <li
          key={tile.item.contentId}
          className={styles.tile}
          data-content={tile.item.contentId}
          style={{
            width: tile.width,
            height: tile.height,
            transform: `translate(${tile.left}px, ${top + row.height - tile.height}px)`,
          }}
        >
          {draw(tile.item, tile)}
        </li>
      ))}
    </>
  );
}

/** Moves the focus between tiles; one that is not drawn yet gets it as soon as it is. */
function useArrows<T extends GridItem>(
  rows: readonly Row<T>[],
  scrollTo: (row: number) => void,
  container: { readonly current: HTMLElement | null },
): (event: KeyboardEvent) => void {
  const wanted = useRef<string>(undefined);
  const focus = (): void => {
    if (wanted.current === undefined) return;
    const tile = container.current?.querySelector(`[data-content="${CSS.escape(wanted.current)}"]`);
    const link = tile?.querySelector('a');
    if (!link) return;
    link.focus({ preventScroll: true });
    wanted.current = undefined;
  };
  useEffect(focus);
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !(event.target instanceof Element)) return;
    const from = event.target.closest('[data-content]')?.getAttribute('data-content');
    const to = from ? neighbour(rows, from, event.key) : undefined;
    if (to === undefined) return;
    event.preventDefault();
    wanted.current = to.contentId;
    scrollTo(to.row);
    focus();
  };
}

/** Width of an element, and how far below the top of the document it begins. */
function useExtent(ref: { readonly current: HTMLElement | null }): { readonly width: number; readonly top: number } {
  const [extent, setExtent] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const measure = (): void => {
      const { width, top } = element.getBoundingClientRect();
      setExtent((before) => {
        const next = { width: Math.floor(width), top: Math.round(top + window.scrollY) };
        return before.width === next.width && before.top === next.top ? before : next;
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [ref]);
  return extent;
}
