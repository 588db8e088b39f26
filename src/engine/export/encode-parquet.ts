/**
 * Rows as a Parquet file, a row group at a time: SQL types become Parquet's own, lists and vectors its lists.
 *
 * @module
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ExportSource } from '../../store/index.ts';

type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];
type Row = Readonly<Record<string, unknown>>;

/** Rows a group; fewer where they are large, so that a group stays below some 32 MB. */
const GROUP_ROWS = 10_000;
const GROUP_BYTES = 32 * 1024 * 1024;

interface ParquetColumn {
  readonly name: string;
  readonly elements: readonly Element[];
  /** A value as the database gave it to one as the writer takes it. */
  readonly convert: (value: unknown) => unknown;
}

export async function* encodeParquet(source: ExportSource): AsyncGenerator<Uint8Array> {
  const columns = source.columns.map(({ name, type }) => parquetColumn(name, type));
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)],
    createdBy: 'fovea',
  });
  const written = (): Uint8Array => {
    const chunk = new Uint8Array(bytes.getBuffer());
    bytes.index = 0;
    return chunk;
  };
  for await (const rows of inGroups(source)) {
    const columnData = columns.map(({ name, convert }) => ({ name, data: rows.map((row) => convert(row[name])) }));
    await file.write({ columnData, rowGroupSize: rows.length });
    yield written();
  }
  await file.finish();
  yield written();
}

/** Pages joined to groups. */
async function* inGroups(source: ExportSource): AsyncGenerator<Row[]> {
  let group: Row[] = [];
  let size = 0;
  for await (const rows of source.pages()) {
    for (const row of rows) {
      group.push(row);
      size += sizeOf(row);
      if (group.length < GROUP_ROWS && size < GROUP_BYTES) continue;
      yield group;
      group = [];
      size = 0;
    }
  }
  if (group.length > 0) yield group;
}

/** Roughly, in bytes. */
function sizeOf(row: Row): number {
  let size = 0;
  for (const value of Object.values(row)) {
    if (typeof value === 'string') size += value.length;
    else size += Array.isArray(value) ? 4 * value.length : 8;
  }
  return size;
}

function parquetColumn(name: string, type: string): ParquetColumn {
  const list = /^(.*)\[\]$/.exec(type)?.[1] ?? (/^(vector|halfvec)\b/.test(type) ? 'real' : undefined);
  if (list === undefined) {
    const { element, convert } = scalar(type);
    return { name, elements: [{ name, repetition_type: 'OPTIONAL', ...element }], convert: orNull(convert) };
  }
  const { element, convert } = scalar(list);
  return {
    name,
    elements: [
      { name, num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
      { name: 'element', repetition_type: 'OPTIONAL', ...element },
    ],
    convert: orNull((value) => (Array.isArray(value) ? value.map(orNull(convert)) : null)),
  };
}

interface Scalar {
  readonly element: Partial<Element>;
  readonly convert: (value: unknown) => unknown;
}

function scalar(type: string): Scalar {
  switch (type) {
    case 'bigint':
      return { element: { type: 'INT64' }, convert: (value) => BigInt(value as number | string) };
    case 'integer':
      return { element: { type: 'INT32' }, convert: Number };
    case 'double precision':
      return { element: { type: 'DOUBLE' }, convert: Number };
    case 'real':
      return { element: { type: 'FLOAT' }, convert: Number };
    case 'boolean':
      return { element: { type: 'BOOLEAN' }, convert: Boolean };
    case 'timestamptz':
      return { element: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' }, convert: microseconds };
    case 'jsonb':
      return { element: { type: 'BYTE_ARRAY', converted_type: 'JSON' }, convert: (value) => value };
    default:
      return { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, convert: String };
  }
}

function orNull(convert: (value: unknown) => unknown): (value: unknown) => unknown {
  return (value) => (value === null || value === undefined ? null : convert(value));
}

/** Since 1970, of `2024-05-01T10:00:00.123456Z`; null for `infinity` and years that a Date can't hold. */
function microseconds(value: unknown): bigint | null {
  const text = String(value);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const seconds = Date.parse(text.replace(/\.\d+/, ''));
  return Number.isNaN(seconds) ? null : BigInt(seconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
