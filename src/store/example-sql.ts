/**
 * SQL that helps others to write SQL: statements that work on a namespace's tables, and one that finds what values their
 * columns hold. All of it goes through the door like a user's.
 *
 * @module
 */
import type { TableDescription } from '../contract/index.ts';
import { identifier, literal } from './database.ts';

/** Rows of a table that are looked at for the values of a column. */
const SAMPLE_ROWS = 2000;
/** Values that are kept of a column, the most frequent ones first. */
const VALUES = 20;
/** Characters that are read of a value: one more than the longest that is told. */
const VALUE_CHARACTERS = 41;

/** Columns that say where a row is from, which the tables tell already, or that are different in each row. */
const UNTOLD: ReadonlySet<string> = new Set(['name', 'uri', 'graph', 'policy']);

/** Two statements that work on these tables, the second over what was extracted where something was. */
export function exampleStatements(tables: readonly TableDescription[]): string[] {
  const extracted = tables.find(({ name }) => name === 'ingestion')?.columns ?? [];
  const texts = extracted.filter(({ name, type }) => type === 'text' && !UNTOLD.has(name)).map(({ name }) => name);
  const column = texts.includes('object_name') ? 'object_name' : texts[0];
  const counted = column === undefined ? 'mime_type' : identifier(column);
  return [
    'select content_id, name, width, height from content order by created_at desc limit 10',
    `select ${counted}, count(distinct content_id) as pictures from ${column === undefined ? 'content' : 'ingestion'} group by 1 order by 2 desc limit 10`,
  ];
}

/**
 * A statement whose rows tell the most frequent values of each text column, and the keys of labels:
 * `table_name, column_name, examples text[]`. A value is cut at 41 characters.
 */
export function exampleValuesStatement(tables: readonly TableDescription[]): string {
  const arms = tables
    .filter(({ name }) => name === 'ingestion' || name === 'content')
    .flatMap(({ name: table, columns }) =>
      columns
        .filter(({ name, type }) => type === 'text' && !UNTOLD.has(name))
        .map(({ name: column }) => {
          const cell = identifier(column);
          const sample = `select left(${cell}, ${VALUE_CHARACTERS}) as value from ${identifier(table)} where ${cell} is not null limit ${SAMPLE_ROWS}`;
          return arm(table, column, sample);
        }),
    );
  const keys = `select left(key, ${VALUE_CHARACTERS}) as value from (select labels from content limit ${SAMPLE_ROWS}) sample, jsonb_object_keys(sample.labels) as key`;
  return [...arms, arm('content', 'labels', keys)].join('\nunion all\n');
}

function arm(table: string, column: string, sample: string): string {
  return `select ${literal(table)} as table_name, ${literal(column)} as column_name,
    array(select value from (${sample}) sample group by value order by count(*) desc, value limit ${VALUES}) as examples`;
}
