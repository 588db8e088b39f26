/**
 * Rows as a table, as many of them drawn as are near the window. Where a row names a picture, it stands in front.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { SqlResult } from 'fovea/client';
import { useMemo, useRef, useState } from 'react';
import { useFovea } from '../../../api/fovea.tsx';
import { Thumbnail } from '../../../components/Thumbnail.tsx';
import { texts } from '../../../texts.ts';
import { type Column, columnWidths, contentColumn, contentOf, isCode, isNumber, type Row } from './cells.ts';
import { Cell, type OpenCell } from './Cell.tsx';
import { CellWindow } from './CellWindow.tsx';
import styles from './ResultTable.module.css';

/** Heights of rows in CSS pixels: with pictures, and without. */
const PICTURE_ROW = 48;
const PLAIN_ROW = 32;
/** Width of a picture's column. */
const PICTURE = 64;
/** Rows drawn beyond the window, each way. */
const OVERSCAN = 12;

export function ResultTable({ result }: { readonly result: SqlResult }) {
  const { columns, rows } = result;
  const [opened, setOpened] = useState<OpenCell>();
  const scroller = useRef<HTMLDivElement>(null);
  const widths = useMemo(() => columnWidths(result), [result]);
  const hasPictures = contentColumn(columns) !== undefined;
  const height = hasPictures ? PICTURE_ROW : PLAIN_ROW;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
  });
  const drawn = virtual.getVirtualItems();
  const before = drawn[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="region" aria-label={texts.sql.result.table}>
      <table className={styles.table} aria-rowcount={rows.length + 1}>
        <colgroup>
          {hasPictures && <col style={{ width: PICTURE }} />}
          {columns.map((column, index) => (
            <col key={column.name} style={{ width: `calc(${widths[index] ?? 0}ch + 28px)` }} />
          ))}
        </colgroup>
        <Head columns={columns} hasPictures={hasPictures} />
        <tbody>
          <Space height={before} />
          {drawn.map(({ index }) => {
            const row = rows[index];
            return (
              row && (
                <tr key={index} aria-rowindex={index + 2} style={{ height }}>
                  {hasPictures && <PictureCell row={row} />}
                  {columns.map((column, at) => (
                    <Cell
                      key={column.name}
                      value={row[column.name]}
                      column={column}
                      characters={widths[at] ?? 0}
                      onOpen={setOpened}
                    />
                  ))}
                </tr>
              )
            );
          })}
          <Space height={after} />
        </tbody>
      </table>
      {opened !== undefined && <CellWindow cell={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

function Head({ columns, hasPictures }: { readonly columns: readonly Column[]; readonly hasPictures: boolean }) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {hasPictures && (
          <th scope="col">
            <span className="visually-hidden">{texts.sql.result.picture}</span>
          </th>
        )}
        {columns.map((column) => (
          <th
            key={column.name}
            scope="col"
            title={`${column.name} ${column.type}`}
            data-number={isNumber(column) || undefined}
            data-code={isCode(column) || undefined}
          >
            {column.name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** Stands for rows that are not drawn. */
function Space({ height }: { readonly height: number }) {
  return height > 0 ? <tr aria-hidden="true" style={{ height }} /> : null;
}

function PictureCell({ row }: { readonly row: Row }) {
  const { namespace } = useFovea();
  const contentId = contentOf(row);
  if (contentId === undefined) return <td className={styles.picture} />;
  const { name: given } = row;
  const name = typeof given === 'string' && given !== '' ? given : contentId;
  return (
    <td className={styles.picture}>
      <Link to="/$namespace/picture/$contentId" params={{ namespace, contentId }} search={{}} aria-label={name}>
        <Thumbnail of={{ contentId, name }} side={PICTURE_ROW} decorative />
      </Link>
    </td>
  );
}
