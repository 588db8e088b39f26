/**
 * Values of a result as they are shown.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';

export type Column = SqlResult['columns'][number];
export type Row = SqlResult['rows'][number];

const NUMBERS = new Set(['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric']);
const JSONS = new Set(['json', 'jsonb']);

export const isNumber = ({ type }: Column): boolean => NUMBERS.has(type);
export const isMoment = ({ type }: Column): boolean => type === 'date' || type.startsWith('timestamp');
/** What is no single value, and ids: set in the font for code. */
export const isCode = ({ type }: Column): boolean =>
  JSONS.has(type) || type === 'uuid' || type.endsWith('[]') || /vec/.test(type);

/** Digits of a floating-point number that are shown; the whole is in the cell's title, and in exports. */
const DIGITS = 7;
/** Characters of a value that a cell holds: what is behind them is seen in a window of its own. */
const CELL_CHARACTERS = 200;

/** Null for null. */
export function cellText(value: unknown, column: Column): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(DIGITS)));
  if (column.type.startsWith('timestamp')) return String(value).replace('T', ' ');
  const text = wholeText(value);
  return text.length > CELL_CHARACTERS ? `${text.slice(0, CELL_CHARACTERS)}…` : text;
}

/** The value as it is; lists and objects as JSON. */
export function wholeText(value: unknown, indent = 0): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value, null, indent) : String(value);
}

/** Widths in characters of text, and the rows of a result that say what a column needs. Of an id its beginning is shown. */
const ID = 13;
const NARROWEST = 6;
const WIDEST = 40;
const LOOKED_AT = 200;

/** Width of each column, in characters, from its name and its first values. */
export function columnWidths({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): number[] {
  const first = rows.slice(0, LOOKED_AT);
  return columns.map((column) => {
    if (column.type === 'uuid') return Math.max(ID, column.name.length);
    const longest = Math.max(
      column.name.length,
      ...first.map((row) => cellText(row[column.name], column)?.length ?? 4),
    );
    return Math.min(WIDEST, Math.max(NARROWEST, longest));
  });
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The column that names a picture a row, where there is one. */
export const contentColumn = (columns: readonly Column[]): Column | undefined =>
  columns.find(({ name, type }) => name === 'content_id' && (type === 'uuid' || type === 'text'));

/** The picture of a row. */
export function contentOf(row: Row): string | undefined {
  const { content_id: id } = row;
  return typeof id === 'string' && UUID.test(id) ? id : undefined;
}

/** The pictures that the rows name, each once, in their order. */
export function contentIds({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): string[] {
  if (contentColumn(columns) === undefined) return [];
  return [...new Set(rows.flatMap((row) => contentOf(row) ?? []))];
}
