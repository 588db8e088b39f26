/**
 * Contents as a dense table, as many rows drawn as are near the window; of those that failed it tells why.
 *
 * @module
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Link } from '@tanstack/react-router';
import type { Content } from 'fovea/client';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { Thumbnail } from '../../components/Thumbnail.tsx';
import { formatBytes, formatDay } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import type { ContentsProps } from './ContentGrid.tsx';
import styles from './ContentTable.module.css';
import { FailureCell } from './FailureCell.tsx';
import { type GridKeys, useGridKeys } from './use-grid-keys.ts';
import type { Selecting } from './use-selection.ts';

const ROW_HEIGHT = 49;
const THUMBNAIL = 40;
/** Rows before the end at which more are asked for. */
const ROWS_AHEAD = 30;

export interface ContentTableProps extends ContentsProps {
  readonly tellsFailures: boolean;
  readonly onRetry: (content: Content) => void;
}

export function ContentTable({ contents, selecting, tellsFailures, onRetry }: ContentTableProps) {
  const { items, hasMore, readMore } = contents;
  const keys = useGridKeys(items, selecting);
  const body = useRef<HTMLTableSectionElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(Math.round((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY)), []);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => items[index]?.contentId ?? index,
    overscan: 10,
    scrollMargin: top,
  });
  const drawn = virtual.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= items.length - ROWS_AHEAD) readMore();
  }, [hasMore, last, items.length, readMore]);
  const before = (drawn[0]?.start ?? top) - top;
  const after = virtual.getTotalSize() - ((drawn.at(-1)?.end ?? top) - top);
  const columns = tellsFailures ? 4 : 7;
  return (
    <table className={styles.table} onKeyDown={keys.onKeyDown} aria-rowcount={contents.total}>
      <Head tellsFailures={tellsFailures} />
      <tbody ref={body}>
        <Space height={before} columns={columns} />
        {drawn.map(({ index, key }) => {
          const content = items[index];
          return (
            content && (
              <tr
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                aria-rowindex={index + 2}
                data-selected={selecting.has(content.contentId) || undefined}
              >
                <NameCells content={content} selecting={selecting} keys={keys} />
                {tellsFailures ? <FailureCell content={content} onRetry={onRetry} /> : <Facts content={content} />}
              </tr>
            )
          );
        })}
        <Space height={Math.max(0, after)} columns={columns} />
      </tbody>
    </table>
  );
}

function Head({ tellsFailures }: { readonly tellsFailures: boolean }) {
  const { columns } = texts.library;
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="visually-hidden">{columns.selected}</span>
        </th>
        <th scope="col">
          <span className="visually-hidden">{columns.picture}</span>
        </th>
        <th scope="col">{columns.name}</th>
        {tellsFailures ? (
          <th scope="col" className={styles.reasons}>
            {columns.reason}
          </th>
        ) : (
          <>
            <th scope="col" className={styles.number}>
              {columns.pixels}
            </th>
            <th scope="col" className={styles.number}>
              {columns.size}
            </th>
            <th scope="col">{columns.labels}</th>
            <th scope="col" className={styles.date}>
              {columns.added}
            </th>
          </>
        )}
      </tr>
    </thead>
  );
}

/** What is not drawn takes its room. */
function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  return height > 0 ? (
    <tr aria-hidden="true" className={styles.space}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  ) : null;
}

interface NameCellsProps {
  readonly content: Content;
  readonly selecting: Selecting;
  readonly keys: GridKeys;
}

function NameCells({ content, selecting, keys }: NameCellsProps) {
  const { namespace } = useFovea();
  const { contentId } = content;
  const name = content.name === '' ? texts.grid.unnamed : content.name;
  return (
    <>
      <td className={styles.check}>
        <input
          type="checkbox"
          aria-label={texts.library.select(name)}
          tabIndex={-1}
          checked={selecting.has(contentId)}
          onClick={(event) => selecting.pick(content, event.shiftKey)}
          readOnly
        />
      </td>
      <td className={styles.picture}>
        <Thumbnail of={content} side={THUMBNAIL} decorative />
      </td>
      <th scope="row" className={styles.name}>
        <Link
          to="/$namespace/picture/$contentId"
          params={{ namespace, contentId }}
          search={{}}
          data-content={contentId}
          tabIndex={keys.isReached(contentId) ? 0 : -1}
          onFocus={() => keys.onFocus(contentId)}
        >
          {name}
        </Link>
      </th>
    </>
  );
}

function Facts({ content }: { readonly content: Content }) {
  const { width, height, sizeBytes, labels, createdAt } = content;
  return (
    <>
      <td className={styles.number}>{width === null || height === null ? '' : texts.library.pixels(width, height)}</td>
      <td className={styles.number}>{formatBytes(sizeBytes)}</td>
      <td className={styles.labels}>
        {Object.entries(labels).map(([key, value]) => (
          <span key={key} className={styles.label}>
            <span>{key}</span> {String(value)}
          </span>
        ))}
      </td>
      <td className={styles.date}>{formatDay(createdAt)}</td>
    </>
  );
}
