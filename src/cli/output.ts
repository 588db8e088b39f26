/**
 * What commands print: results on standard output, everything else on standard error.
 *
 * @module
 */
import type { BackupSummary, SqlResult } from '../contract/index.ts';
import { SqlError } from '../contract/index.ts';

/** Prints a value as one JSON document. */
export function printJson(value: unknown): void {
  console.log(JSON.stringify(value, undefined, 2));
}

/** Prints a line of a result. */
export function print(line: string): void {
  console.log(harmless(line));
}

/** Tells the user something that is no result. */
export function note(sentence: string): void {
  console.error(harmless(sentence));
}

/** A file may be named so that a terminal takes its name for orders: control characters but tabs and line ends are shown as U+FFFD. */
function harmless(text: string): string {
  return text.replaceAll(/(?![\t\n])\p{Cc}/gu, '\uFFFD');
}

/** Where an error tells the place in a user's SQL: its line, with a mark below the place. */
export function pointAtFault(sql: string, error: unknown): void {
  if (!(error instanceof SqlError) || error.position === undefined) return;
  const start = sql.lastIndexOf('\n', error.position - 1) + 1;
  const [line = ''] = sql.slice(start).split('\n');
  note(`${line}\n${' '.repeat(error.position - start)}^`);
}

/** Rows under a header, columns aligned; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map(cell))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => [...(row[column] ?? '')].length)));
  const right = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number' || row[column] === null),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        right[column] === true ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}

/** Rows of a SQL result under its columns' names. */
export function rowTable({ columns, rows }: SqlResult): string {
  const names = columns.map(({ name }) => name);
  return table(
    names,
    rows.map((row) => names.map((name) => shown(row[name]))),
  );
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ');
  return Number.isInteger(value) ? thousands(value) : String(Math.round(value * 10_000) / 10_000);
}

/** The path of a file; the address of everything else, and of files whose names are no UTF-8; nothing for null. */
export function placeOf(uri: string | null): string {
  if (uri?.startsWith('file://') !== true) return uri ?? '';
  try {
    return decodeURIComponent(uri.slice('file://'.length));
  } catch {
    return uri;
  }
}

/** `1204` → `1,204`. */
export function thousands(value: number): string {
  return value.toLocaleString('en-US');
}

/** What a backup holds, in a line. */
export function summaryOf({ contents, rows, originals, namespaces, sizeBytes, createdAt }: BackupSummary): string {
  const count = (number: number, what: string): string => `${thousands(number)} ${what}${number === 1 ? '' : 's'}`;
  const parts = [count(contents, 'content'), count(rows, 'row'), count(originals, 'stored original')];
  return `${parts.join(', ')} in ${namespaces.map((name) => `"${name}"`).join(', ')}; ${thousands(Math.ceil(sizeBytes / 1000))} kB, of ${createdAt}`;
}

/** Seconds as people say them: `40 s`, `12 min`, `3 h 20 min`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A value of a SQL result in a table: JSON for what is no plain value. */
export function shown(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  const text = typeof value === 'boolean' ? String(value) : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Mime types that an extractor takes, for people. */
export function takes(accepts: readonly string[]): string {
  return accepts.length === 0 ? 'no contents: its rows are handed over' : accepts.join(', ');
}

/** One line that is written over: on a terminal only. */
export function progressLine(): { show(line: string): void; end(): void } {
  const terminal = process.stderr.isTTY;
  let shownBefore = false;
  return {
    show(line) {
      if (!terminal) return;
      process.stderr.write(`\r\x1b[2K${harmless(line).slice(0, (process.stderr.columns || 80) - 1)}`);
      shownBefore = true;
    },
    end() {
      if (shownBefore) process.stderr.write('\n');
      shownBefore = false;
    },
  };
}
