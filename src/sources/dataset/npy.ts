/**
 * Vectors in NumPy's files: a matrix of a row each, or a file for each vector. What the rows are about stands in a file
 * beside: `x.csv`, `x.tsv` or `x.jsonl` with any columns, or `x.ids.txt`, `x.names.txt` or `x.txt` with a line a row.
 *
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @module
 */
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileError, UnreadableFileError } from '../file-error.ts';
import { readCsv } from './csv.ts';
import { readJsonLines } from './jsonl.ts';
import { readLines } from './lines.ts';
import type { ManifestRecord } from './manifest.ts';
import { plainValue } from './row.ts';
import type { Dataset, DatasetColumn, DatasetGroup, DatasetRow } from './types.ts';

/** The name of the vectors in `DatasetRow.vectors`. */
const VECTOR = 'vector';

const GROUP_ROWS = 1000;

const MAX_HEADER_BYTES = 64 * 1024;

/** What the header of a file says. */
interface NpyHeader {
  readonly path: string;
  /** Relative to the source. */
  readonly name: string;
  readonly rows: number;
  readonly dimension: number;
  /** One vector without a second axis: the file's name is the row's. */
  readonly single: boolean;
  readonly float: 2 | 4 | 8;
  /** Of the first number. */
  readonly offset: number;
}

/**
 * Opens vectors, and looks at the header of each file.
 *
 * @param folder That `names` are relative to.
 * @throws {UnreadableFileError} for what is no vectors, is cut off, has another dimension than the first, or has no file
 * beside it that says what its rows are.
 */
export async function openNpy(name: string, folder: string, names: readonly string[]): Promise<Dataset> {
  const files: NpyHeader[] = [];
  for (const file of names.filter((each) => each.endsWith('.npy')))
    files.push(await readHeader(join(folder, file), file));
  const [first] = files;
  if (first === undefined) throw new UnreadableFileError(folder, 'it holds no .npy file');
  const other = files.find(({ dimension }) => dimension !== first.dimension);
  if (other !== undefined) {
    throw new UnreadableFileError(
      other.path,
      `its vectors have ${other.dimension} numbers, those of "${first.name}" have ${first.dimension}`,
    );
  }
  return {
    name,
    kind: 'npy',
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    image: undefined,
    columns: [{ name: VECTOR, type: `real[${first.dimension}]` }, ...(await describe(first))],
    groups: () => readGroups(files),
  };
}

async function* readGroups(files: readonly NpyHeader[]): AsyncGenerator<DatasetGroup> {
  let firstRow = 0;
  for (const file of files) {
    let done = 0;
    for await (const records of inGroups(await beside(file))) {
      if (done + records.length > file.rows) throw miscounted(file, 'more');
      const [start, from] = [firstRow, done];
      firstRow += records.length;
      done += records.length;
      yield {
        key: `${file.name}#${from / GROUP_ROWS}`,
        firstRow: start,
        rows: records.length,
        read: () => readVectors(file, from, start, records),
      };
    }
    if (done !== file.rows) throw miscounted(file, 'fewer');
  }
}

async function* readVectors(
  file: NpyHeader,
  from: number,
  firstRow: number,
  records: readonly ManifestRecord[],
): AsyncGenerator<DatasetRow> {
  const width = file.dimension * file.float;
  const bytes = await withFile(file.path, async (handle) =>
    readExactly(handle, records.length * width, file.offset + from * width, file.path),
  );
  for (const [index, { problem, values }] of records.entries()) {
    const vector = decode(bytes.subarray(index * width, (index + 1) * width), file.float);
    const place = vector.findIndex((number) => !Number.isFinite(number));
    const wrong = place < 0 ? problem : `its vector's number ${place + 1} is ${vector[place]}`;
    yield {
      row: firstRow + index,
      ...(wrong === undefined ? {} : { problem: wrong }),
      values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plainValue(value)])),
      vectors: { [VECTOR]: vector },
    };
  }
}

/** IEEE 754, little endian. */
function decode(bytes: Uint8Array, float: 2 | 4 | 8): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / float }, (_, index) => {
    if (float === 4) return view.getFloat32(index * 4, true);
    return float === 8 ? view.getFloat64(index * 8, true) : halfFloat(view.getUint16(index * 2, true));
  });
}

function halfFloat(bits: number): number {
  const sign = bits & 0x80_00 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3_ff) / 1024;
  if (exponent === 0) return sign * 2 ** -14 * fraction;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * 2 ** (exponent - 15) * (1 + fraction);
}

/** What the rows of a file are about. */
async function beside(file: NpyHeader): Promise<AsyncIterable<ManifestRecord>> {
  const stem = file.path.replace(/\.npy$/, '');
  if (file.single) return once({ values: { name: file.name.replace(/\.npy$/, '') } });
  if (await exists(`${stem}.csv`)) return readCsv(`${stem}.csv`);
  if (await exists(`${stem}.tsv`)) return readCsv(`${stem}.tsv`);
  if (await exists(`${stem}.jsonl`)) return readJsonLines(`${stem}.jsonl`);
  if (await exists(`${stem}.ids.txt`)) return readNames(`${stem}.ids.txt`, 'content_id');
  if (await exists(`${stem}.names.txt`)) return readNames(`${stem}.names.txt`, 'name');
  if (await exists(`${stem}.txt`)) return readNames(`${stem}.txt`, 'name');
  const base = basename(stem);
  throw new UnreadableFileError(
    file.path,
    `nothing says what its ${file.rows} rows are: put ${base}.names.txt beside it (a name a line), ${base}.ids.txt (a content's id a line) or ${base}.csv`,
  );
}

async function* once(record: ManifestRecord): AsyncGenerator<ManifestRecord> {
  yield record;
}

async function* readNames(path: string, column: string): AsyncGenerator<ManifestRecord> {
  for await (const { text } of readLines(path)) yield { values: { [column]: text.replace(/\r$/, '') } };
}

async function* inGroups(records: AsyncIterable<ManifestRecord>): AsyncGenerator<ManifestRecord[]> {
  let group: ManifestRecord[] = [];
  for await (const record of records) {
    if (group.push(record) < GROUP_ROWS) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

/** Columns of the file beside, from its first row. */
async function describe(file: NpyHeader): Promise<DatasetColumn[]> {
  for await (const { values } of await beside(file)) {
    return Object.entries(values).map(([name, sample]) => ({
      name,
      type: typeof sample === 'string' ? 'text' : 'json',
      sample,
    }));
  }
  return [];
}

async function readHeader(path: string, name: string): Promise<NpyHeader> {
  return withFile(path, async (handle) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    if (head.length < 12 || head.toString('latin1', 0, 6) !== '\x93NUMPY') {
      throw new UnreadableFileError(path, 'it is no .npy file');
    }
    const wide = (head[6] ?? 1) >= 2;
    const offset = (wide ? 12 : 10) + (wide ? head.readUInt32LE(8) : head.readUInt16LE(8));
    const header = parseHeader(path, head.toString('latin1', wide ? 12 : 10, Math.min(offset, bytesRead)));
    const { size } = await handle.stat();
    const needed = offset + header.rows * header.dimension * header.float;
    if (size < needed) throw new UnreadableFileError(path, `it is cut off: it has ${size} bytes of ${needed}`);
    return { path, name, offset, ...header };
  });
}

function parseHeader(path: string, header: string): Pick<NpyHeader, 'rows' | 'dimension' | 'single' | 'float'> {
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const float = ({ '<f2': 2, '<f4': 4, '<f8': 8 } as const)[type ?? ''];
  if (float === undefined) {
    throw new UnreadableFileError(
      path,
      `its numbers are of type ${type ?? 'unknown'}: save it as float32 (array.astype("<f4"))`,
    );
  }
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const [first, second] = shape;
  if (first === undefined || shape.length > 2 || !shape.every(Number.isSafeInteger)) {
    throw new UnreadableFileError(path, `its shape is (${shape.join(', ')}): it must be rows × numbers, or one vector`);
  }
  const dimension = second ?? first;
  if (dimension === 0) throw new UnreadableFileError(path, 'its vectors have no numbers');
  if (second !== undefined && /'fortran_order':\s*True/.test(header)) {
    throw new UnreadableFileError(path, 'it is saved column by column: save numpy.ascontiguousarray(array)');
  }
  return { rows: second === undefined ? 1 : first, dimension, single: second === undefined, float };
}

function miscounted(file: NpyHeader, than: 'more' | 'fewer'): UnreadableFileError {
  return new UnreadableFileError(file.path, `the file beside it names ${than} than its ${file.rows} rows`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function readExactly(handle: FileHandle, length: number, position: number, path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new UnreadableFileError(path, `it ends at byte ${position + done}`);
    done += bytesRead;
  }
  return bytes;
}

async function withFile<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    const handle = await open(path);
    try {
      return await use(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, path);
  }
}
