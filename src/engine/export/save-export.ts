/**
 * An export as a file of this machine: Parquet, CSV or JSON Lines as they come from the server; NumPy's matrix, with a CSV
 * beside that says what its rows are, made of Parquet.
 *
 * @module
 */
import { rm } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import type { FoveaClient } from '../../client/index.ts';
import { InvalidInputError } from '../../contract/index.ts';
import type { ExportFormat } from '../../contract/index.ts';
import { openDataset } from '../../sources/index.ts';
import type { Dataset } from '../../sources/index.ts';
import { refuseExisting, writeStream, writeWholeFile } from '../whole-file.ts';
import { csvLine } from './encode-rows.ts';
import { npyHeader } from './npy-header.ts';

export interface SaveExportOptions {
  /** A table that SQL sees. */
  readonly table?: string | undefined;
  /** An index, whose vectors are written. One of the two. */
  readonly vectors?: string | undefined;
  /** Replace files that are there. Default false. */
  readonly overwrite?: boolean;
  /** Told how many bytes have come. */
  readonly onBytes?: (count: number) => void;
}

export interface SavedExport {
  /** Files that were written. */
  readonly files: readonly string[];
  readonly sizeBytes: number;
}

const FORMATS: Readonly<Record<string, ExportFormat>> = {
  '.parquet': 'parquet',
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};
const WHAT = 'the export';

/**
 * Writes a table or the vectors of an index; the file's extension says how.
 *
 * @throws InvalidInputError for an extension that is none of these; ConflictError where a file is there; NotFoundError;
 * StorageFullError. No file is left then.
 */
export async function saveExport(
  client: FoveaClient,
  target: string,
  { table, vectors, overwrite = false, onBytes = () => undefined }: SaveExportOptions,
): Promise<SavedExport> {
  if ((table === undefined) === (vectors === undefined)) {
    throw new InvalidInputError('Cannot export: name a table or an index of vectors, one of the two');
  }
  const path = resolve(target);
  const extension = extname(path).toLowerCase();
  const toNpy = extension === '.npy' && vectors !== undefined;
  const format = toNpy ? 'parquet' : FORMATS[extension];
  if (format === undefined) throw unknownFormat(target, extension, vectors !== undefined);
  let sizeBytes = 0;
  const save = (file: string, replace: boolean): Promise<void> =>
    writeWholeFile(file, { what: WHAT, overwrite: replace }, async (handle) => {
      const body =
        vectors === undefined ? client.exportTable(table ?? '', { format }) : client.exportVectors(vectors, { format });
      await writeStream((await body).body, handle, (count) => {
        sizeBytes = count;
        onBytes(count);
      });
    });
  if (!toNpy) {
    await save(path, overwrite);
    return { files: [path], sizeBytes };
  }
  const beside = path.replace(/\.npy$/i, '.csv');
  for (const file of [path, beside]) await refuseExisting(file, WHAT, overwrite);
  const parquet = `${path}.${process.pid}.parquet`;
  try {
    await save(parquet, true);
    await writeNpy(parquet, vectors, { path, beside, overwrite });
  } finally {
    await rm(parquet, { force: true });
  }
  return { files: [path, beside], sizeBytes };
}

/** The CSV first: a matrix is only there together with what says what its rows are. */
async function writeNpy(
  parquet: string,
  index: string,
  { path, beside, overwrite }: { readonly path: string; readonly beside: string; readonly overwrite: boolean },
): Promise<void> {
  const column = index.slice(index.lastIndexOf('.') + 1);
  const dataset = await openDataset(parquet, { image: null, vectors: [column] });
  const keys = ['content_id', 'ord', 'name'];
  await writeWholeFile(beside, { what: WHAT, overwrite }, async (file) => {
    await file.write(csvLine(keys));
    for await (const { values } of rowsOf(dataset)) await file.write(csvLine(keys.map((key) => values[key])));
  });
  await writeWholeFile(path, { what: WHAT, overwrite }, async (file) => {
    let dimension: number | undefined;
    for await (const { vectors } of rowsOf(dataset)) {
      const vector = vectors?.[column] ?? new Float32Array();
      if (dimension === undefined) await file.write(npyHeader(dataset.rows ?? 0, (dimension = vector.length)));
      await file.write(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
    }
    if (dimension === undefined) await file.write(npyHeader(0, 0));
  });
}

async function* rowsOf(dataset: Dataset): AsyncGenerator<{
  readonly values: Readonly<Record<string, unknown>>;
  readonly vectors?: Readonly<Record<string, Float32Array>>;
}> {
  for await (const group of dataset.groups()) yield* group.read();
}

function unknownFormat(target: string, extension: string, vectors: boolean): InvalidInputError {
  const known = [...Object.keys(FORMATS), ...(vectors ? ['.npy'] : [])].join(', ');
  const said = extension === '' ? 'has no extension' : `ends with "${extension}"`;
  const hint = extension === '.npy' ? '; vectors of an index can be a .npy' : '';
  return new InvalidInputError(
    `Cannot export to "${target}": it ${said}, and what is written follows from that: ${known}${hint}`,
  );
}
