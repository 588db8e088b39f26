/**
 * Column types of the contract in SQL, and their values as parameters.
 *
 *     text text · integer bigint · real double precision · boolean boolean · timestamp timestamptz · json jsonb
 *     box real[] (x1, y1, x2, y2) · text[] text[] · real[] double precision[]
 *
 * Rows are written by `unnest` of one array a column. Values that are arrays themselves travel as texts and are
 * cast row by row, because `unnest` would take nested arrays apart; vectors as one array of all (`features.ts`).
 *
 * @module
 */
import type { ColumnType, ColumnValue } from '../contract/index.ts';
import { storableJson, storableText } from './storable.ts';
import { encodeValue } from './types.ts';

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  integer: 'bigint',
  real: 'double precision',
  boolean: 'boolean',
  timestamp: 'timestamptz',
  json: 'jsonb',
  box: 'real[]',
  'text[]': 'text[]',
  'real[]': 'double precision[]',
};

/** SQL type of a column. */
export function sqlType(type: ColumnType): string {
  return SQL_TYPES[type];
}

/** Element type of the array parameter that carries a column, e.g. `bigint` in `unnest($1::bigint[])`. */
export function parameterType(type: ColumnType): string {
  return type === 'box' || type === 'text[]' || type === 'real[]' ? 'text' : SQL_TYPES[type];
}

/** One value for the array parameter of its column. */
export function columnParameter(type: ColumnType, value: ColumnValue | undefined): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  switch (type) {
    // A timestamp without a zone is UTC, as every session is.
    case 'timestamp':
    case 'text':
      return storableText(String(value));
    case 'integer':
    case 'real':
      return Number(value);
    case 'boolean':
      return Boolean(value);
    case 'json':
      return storableJson(value);
    case 'box':
    case 'real[]':
    case 'text[]':
      return encodeValue(
        Array.isArray(value) ? value.map((item) => (typeof item === 'string' ? storableText(item) : item)) : [],
      );
  }
}
