/**
 * Rows as the bytes of a file, piece by piece: Parquet, CSV (RFC 4180, with a line of names) and JSON Lines.
 *
 * @module
 */
import type { ExportFormat } from '../../contract/index.ts';
import type { ExportSource } from '../../store/index.ts';
import { encodeParquet } from './encode-parquet.ts';

export function encodeRows(source: ExportSource, format: ExportFormat): AsyncIterable<Uint8Array> {
  if (format === 'parquet') return encodeParquet(source);
  return format === 'csv' ? encodeCsv(source) : encodeJsonLines(source);
}

async function* encodeJsonLines({ pages }: ExportSource): AsyncGenerator<Uint8Array> {
  for await (const rows of pages()) yield Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

async function* encodeCsv({ columns, pages }: ExportSource): AsyncGenerator<Uint8Array> {
  const names = columns.map(({ name }) => name);
  yield Buffer.from(csvLine(names));
  for await (const rows of pages()) {
    yield Buffer.from(rows.map((row) => csvLine(names.map((name) => row[name]))).join(''));
  }
}

/** One record with its end. */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** Nothing for null; lists and objects as JSON. */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
