/**
 * Vector search: the first of the two statements of a search. It returns ids and distances only (rule S12); `hydrate.ts`
 * has the second.
 *
 *     exact, filter-first   order by (vector <=> $1) + 0     no index can serve that: all rows, after the filter
 *     hnsw                  order by vector <=> $1           iterative scan, ef_search at least the rows asked for
 *
 * The condition of a user (`where`) has passed the SQL door, which is the border on PGlite. It runs as the namespace's
 * reader nevertheless, over its views, so that on PostgreSQL the role's rights are a second border.
 *
 * @module
 */
import { NotFoundError } from '../contract/index.ts';
import { conditionSql, Parameters } from './condition.ts';
import { identifier } from './database.ts';
import type { Database, Queryable, QueryOptions } from './database.ts';
import { DEFAULT_TIMEOUT_MS, userError } from './door/index.ts';
import { namespaceSchema, policyTable, policyViewName, qualified, readerRole } from './names.ts';
import { readPolicy } from './policy-rows.ts';
import type { Neighbour, SqlCondition, VectorIndex } from './records.ts';
import { ESTIMATE_FROM_ROWS } from './table-sizes.ts';

export interface NearestOptions {
  /** Distinct contents asked for, at most 1000. */
  readonly limit: number;
  readonly path: 'exact' | 'hnsw' | 'filter-first';
  /** Width of the HNSW search, raised to the rows asked for; at most 1000. */
  readonly efSearch?: number | null | undefined;
  readonly condition?: SqlCondition | undefined;
  /** Of each statement. Default: none, but the SQL door's where there is a user's condition. */
  readonly timeoutMs?: number | undefined;
  /** Rows that an HNSW scan may look at before it gives up and the exact path answers. Default 100,000. */
  readonly maxScanTuples?: number | undefined;
}

/** pgvector's own limit of `hnsw.ef_search`. */
const MAX_EF_SEARCH = 1000;

/** Of `hnsw.max_scan_tuples`. */
const MAX_SCAN_TUPLES = 100_000;

/**
 * Compiling takes longer than a search. What a filter leaves is fetched by its index: with the cost of a disk's seeks the
 * planner would read every content, or every vector, to find one in a hundred.
 */
export const SCAN_SETTINGS = 'set local jit = off; set local random_page_cost = 1.1';

/** Where a policy has several rows a content, so many times more are read when the first ones hold too few contents. */
const WIDENING = 4;

/**
 * Finds the contents whose vectors lie nearest, each with its best row.
 *
 * @param vector L2-normalised, as long as the index's dimension.
 * @returns Nearest first, ties by id; fewer than `limit` only where no more pass the condition.
 */
export async function nearest(
  db: Database,
  namespace: string,
  index: VectorIndex,
  vector: Float32Array,
  options: NearestOptions,
): Promise<Neighbour[]> {
  const { limit, path, condition } = options;
  const table = condition?.where === undefined ? policyTable(namespace, index) : await policyView(db, namespace, index);
  return searching(db, namespace, condition, options.timeoutMs, async (tx, queryOptions) => {
    const scan: Scan = { table, namespace, index, vector, condition, queryOptions };
    await tx.execute(SCAN_SETTINGS);
    if (path === 'hnsw') {
      const found = await widen(limit, async (rows) => {
        await tx.execute(hnswSettings(Math.max(options.efSearch ?? 0, rows), options.maxScanTuples ?? MAX_SCAN_TUPLES));
        return runScan(tx, scan, 'hnsw', rows);
      });
      if (found.length >= limit) return found;
      // The scan met its limits before it met enough rows, or there are no more: only the exact path can tell.
    }
    return widen(limit, (rows) => runScan(tx, scan, 'exact', rows));
  });
}

/**
 * Rows of an index: counted up to some ten thousand, beyond that the planner's estimate, which VACUUM, ANALYZE and index
 * builds keep. Cheap enough for every search.
 */
export async function countRows(db: Queryable, namespace: string, index: VectorIndex): Promise<number> {
  const table = policyTable(namespace, index);
  const estimated = await db.query<{ rows: number }>(
    'select reltuples::bigint as rows from pg_class where oid = $1::regclass',
    [table],
  );
  const estimate = estimated.rows[0]?.rows ?? -1;
  if (estimate >= ESTIMATE_FROM_ROWS) return estimate;
  const { rows } = await db.query<{ rows: number }>(`select count(*) as rows from ${table}`);
  return rows[0]?.rows ?? 0;
}

/** Contents, as they were added, that pass a condition or of which frames do; looked for among `cap` that pass. */
export async function countMatching(
  db: Database,
  namespace: string,
  condition: SqlCondition,
  cap?: number,
  timeoutMs?: number,
): Promise<number> {
  const parameters = new Parameters();
  const where = conditionSql(condition, parameters);
  const limit = cap === undefined ? '' : `limit ${parameters.add(cap)}`;
  return searching(db, namespace, condition, timeoutMs, async (tx, queryOptions) => {
    const { rows } = await tx.query<{ count: number }>(
      // Only what may have frames is looked at twice.
      `select count(*) filter (where not mixed) + count(distinct root_id) filter (where mixed) as count
         from (select c.root_id, c.parent_id is not null or c.mime_type like 'video/%' or c.mime_type = 'image/gif' as mixed
                 from ${qualified(namespace, 'content')} c where ${where} ${limit}) matching`,
      parameters.values,
      queryOptions,
    );
    return rows[0]?.count ?? 0;
  });
}

/** Contents as they were added, that pass a condition or of which frames do, newest first: a search without a vector. */
export async function matchingContents(
  db: Database,
  namespace: string,
  condition: SqlCondition,
  page: { readonly limit: number; readonly offset: number; readonly timeoutMs?: number },
): Promise<string[]> {
  const parameters = new Parameters();
  const where = conditionSql(condition, parameters);
  // Outside, since a transaction that meets a lost connection is run again.
  const view = qualified(namespace, 'content');
  const some = `limit ${parameters.add(page.limit)} offset ${parameters.add(page.offset)}`;
  const plain = `select c.content_id from ${view} c where ${where} order by c.created_at desc, c.content_id desc ${some}`;
  const grouped = `select c.root_id as content_id from ${view} c where ${where}
    group by c.root_id order by max(c.created_at) desc, c.root_id desc ${some}`;
  return searching(db, namespace, condition, page.timeoutMs, async (tx, queryOptions) => {
    // Grouping reads all that passes, where else an index leads to the first ones.
    const derived = await tx.query(`select 1 from ${view} where parent_id is not null limit 1`);
    const text = derived.rows.length === 0 ? plain : grouped;
    const { rows } = await tx.query<{ content_id: string }>(text, parameters.values, queryOptions);
    return rows.map(({ content_id: id }) => id);
  });
}

/**
 * A read-only transaction that goes before ingest; as the reader where a user's condition is in it, whose faults are then
 * told in the words of the SQL door.
 */
export async function searching<T>(
  db: Database,
  namespace: string,
  condition: SqlCondition | undefined,
  timeoutMs: number | undefined,
  work: (tx: Queryable, options: QueryOptions) => Promise<T>,
): Promise<T> {
  if (condition?.where === undefined) {
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    return db.transaction((tx) => work(tx, options), { readOnly: true, priority: 'search' });
  }
  const limitMs = timeoutMs ?? DEFAULT_TIMEOUT_MS[db.dialect.name];
  try {
    const reader = { role: readerRole(namespace), schema: namespaceSchema(namespace) };
    return await db.asReader(reader, (tx) => work(tx, { timeoutMs: limitMs }));
  } catch (error) {
    throw userError(error, 'search with this condition', limitMs);
  }
}

/** The view that shows an index's table to the reader; only versions in use have one. */
async function policyView(db: Queryable, namespace: string, index: VectorIndex): Promise<string> {
  const policy = await readPolicy(db, index);
  if (policy?.state !== 'active') throw new NotFoundError('policy', `${index.policyId} version ${index.version}`);
  return qualified(namespace, policyViewName(policy.graph, policy.name));
}

/**
 * SET LOCAL with literals is the only form that reaches every node (rule S18). Without sorts the planner takes the index:
 * it believes that any label leaves a handful of rows, and would read and sort half the table.
 */
function hnswSettings(efSearch: number, maxScanTuples: number): string {
  return `set local hnsw.ef_search = ${Math.min(MAX_EF_SEARCH, Math.max(1, Math.trunc(efSearch)))};
    set local hnsw.iterative_scan = 'relaxed_order';
    set local hnsw.max_scan_tuples = ${Math.max(1, Math.trunc(maxScanTuples))};
    set local hnsw.scan_mem_multiplier = 4;
    set local enable_sort = off`;
}

interface Scan {
  readonly table: string;
  readonly namespace: string;
  readonly index: VectorIndex;
  readonly vector: Float32Array;
  readonly condition: SqlCondition | undefined;
  readonly queryOptions: QueryOptions;
}

/** One statement of rule S14: no tie-breaker, which would make it a sequential scan and a sort. */
async function runScan(tx: Queryable, scan: Scan, path: 'exact' | 'hnsw', rows: number): Promise<Neighbour[]> {
  const { table, namespace, index, vector, condition } = scan;
  const parameters = new Parameters();
  const query = `${parameters.add(tx.dialect.vector(vector))}::${tx.dialect.vectorType(index.dimension)}`;
  const column = `e.${identifier(index.output)}`;
  const distance = path === 'hnsw' ? `${column} <=> ${query}` : `(${column} <=> ${query}) + 0`;
  const filter = conditionSql(condition, parameters);
  // A sub-select of its own, so that a user's condition sees the columns of `content` only; the planner flattens it.
  const matching = `select c.content_id as matching_id from ${qualified(namespace, 'content')} c where ${filter}`;
  const join = filter === 'true' ? '' : `join (${matching}) m on m.matching_id = e.content_id`;
  const { rows: found } = await tx.query<{ content_id: string; ord: number; distance: number }>(
    `select e.content_id, e.ord, ${column} <=> ${query} as distance from ${table} e ${join} order by ${distance} limit ${parameters.add(rows)}`,
    parameters.values,
    scan.queryOptions,
  );
  return found.map(({ content_id: contentId, ord, distance: value }) => ({ contentId, ord, distance: value }));
}

/** Reads until there are `limit` distinct contents or no more rows. */
async function widen(limit: number, read: (rows: number) => Promise<Neighbour[]>): Promise<Neighbour[]> {
  for (let rows = limit; ; rows *= WIDENING) {
    const found = await read(rows);
    const best = bestRows(found);
    if (best.length >= limit || found.length < rows) return best.slice(0, limit);
  }
}

/** The nearest row of each content; nearest first, ties by id and row. */
function bestRows(found: readonly Neighbour[]): Neighbour[] {
  const sorted = found.toSorted(
    (a, b) => a.distance - b.distance || compareText(a.contentId, b.contentId) || a.ord - b.ord,
  );
  const best = new Map<string, Neighbour>();
  for (const row of sorted) if (!best.has(row.contentId)) best.set(row.contentId, row);
  return [...best.values()];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
