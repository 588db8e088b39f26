/**
 * What the database is told before a statement that holds a distance.
 *
 * @module
 */
import type { Queryable } from '../database.ts';

/** pgvector's distances that a statement may hold. */
export const DISTANCE: RegExp = /<(?:=|-|#|\+)>/;

/**
 * `strict_order`, not the `relaxed_order` of searches: these sort what they find, a user's statement is answered in the
 * order in which rows come. Compiling takes longer than a statement of this kind. SET LOCAL with literals is the only form
 * that reaches every node (rule S18).
 */
export const NEAREST_SETTINGS = `set local hnsw.ef_search = 600;
  set local hnsw.iterative_scan = 'strict_order';
  set local hnsw.max_scan_tuples = 100000;
  set local hnsw.scan_mem_multiplier = 4;
  set local jit = off;
  set local random_page_cost = 1.1`;

/** Without index scans there are bitmap scans, which HNSW has not and the indexes on columns have. */
export const EXACT_SETTINGS = 'set local enable_indexscan = off';

/** Whether any table of the schema has an HNSW index. */
export async function hasAnyHnsw(reader: Queryable, schema: string): Promise<boolean> {
  const { rows } = await reader.query(
    `select 1 from pg_class c join pg_am a on a.oid = c.relam join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and a.amname = 'hnsw' limit 1`,
    [schema],
  );
  return rows.length > 0;
}
