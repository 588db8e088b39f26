/**
 * How large tables are.
 *
 * @module
 */
import { literal } from './database.ts';
import type { Queryable } from './database.ts';
import { namespaceSchema, qualified } from './names.ts';

export interface TableSize {
  readonly rows: number;
  /** The planner's estimate, which VACUUM, ANALYZE and index builds keep. */
  readonly isEstimated: boolean;
  /** On disk, with all indexes. */
  readonly bytes: number;
}

/** From so many rows on, as the planner sees it, a table is not counted. */
export const ESTIMATE_FROM_ROWS = 50_000;

/** Sizes of tables of a namespace by their names; those that are not there are left out. */
export async function tableSizes(
  db: Queryable,
  namespace: string,
  tables: readonly string[],
): Promise<Map<string, TableSize>> {
  const known = await measured(db, namespace, tables);
  const small = known.filter(({ estimate }) => estimate < ESTIMATE_FROM_ROWS);
  const counts = small.map(
    ({ name }) => `select ${literal(name)} as name, count(*) as rows from ${qualified(namespace, name)}`,
  );
  const counted =
    counts.length === 0 ? [] : (await db.query<{ name: string; rows: number }>(counts.join(' union all '))).rows;
  const rowsOf = new Map(counted.map(({ name, rows }) => [name, rows]));
  return new Map(
    known.map(({ name, bytes, estimate }) => {
      const rows = rowsOf.get(name);
      return [name, { rows: rows ?? estimate, isEstimated: rows === undefined, bytes }];
    }),
  );
}

/** Bytes on disk of tables of a namespace with all their indexes, by their names; those that are not there are left out. */
export async function tableBytes(
  db: Queryable,
  namespace: string,
  tables: readonly string[],
): Promise<Map<string, number>> {
  return new Map((await measured(db, namespace, tables)).map(({ name, bytes }) => [name, bytes]));
}

interface Measured {
  readonly name: string;
  readonly bytes: number;
  /** -1 where nobody has estimated yet. */
  readonly estimate: number;
}

async function measured(db: Queryable, namespace: string, tables: readonly string[]): Promise<Measured[]> {
  // Null where the table was dropped since the statement began.
  const { rows } = await db.query<Measured>(
    `select c.relname::text as name, coalesce(pg_total_relation_size(c.oid), 0) as bytes, c.reltuples::bigint as estimate
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = any ($2::text[]) and c.relkind = 'r'`,
    [namespaceSchema(namespace), tables],
  );
  return rows;
}
