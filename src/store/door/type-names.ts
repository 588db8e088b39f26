/**
 * PostgreSQL's internal type names → SQL's.
 *
 * @module
 */

const SQL_NAMES: ReadonlyMap<string, string> = new Map([
  ['bool', 'boolean'],
  ['bpchar', 'character'],
  ['float4', 'real'],
  ['float8', 'double precision'],
  ['int2', 'smallint'],
  ['int4', 'integer'],
  ['int8', 'bigint'],
  ['varbit', 'bit varying'],
]);

/** `int8` → `bigint`, `_text` → `text[]`; others as they are (`timestamptz`, `vector`). */
export function sqlTypeName(name: string): string {
  if (name.startsWith('_')) return `${sqlTypeName(name.slice(1))}[]`;
  return SQL_NAMES.get(name) ?? name;
}
