/**
 * Lists of pictures in text files, JSON Lines and CSV: read in one pass, 500 records held at a time.
 *
 * @module
 */
import { basename, dirname } from 'node:path';
import { UnreadableFileError } from '../file-error.ts';
import { planColumns } from './columns.ts';
import { plainValue, readRow } from './row.ts';
import type { Dataset, DatasetColumn, DatasetGroup, DatasetOptions } from './types.ts';

/** One record of the file, not yet looked into. */
export interface ManifestRecord {
  /** Why it can't be used. */
  readonly problem?: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface Manifest {
  readonly kind: 'csv' | 'jsonl';
  readonly path: string;
  /** From the start, each time. */
  readonly read: (path: string) => AsyncIterable<ManifestRecord>;
}

const GROUP_ROWS = 500;

/** Opens a text file of records. Its columns are those of its first 500 records. */
export async function openManifest(manifest: Manifest, options: DatasetOptions): Promise<Dataset> {
  const { path, kind } = manifest;
  const columns = await readColumns(manifest);
  const plan = planColumns(
    path,
    columns.map(({ name }) => name),
    options,
    dirname(path),
  );
  return {
    name: basename(path).replace(/\.[^.]*$/, ''),
    kind,
    rows: undefined,
    image: plan.image,
    columns,
    async *groups() {
      for await (const { firstRow, records } of inGroups(manifest)) {
        yield {
          key: `${basename(path)}#${firstRow / GROUP_ROWS}`,
          firstRow,
          rows: records.length,
          async *read() {
            for (const [index, { problem, values }] of records.entries()) {
              const row = readRow(firstRow + index, values, plan);
              yield problem === undefined ? row : { ...row, problem };
            }
          },
        } satisfies DatasetGroup;
      }
    },
  };
}

async function* inGroups(manifest: Manifest): AsyncGenerator<{ firstRow: number; records: ManifestRecord[] }> {
  let firstRow = 0;
  let records: ManifestRecord[] = [];
  for await (const record of manifest.read(manifest.path)) {
    records.push(record);
    if (records.length < GROUP_ROWS) continue;
    yield { firstRow, records };
    firstRow += records.length;
    records = [];
  }
  if (records.length > 0) yield { firstRow, records };
}

async function readColumns(manifest: Manifest): Promise<DatasetColumn[]> {
  const samples = new Map<string, unknown>();
  let problem: string | undefined;
  for await (const { records } of inGroups(manifest)) {
    for (const record of records) {
      problem ??= record.problem;
      for (const [name, value] of Object.entries(record.values)) samples.set(name, samples.get(name) ?? value);
    }
    break;
  }
  if (samples.size === 0)
    throw new UnreadableFileError(manifest.path, `it holds no rows (${problem ?? 'it is empty'})`);
  return [...samples].map(([name, value]) => ({ name, type: typeName(value), sample: plainValue(value) }));
}

function typeName(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'string') return 'text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'real';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return `real[${value.length}]`;
  return 'json';
}
