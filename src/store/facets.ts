/**
 * Contents counted by the values of columns, as they were added: frames count for their video. Runs as the namespace's reader, over its views, since a user's condition may be
 * part of it.
 *
 * @module
 */
import type { Facet } from '../contract/index.ts';
import { conditionSql, Parameters } from './condition.ts';
import { identifier } from './database.ts';
import type { Database } from './database.ts';
import { DEFAULT_TIMEOUT_MS, userError } from './door/index.ts';
import { namespaceSchema, qualified, readerRole } from './names.ts';
import type { SqlCondition } from './records.ts';
import { hasDerived } from './vectors.ts';

/** What contents are counted by. */
export type FacetColumn =
  | { readonly kind: 'column'; readonly table: string; readonly column: string; readonly type: string }
  | { readonly kind: 'label'; readonly key: string }
  | { readonly kind: 'year' | 'month' };

/** SQL types whose values can be counted; the elements of `text[]` are values each. */
export const FACET_TYPES: ReadonlySet<string> = new Set([
  'text',
  'text[]',
  'boolean',
  'smallint',
  'integer',
  'bigint',
  'real',
  'double precision',
  'date',
  'timestamptz',
  'uuid',
]);

export interface FacetOptions {
  readonly condition?: SqlCondition | undefined;
  /** Most values of each column. */
  readonly limit: number;
  /** Of all columns together. Default: that of the SQL door. */
  readonly timeoutMs?: number | undefined;
}

/** One column's counts; `total` are the contents that pass. */
export type FacetCounts = Omit<Facet, 'of' | 'table'> & { readonly total: number };

/**
 * Counts, a statement a column, each true in itself while contents come and go.
 *
 * @throws TimeoutError, and SqlError where the condition fails on a row.
 */
export async function countFacets(
  db: Database,
  namespace: string,
  columns: readonly FacetColumn[],
  { condition, limit, timeoutMs = DEFAULT_TIMEOUT_MS[db.dialect.name] }: FacetOptions,
): Promise<FacetCounts[]> {
  const reader = { role: readerRole(namespace), schema: namespaceSchema(namespace) };
  try {
    return await db.asReader(reader, async (tx) => {
      const deadline = performance.now() + timeoutMs;
      const isGrouped = await hasDerived(tx, qualified(namespace, 'content'));
      const counts: FacetCounts[] = [];
      for (const column of columns) {
        const parameters = new Parameters();
        const text = facetSql(namespace, column, { condition, limit, parameters, isGrouped });
        const left = Math.max(1, Math.ceil(deadline - performance.now()));
        const { rows } = await tx.query<FacetRow>(text, parameters.values, { timeoutMs: left });
        counts.push(...rows.map(toCounts));
      }
      return counts;
    });
  } catch (error) {
    throw userError(error, 'count by these columns', timeoutMs);
  }
}

interface FacetRow {
  readonly total: number;
  readonly having: number;
  readonly distinct: number;
  readonly values: Facet['values'];
}

function toCounts({ total, having, distinct, values }: FacetRow): FacetCounts {
  return { total, missing: total - having, distinct, values };
}

function facetSql(
  namespace: string,
  column: FacetColumn,
  {
    condition,
    limit,
    parameters,
    isGrouped,
  }: FacetOptions & { readonly parameters: Parameters; readonly isGrouped: boolean },
): string {
  const content = qualified(namespace, 'content');
  const table = column.kind === 'column' ? qualified(namespace, column.table) : content;
  const where = conditionSql(condition, parameters);
  const matching = where === 'true' ? '' : 'where r.content_id in (select content_id from matching)';
  const [id, roots] = isGrouped ? ['c.root_id', `join ${content} c using (content_id)`] : ['content_id', ''];
  return `
    with matching as (select c.content_id, c.root_id from ${content} c where ${where}),
    pairs as (select distinct ${id} as content_id, value from (select r.content_id, ${valueSql(column, parameters)} as value from ${table} r ${matching}) valued ${roots}
               where value is not null),
    counted as (select value, count(*) as contents from pairs group by value),
    shown as (select value, contents, row_number() over (order by contents desc, value::text collate "C") as place from counted)
    select (select count(${isGrouped ? 'distinct root_id' : '*'}) from matching) as total,
           (select count(distinct content_id) from pairs) as having,
           (select count(*) from counted) as distinct,
           coalesce((select jsonb_agg(jsonb_build_object('value', ${shownSql(column)}, 'contents', contents) order by place)
                       from shown where place <= ${parameters.add(limit)}), '[]') as values`;
}

/** When a picture was taken, else when it was added; in UTC as all times are. */
const WHEN = "coalesce(r.taken_at, r.created_at) at time zone 'UTC'";

function valueSql(column: FacetColumn, parameters: Parameters): string {
  switch (column.kind) {
    case 'year':
      return `extract(year from ${WHEN})::integer`;
    case 'month':
      return `to_char(${WHEN}, 'YYYY-MM')`;
    case 'label':
      return `r.labels ->> ${parameters.add(column.key)}::text`;
    case 'column':
      return column.type === 'text[]' ? `unnest(r.${identifier(column.column)})` : `r.${identifier(column.column)}`;
  }
}

function shownSql(column: FacetColumn): string {
  const isText = column.kind === 'label' || (column.kind === 'column' && column.type.startsWith('text'));
  return isText ? 'left(value, 1000)' : 'value';
}
