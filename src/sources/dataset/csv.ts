/**
 * CSV and TSV with a line of names: RFC 4180, quoted fields over several lines, commas, semicolons or tabs. Values are
 * texts; an empty field is null.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { fileError, UnreadableFileError } from '../file-error.ts';
import { MAX_RECORD_BYTES } from './lines.ts';
import type { ManifestRecord } from './manifest.ts';

export async function* readCsv(path: string): AsyncGenerator<ManifestRecord> {
  let names: readonly string[] | undefined;
  try {
    for await (const { record, info } of parseFile(path, await findDelimiter(path))) {
      if (names === undefined) {
        names = checkNames(path, record);
        continue;
      }
      const problem =
        record.length === names.length
          ? {}
          : {
              problem: `the row that ends in line ${info.lines} has ${record.length} fields instead of ${names.length}`,
            };
      yield { ...problem, values: Object.fromEntries(names.map((name, index) => [name, record[index] || null])) };
    }
  } catch (error) {
    throw error instanceof CsvError ? csvError(error, path) : fileError(error, path);
  }
  if (names === undefined) throw new UnreadableFileError(path, 'it is empty: its first line must name the columns');
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function parseFile(path: string, delimiter: string): AsyncIterable<CsvRecord> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  const file = createReadStream(path);
  // `pipe` hands on neither the file's errors nor the end of who reads.
  file.on('error', (error) => parser.destroy(error));
  parser.on('close', () => file.destroy());
  return file.pipe(parser);
}

/** The one of tab, semicolon and comma that the line of names has most of, outside quotes. */
async function findDelimiter(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    if (head.includes('\0')) throw new UnreadableFileError(path, 'it is no UTF-8 text: save it as UTF-8');
    const names = (head.split(/\r?\n/, 1)[0] ?? '').replaceAll(/"[^"]*"/g, '');
    const counts = ['\t', ';', ','].map((mark) => ({ mark, count: names.split(mark).length - 1 }));
    const most = counts.reduce((best, next) => (next.count > best.count ? next : best));
    return most.count === 0 ? ',' : most.mark;
  } finally {
    await file.close();
  }
}

function checkNames(path: string, names: readonly string[]): readonly string[] {
  const trimmed = names.map((name) => name.trim());
  const twice = trimmed.find((name, index) => trimmed.indexOf(name) !== index);
  if (twice !== undefined) throw new UnreadableFileError(path, `it has two columns named "${twice}"`);
  return trimmed;
}

function csvError(error: CsvError, path: string): UnreadableFileError {
  const line: unknown = error['lines'];
  const place = typeof line === 'number' ? ` in line ${line}` : '';
  const reason =
    error.code === 'CSV_QUOTE_NOT_CLOSED'
      ? `a quote is opened${place} and never closed; is the file cut off?`
      : error.code === 'CSV_MAX_RECORD_SIZE'
        ? `a row${place} is longer than ${MAX_RECORD_BYTES} bytes; is a quote never closed?`
        : `it is no CSV${place}: ${error.message}`;
  return new UnreadableFileError(path, reason, undefined, { cause: error });
}
