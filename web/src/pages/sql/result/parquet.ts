/**
 * A result as a Parquet file: SQL types become Parquet's own, lists and vectors its lists. Loaded when it is asked for.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import type { Column } from './cells.ts';

type Element = NonNullable<Parameters<typeof parquetWrite>[0]['schema']>[number];

interface Scalar {
  readonly element: Partial<Element>;
  readonly convert: (value: unknown) => unknown;
}

export function toParquet({ columns, rows }: Pick<SqlResult, 'columns' | 'rows'>): ArrayBuffer {
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    schema: [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(elementsOf)],
    columnData: columns.map((column) => {
      const convert = converterOf(column);
      return { name: column.name, data: rows.map((row) => convert(row[column.name])) };
    }),
    createdBy: 'fovea',
  });
  return writer.getBuffer();
}

/** Type of a list's elements; undefined where it is no list. */
const elementType = (type: string): string | undefined =>
  /^(.*)\[\]$/.exec(type)?.[1] ?? (/^(vector|halfvec)$/.test(type) ? 'real' : undefined);

function elementsOf({ name, type }: Column): Element[] {
  const list = elementType(type);
  if (list === undefined) return [{ name, repetition_type: 'OPTIONAL', ...scalar(type).element }];
  return [
    { name, num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
    { name: 'element', repetition_type: 'OPTIONAL', ...scalar(list).element },
  ];
}

function converterOf({ type }: Column): (value: unknown) => unknown {
  const list = elementType(type);
  if (list === undefined) return orNull(scalar(type).convert);
  const convert = orNull(scalar(list).convert);
  return (value) => (Array.isArray(value) ? value.map(convert) : null);
}

const orNull =
  (convert: (value: unknown) => unknown) =>
  (value: unknown): unknown =>
    value === null || value === undefined ? null : convert(value);

function scalar(type: string): Scalar {
  switch (type) {
    case 'bigint':
      return { element: { type: 'INT64' }, convert: (value) => BigInt(value as number | string) };
    case 'integer':
    case 'smallint':
      return { element: { type: 'INT32' }, convert: Number };
    // The server gives `numeric` as a JSON number: a mean, a share; its further digits are gone.
    case 'numeric':
    case 'double precision':
      return { element: { type: 'DOUBLE' }, convert: Number };
    case 'real':
      return { element: { type: 'FLOAT' }, convert: Number };
    case 'boolean':
      return { element: { type: 'BOOLEAN' }, convert: Boolean };
    case 'date':
      return { element: { type: 'INT32', converted_type: 'DATE' }, convert: day };
    case 'timestamptz':
      return { element: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' }, convert: microseconds };
    case 'json':
    case 'jsonb':
      return { element: { type: 'BYTE_ARRAY', converted_type: 'JSON' }, convert: (value) => value };
    default:
      return { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, convert: text };
  }
}

const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** Null for `infinity`, and years that a Date can't hold. */
function day(value: unknown): Date | null {
  const at = new Date(`${String(value)}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** Since 1970, of `2024-05-01T10:00:00.123456Z`; null as in `day`. */
function microseconds(value: unknown): bigint | null {
  const written = String(value);
  const fraction = /\.(\d+)/.exec(written)?.[1] ?? '';
  const seconds = Date.parse(written.replace(/\.\d+/, ''));
  return Number.isNaN(seconds) ? null : BigInt(seconds) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
