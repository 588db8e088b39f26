/**
 * Some values of each column of a table, asked for by one bounded statement.
 *
 * @module
 */
import type { SqlResult } from 'fovea/client';
import type { Schema } from '../editor/completion.ts';
import { identifier } from '../../../state/sql-names.ts';

type Table = Schema['tables'][number];

/** Rows that are looked at, values a column that are told, and characters of a value, one more than is shown. */
const ROWS = 1000;
const VALUES = 3;
const CHARACTERS = 33;

/** Ids differ in each row, and vectors and boxes say nothing. */
const untold = (type: string): boolean => type === 'uuid' || /vec|\[\]/.test(type);
/** Of these the range is told. */
const isRange = (type: string): boolean => /^(smallint|integer|bigint|real|double|numeric|date|timestamp)/.test(type);

/**
 * One row, with an array of texts a column: the lowest and the highest value of numbers and days, else the most frequent
 * ones. Undefined where no column has values that say something.
 */
export function exampleStatement({ name, columns }: Table): string | undefined {
  const told = columns
    .filter(({ type }) => !untold(type))
    .map((column) => ({ ...column, name: identifier(column.name) }));
  if (told.length === 0) return undefined;
  const values = told.map(({ name: column, type }) =>
    isRange(type)
      ? `(select array[min(${column})::text, max(${column})::text] from sample) as ${column}`
      : `array(select value from (select left(${column}::text, ${CHARACTERS}) as value from sample where ${column} is not null) each group by 1 order by count(*) desc, 1 limit ${VALUES}) as ${column}`,
  );
  return `with sample as materialized (select ${told.map(({ name: column }) => column).join(', ')} from ${identifier(name)} limit ${ROWS})
select ${values.join(',\n  ')}`;
}

/** What is said of a column: `0.3 – 0.94`, `person · kite · bird`. */
export function exampleValues({ rows }: Pick<SqlResult, 'rows'>, { columns }: Table): ReadonlyMap<string, string> {
  const [row = {}] = rows;
  return new Map(
    columns.flatMap(({ name, type }) => {
      const values: unknown[] = Array.isArray(row[name]) ? row[name] : [];
      const texts = values.filter((value) => typeof value === 'string').map((value) => short(value, type));
      if (texts.length === 0) return [];
      return [[name, isRange(type) ? [...new Set(texts)].join(' – ') : texts.join(' · ')] as const];
    }),
  );
}

/** Four digits of a fraction, the day of a moment, the beginning of a text. */
function short(value: string, type: string): string {
  if (/^(real|double|numeric)/.test(type)) return String(Number(Number(value).toPrecision(4)));
  if (/^(date|timestamp)/.test(type)) return value.slice(0, 10);
  return value.length < CHARACTERS ? value : `${value.slice(0, CHARACTERS - 1)}…`;
}
