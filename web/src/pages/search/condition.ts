/**
 * What facets and the filter of a search ask of contents, as SQL over the view `content`. Values come from addresses and
 * pictures of anybody: they are always quoted.
 *
 * @module
 */
import { literal } from '../../state/sql-names.ts';
import type { FacetValue, SearchParams } from './params.ts';

/** Prefix of what is counted by a label. */
export const LABEL = 'labels.';
/** Texts are cut at so many characters where they are counted. */
const COUNTED_CHARACTERS = 1000;

/** One thing that hits must, or must not, fulfil. */
export interface Condition {
  readonly mode: 'must' | 'without';
  /** Values that it is about: one of them is enough. */
  readonly values?: { readonly of: string; readonly values: readonly FacetValue[] };
  /** Words that hits must have, or must not have; they are no SQL. */
  readonly words?: string;
  /** SQL; absent for words. */
  readonly sql?: string;
}

/** Whether a picture can have several of the values at a time. Then several are all wanted, else one of them. */
export const hasMany = (of: string): boolean => of !== 'year' && !of.startsWith(LABEL) && !of.endsWith('.camera');

/** All conditions of a search, one by one, in the order of the address: of a search they all hold. */
export function conditionsOf({ facets = {}, without = {}, has = [], not = [], where }: SearchParams): Condition[] {
  const one = (of: string, value: FacetValue, mode: Condition['mode']): Condition => ({
    mode,
    values: { of, values: [value] },
    sql: mode === 'must' ? valueSql(of, value) : `not coalesce(${valueSql(of, value)}, false)`,
  });
  const any = (of: string, values: readonly FacetValue[]): Condition => ({
    mode: 'must',
    values: { of, values },
    sql: values.map((value) => valueSql(of, value)).join(' or '),
  });
  return [
    // First, so that places in it that an error tells of are off by one line only.
    ...(where === undefined || where.trim() === '' ? [] : [{ mode: 'must', sql: where } as const]),
    ...Object.entries(facets).flatMap(([of, values]) =>
      hasMany(of) ? values.map((value) => one(of, value, 'must')) : [any(of, values)],
    ),
    ...has.map((words) => ({ mode: 'must', words }) as const),
    ...Object.entries(without).flatMap(([of, values]) => values.map((value) => one(of, value, 'without'))),
    ...not.map((words) => ({ mode: 'without', words }) as const),
  ];
}

/** One SQL condition that says them all; undefined where none is SQL. */
export function conditionSql(conditions: readonly Condition[]): string | undefined {
  const parts = conditions.flatMap(({ sql }) => (sql === undefined ? [] : [sql]));
  // On lines of its own, so that a comment at its end can't swallow what follows.
  return parts.length < 2 ? parts[0] : parts.map((part) => `(\n${part}\n)`).join(' and ');
}

function valueSql(of: string, value: FacetValue): string {
  if (of === 'year') return `extract(year from coalesce(taken_at, created_at) at time zone 'UTC') = ${literal(value)}`;
  if (of.startsWith(LABEL)) return equals(`(labels ->> ${literal(of.slice(LABEL.length))})`, value);
  const dot = of.lastIndexOf('.');
  const column = identifier(of.slice(dot + 1));
  const table = dot < 0 ? 'ingestion' : of.slice(0, dot);
  // A thing is followed through a video, and words find frames of it.
  const id = table.endsWith('.tracks') ? 'root_id' : 'content_id';
  return `${id} in (select content_id from ${identifier(table)} where ${equals(column, value)})`;
}

function equals(expression: string, value: FacetValue): string {
  const isCut = typeof value === 'string' && value.length >= COUNTED_CHARACTERS;
  return `${isCut ? `left(${expression}, ${COUNTED_CHARACTERS})` : expression} = ${literal(value)}`;
}

function identifier(name: string): string {
  return `"${name.replaceAll('\0', '').replaceAll('"', '""')}"`;
}
