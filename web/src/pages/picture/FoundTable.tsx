/**
 * Rows of a policy. Those that have a box point to it in the picture, and the box to them.
 *
 * @module
 */
import { Crosshair, Search } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import { keyOfRow } from './boxes.ts';
import type { FoundRow, Units } from './Found.tsx';
import styles from './Panel.module.css';
import type { Region } from './region.ts';
import type { BoxView } from './use-box-view.ts';
import { formatValue } from './values.ts';

const { found: words } = texts.picture;
const COLOR = /^#[0-9a-f]{6}$/;

export interface FoundTableProps {
  readonly graph: string;
  readonly policy: string;
  readonly rows: readonly FoundRow[];
  readonly columns: readonly string[];
  readonly units: Units;
  readonly view: BoxView;
  readonly onSearch: (region: Region) => void;
}

export function FoundTable({ graph, policy, rows, columns, units, view, onSearch }: FoundTableProps) {
  const hasBoxes = rows.some((row) => regionOf(row) !== null);
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={`${policy}, ${words.rows(rows.length)}`}
      tabIndex={0}
      data-own-arrows
    >
      <table className={styles.table}>
        <thead>
          <tr>
            {hasBoxes && <th scope="col">{words.actions}</th>}
            {columns.map((column) => (
              <th key={column} scope="col">
                {column} {units[column] !== undefined && <small>{units[column]}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOfRow(graph, policy, row);
            return (
              <TableRow key={key} id={key} row={row} columns={columns} units={units} view={view} onSearch={onSearch} />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface TableRowProps extends Pick<FoundTableProps, 'columns' | 'units' | 'view' | 'onSearch'> {
  readonly id: string;
  readonly row: FoundRow;
}

function TableRow({ id, row, columns, units, view, onSearch }: TableRowProps) {
  const element = useRef<HTMLTableRowElement>(null);
  const region = regionOf(row);
  const isHighlighted = view.highlighted === id;
  useEffect(() => {
    if (isHighlighted) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isHighlighted]);
  const number = Number(row['ord']);
  return (
    <tr
      ref={element}
      data-highlighted={isHighlighted || undefined}
      {...(region === null
        ? {}
        : { onPointerEnter: () => view.highlight(id), onPointerLeave: () => view.highlight(null) })}
    >
      {region !== null && (
        <td className={styles.rowActions}>
          <Button
            kind="quiet"
            square
            aria-label={words.show(number)}
            title={words.show(number)}
            onFocus={() => view.highlight(id)}
            onBlur={() => view.highlight(null)}
            onClick={() => view.highlight(id)}
          >
            <Crosshair aria-hidden="true" />
          </Button>
          <Button
            kind="quiet"
            square
            aria-label={words.search(number)}
            title={words.search(number)}
            onClick={() => onSearch(region)}
          >
            <Search aria-hidden="true" />
          </Button>
        </td>
      )}
      {columns.map((column) => (
        <td key={column} data-number={typeof row[column] === 'number' || undefined}>
          <Cell value={row[column]} unit={units[column]} />
        </td>
      ))}
    </tr>
  );
}

function Cell({ value, unit }: { readonly value: unknown; readonly unit: string | undefined }) {
  const text = formatValue(value, unit);
  if (typeof value !== 'string' || !COLOR.test(value)) return text;
  return (
    <span className={styles.color}>
      <span style={{ backgroundColor: value }} aria-hidden="true" />
      {text}
    </span>
  );
}

/** The row's box in whole pixels; null where it has none. */
function regionOf({ x1, y1, x2, y2 }: FoundRow): Region | null {
  const edges = [x1, y1, x2, y2].map((edge) => (typeof edge === 'number' ? Math.round(edge) : Number.NaN));
  const [left = 0, top = 0, right = 0, bottom = 0] = edges;
  return edges.some(Number.isNaN) || right <= left || bottom <= top ? null : [left, top, right, bottom];
}
