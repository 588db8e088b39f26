/**
 * One Parquet file: its footer, and parts of its row groups as records.
 *
 * https://parquet.apache.org/docs/file-format/
 *
 * @module
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { fileError, UnreadableFileError } from '../file-error.ts';

/** Rows are read so many at a time that their pages have about so many bytes, where the file says where its pages are. */
const STEP_BYTES = 32 * 1024 * 1024;

/** A row group that is one piece must fit into memory twice: as it lies there, and unpacked. */
const MAX_PIECE_BYTES = 1024 * 1024 * 1024;

export type ParquetRecord = Readonly<Record<string, unknown>>;

/**
 * Reads the footer.
 *
 * @throws {UnreadableFileError} where it is no Parquet, is cut off, or points behind its own end.
 */
export async function readFooter(path: string): Promise<FileMetaData> {
  return withFile(path, async (file) => {
    await checkMagic(path, file);
    try {
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      checkRanges(path, file, metadata);
      return metadata;
    } catch (error) {
      if (error instanceof UnreadableFileError) throw error;
      throw new UnreadableFileError(path, `its footer is damaged (${text(error)})`, undefined, { cause: error });
    }
  });
}

/**
 * The records of a row group, in order, as plain objects: byte arrays that are no texts stay bytes.
 *
 * @param group From 0.
 * @throws {UnreadableFileError} that names the row group, and the column where that is known.
 */
export async function* readRowGroup(
  path: string,
  metadata: FileMetaData,
  group: number,
  columns: readonly string[],
  stepBytes: number = STEP_BYTES,
): AsyncGenerator<ParquetRecord> {
  const rowGroup = metadata.row_groups[group];
  if (rowGroup === undefined) throw new RangeError(`Cannot read row group ${group} of ${metadata.row_groups.length}`);
  checkCodecs(path, metadata, group, columns);
  const first = metadata.row_groups.slice(0, group).reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  const end = first + Number(rowGroup.num_rows);
  const step = stepOf(path, metadata, group, columns, stepBytes);
  for (let start = first; start < end; start += step) {
    const range = { rowStart: start, rowEnd: Math.min(start + step, end) };
    yield* await withFile(path, (file) => readRange({ path, file, metadata, group, columns, ...range }));
  }
}

interface Range {
  readonly path: string;
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly group: number;
  readonly columns: readonly string[];
  /** From 0 over the file. */
  readonly rowStart: number;
  readonly rowEnd: number;
}

async function readRange(range: Range): Promise<ParquetRecord[]> {
  try {
    return await readObjects(range, range.columns);
  } catch (error) {
    const column = await brokenColumn(range);
    const where = `row group ${range.group}${column === undefined ? '' : `, column "${column}"`}`;
    throw new UnreadableFileError(range.path, `its ${where} can't be decoded (${text(error)})`, undefined, {
      cause: error,
    });
  }
}

function readObjects(range: Range, columns: readonly string[]): Promise<ParquetRecord[]> {
  const { file, metadata, rowStart, rowEnd } = range;
  const options = { compressors, utf8: false, geoparquet: false, useOffsetIndex: true };
  return parquetReadObjects({ file, metadata, columns: [...columns], rowStart, rowEnd, ...options });
}

/** Looks for the column that fails alone, to name it. */
async function brokenColumn(range: Range): Promise<string | undefined> {
  for (const column of range.columns) {
    const whole = await readObjects(range, [column]).then(
      () => true,
      () => false,
    );
    if (!whole) return column;
  }
  return undefined;
}

/** Rows to read at once: all, unless the file has an index of its pages, which makes less possible without reading twice. */
function stepOf(
  path: string,
  metadata: FileMetaData,
  group: number,
  columns: readonly string[],
  stepBytes: number,
): number {
  const rowGroup = metadata.row_groups[group];
  const rows = Math.max(1, Number(rowGroup?.num_rows ?? 1));
  const chunks = (rowGroup?.columns ?? []).filter(({ meta_data: chunk }) =>
    columns.includes(chunk?.path_in_schema[0] ?? ''),
  );
  const bytes = chunks.reduce((sum, { meta_data: chunk }) => sum + Number(chunk?.total_uncompressed_size ?? 0), 0);
  const large = chunks.filter(({ meta_data: chunk }) => Number(chunk?.total_uncompressed_size ?? 0) > stepBytes / 8);
  if (large.every((chunk) => chunk.offset_index_offset !== undefined)) {
    return Math.max(1, Math.min(rows, Math.floor((rows * stepBytes) / Math.max(1, bytes))));
  }
  if (bytes <= MAX_PIECE_BYTES) return rows;
  throw new UnreadableFileError(
    path,
    `its row group ${group} holds ${Math.round(bytes / 1e6)} MB in one piece, and the limit is ${MAX_PIECE_BYTES / 2 ** 20} MiB: ` +
      'write it with smaller row groups, or with an index of its pages (pyarrow: write_page_index=True)',
  );
}

async function checkMagic(path: string, file: AsyncBuffer): Promise<void> {
  if (file.byteLength === 0) throw new UnreadableFileError(path, 'it is empty');
  const magic = async (start: number): Promise<string> =>
    Buffer.from(await file.slice(start, start + 4)).toString('latin1');
  const head = file.byteLength < 4 ? '' : await magic(0);
  if (head === 'PARE') throw new UnreadableFileError(path, 'it is encrypted, and keys are not known here');
  if (head !== 'PAR1') throw new UnreadableFileError(path, 'it is no Parquet file');
  if (file.byteLength < 12 || (await magic(file.byteLength - 4)) !== 'PAR1') {
    throw new UnreadableFileError(
      path,
      'it is cut off: a Parquet file ends with its table of contents; fetch it again',
    );
  }
}

function checkRanges(path: string, file: AsyncBuffer, metadata: FileMetaData): void {
  for (const [group, { columns }] of metadata.row_groups.entries()) {
    for (const { meta_data: chunk } of columns) {
      if (chunk === undefined) continue;
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      if (start >= 4 && start + Number(chunk.total_compressed_size) <= file.byteLength) continue;
      const where = `row group ${group}, column "${chunk.path_in_schema.join('.')}"`;
      throw new UnreadableFileError(path, `its ${where} lies behind its end: it is damaged; fetch it again`);
    }
  }
}

function checkCodecs(path: string, metadata: FileMetaData, group: number, columns: readonly string[]): void {
  for (const { meta_data: chunk } of metadata.row_groups[group]?.columns ?? []) {
    const column = chunk?.path_in_schema[0];
    if (chunk === undefined || column === undefined || !columns.includes(column)) continue;
    const { codec } = chunk;
    if (codec === 'UNCOMPRESSED' || (codec !== undefined && codec in compressors)) continue;
    throw new UnreadableFileError(
      path,
      `its row group ${group}, column "${column}" is packed with ${codec ?? 'a codec that is not known'}; known are ${Object.keys(compressors).join(', ')}`,
    );
  }
}

async function withFile<T>(path: string, use: (file: AsyncBuffer) => Promise<T>): Promise<T> {
  let handle: FileHandle;
  try {
    handle = await open(path);
  } catch (error) {
    throw fileError(error, path);
  }
  try {
    const { size } = await handle.stat();
    return await use({ byteLength: size, slice: (start, end) => readBytes(handle, start, end ?? size) });
  } finally {
    await handle.close();
  }
}

async function readBytes(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw new Error(`the file ends at byte ${start + done}`);
    done += bytesRead;
  }
  return bytes.buffer;
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
