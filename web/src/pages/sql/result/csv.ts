/**
 * A result as CSV (RFC 4180, with a line of names) and as JSON.
 *
 * Names of files, captions and texts in pictures are written by strangers, and spreadsheets run a cell that begins with
 * `=`, `+`, `-` or `@` as a formula. So an apostrophe stands before such a text (as OWASP advises), never before a number;
 * JSON and Parquet have the values as they are.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';
import { isNumber, wholeText } from './cells.ts';

/** What a spreadsheet may take for the beginning of a formula, also in the wide forms of Chinese and Japanese. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

export function toCsv({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): string {
  const lines = [
    columns.map(({ name }) => cell(name, true)),
    ...rows.map((row) => columns.map((column) => cell(row[column.name], !isNumber(column)))),
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** Nothing for null; lists and objects as JSON. */
function cell(value: unknown, isText: boolean): string {
  if (value === null || value === undefined) return '';
  const whole = wholeText(value);
  const text = isText && FORMULA.test(whole) ? `'${whole}` : whole;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An array of objects, one a line. */
export function toJson({ rows }: Pick<SqlResult, 'rows'>): string {
  return rows.length === 0 ? '[]\n' : `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}
