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
import { conditionSql, momentSql, Parameters } from './condition.ts';
import { identifier } from './database.ts';
import type { Database, Queryable, QueryOptions } from './database.ts';
import { DEFAULT_TIMEOUT_MS, userError } from './door/index.ts';
import { namespaceSchema, policyTable, policyViewName, qualified, readerRole } from './names.ts';
import { readPolicy } from './policy-rows.ts';
import type { NearMoment, Neighbour, SqlCondition, VectorIndex } from './records.ts';
import { ESTIMATE_FROM_ROWS } from './table-sizes.ts';

export interface NearestOptions {
  /** Distinct contents asked for, as they were added; at most 1000. */
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

/** Where a content has several rows, or a video many frames, so many times more are read when the first hold too few. */
const WIDENING = 4;

/** What one HNSW scan reads at most; where those are of too few contents, all rows are read. */
const MAX_HNSW_ROWS = 16_000;

/** Frames of a video that are told. */
const MAX_MOMENTS = 5;

/**
 * Finds the contents, as they were added, whose vectors lie nearest, or those of what was made of them: a video by its
 * frames. Each with its best row.
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
      const found = await widen(tx, scan, { limit, most: MAX_HNSW_ROWS }, async (rows) => {
        await tx.execute(hnswSettings(Math.max(options.efSearch ?? 0, rows), options.maxScanTuples ?? MAX_SCAN_TUPLES));
        return runScan(tx, scan, 'hnsw', rows);
      });
      if (found !== undefined && found.length >= limit) return withMoments(tx, scan, found);
      // The scan met its limits before it met enough rows, or there are no more: only the exact path can tell.
    }
    const found = await widen(tx, scan, { limit, most: limit * WIDENING }, (rows) => runScan(tx, scan, 'exact', rows));
    return withMoments(tx, scan, found ?? (await scanRoots(tx, scan, limit)));
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
  const view = qualified(namespace, 'content');
  return searching(db, namespace, condition, timeoutMs, async (tx, queryOptions) => {
    const counted = (await hasDerived(tx, view)) ? 'distinct root_id' : '*';
    const { rows } = await tx.query<{ count: number }>(
      `select count(${counted}) as count from (select c.root_id from ${view} c where ${where} ${limit}) matching`,
      parameters.values,
      queryOptions,
    );
    return rows[0]?.count ?? 0;
  });
}

/** Whether a library has contents that were made of others: else nothing has to be sorted to group them. */
export async function hasDerived(tx: Queryable, view: string): Promise<boolean> {
  return (await tx.query(`select 1 from ${view} where parent_id is not null limit 1`)).rows.length > 0;
}

/** A content as it was added, and what was made of it that passes a condition. */
export interface Matching {
  readonly contentId: string;
  /** Where it is not the video itself that passes: its frames by their time, at most 5. Of texts those that have one. */
  readonly moments?: readonly string[];
}

/** Contents as they were added, that pass a condition or of which frames do, newest first: a search without a vector. */
export async function matchingContents(
  db: Database,
  namespace: string,
  condition: SqlCondition,
  page: { readonly limit: number; readonly offset: number; readonly timeoutMs?: number },
): Promise<Matching[]> {
  const view = qualified(namespace, 'content');
  return searching(db, namespace, condition, page.timeoutMs, async (tx, queryOptions) => {
    const isGrouped = await hasDerived(tx, view);
    const parameters = new Parameters();
    const where = conditionSql(condition, parameters);
    const isOfTexts = (condition.withText ?? []).length > 0;
    const some = `limit ${parameters.add(page.limit)} offset ${parameters.add(page.offset)}`;
    const text = isGrouped
      ? `select c.root_id as content_id,
                case when ${isOfTexts} or not bool_or(c.parent_id is null) then
                  (array_agg(c.content_id::text order by c.time_ms, c.content_id)
                    filter (where ${momentSql(condition, parameters)}))[1:${MAX_MOMENTS}] end as moments
           from ${view} c where ${where} group by c.root_id order by max(c.created_at) desc, c.root_id desc ${some}`
      : `select c.content_id, null::text[] as moments from ${view} c where ${where}
          order by c.created_at desc, c.content_id desc ${some}`;
    const { rows } = await tx.query<{ content_id: string; moments: string[] | null }>(
      text,
      parameters.values,
      queryOptions,
    );
    return rows.map(({ content_id: contentId, moments }) =>
      moments === null ? { contentId } : { contentId, moments },
    );
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
async function runScan(tx: Queryable, scan: Scan, path: 'exact' | 'hnsw', rows: number): Promise<ScannedRow[]> {
  const parameters = new Parameters();
  const { distance, from } = scanSql(tx, scan, parameters);
  const order = path === 'hnsw' ? distance : `(${distance}) + 0`;
  return readRows(
    tx,
    scan,
    parameters,
    `select e.content_id, e.ord, ${distance} as distance from ${from} order by ${order} limit ${parameters.add(rows)}`,
  );
}

/** Reads every row: the best of each root. For where the nearest rows are of few roots, as frames of long videos are. */
async function scanRoots(tx: Queryable, scan: Scan, limit: number): Promise<Found[]> {
  const parameters = new Parameters();
  const { distance, from } = scanSql(tx, scan, parameters);
  const rows = await readRows(
    tx,
    scan,
    parameters,
    `select root_id, content_id, ord, distance from (
       select distinct on (r.root_id) r.root_id, e.content_id, e.ord, ${distance} as distance
         from ${from} join ${qualified(scan.namespace, 'content')} r on r.content_id = e.content_id
        order by r.root_id, distance, e.content_id, e.ord) best
      order by distance, root_id limit ${parameters.add(limit)}`,
  );
  return bestRows(rows.map((row) => ({ ...row, rootId: row.rootId ?? row.contentId })));
}

/** Adds what lies nearest of each root that has derived contents; exact, since those of some roots are few. */
async function withMoments(tx: Queryable, scan: Scan, found: readonly Found[]): Promise<Neighbour[]> {
  const roots = found.flatMap(({ rootId, contentId }) => (rootId === contentId ? [] : [rootId]));
  if (roots.length === 0) return [...found];
  const parameters = new Parameters();
  const { distance, from } = scanSql(tx, scan, parameters);
  const rows = await readRows(
    tx,
    scan,
    parameters,
    `select root_id, content_id, distance from (
       select near.*, row_number() over (partition by root_id order by distance, content_id) as place from (
         select r.root_id, e.content_id, min(${distance}) as distance
           from ${from} join ${qualified(scan.namespace, 'content')} r on r.content_id = e.content_id
          where r.root_id = any(${parameters.add(roots)}::uuid[]) and r.parent_id is not null
          group by r.root_id, e.content_id) near) placed
      where place <= ${MAX_MOMENTS} order by root_id, place`,
  );
  const moments = new Map<string, NearMoment[]>();
  for (const { rootId = '', contentId, distance: value } of rows)
    moments.set(rootId, [...(moments.get(rootId) ?? []), { contentId, distance: value }]);
  return found.map((each) => {
    const own = each.rootId === each.contentId ? undefined : moments.get(each.rootId);
    return own === undefined ? each : { ...each, moments: own };
  });
}

/** The distance of a row `e`, and the rows that pass the condition. */
function scanSql(
  tx: Queryable,
  { table, namespace, index, vector, condition }: Scan,
  parameters: Parameters,
): { readonly distance: string; readonly from: string } {
  const query = `${parameters.add(tx.dialect.vector(vector))}::${tx.dialect.vectorType(index.dimension)}`;
  const filter = conditionSql(condition, parameters);
  // A sub-select of its own, so that a user's condition sees the columns of `content` only; the planner flattens it.
  const matching = `select c.content_id as matching_id from ${qualified(namespace, 'content')} c where ${filter}`;
  const join = filter === 'true' ? '' : `join (${matching}) m on m.matching_id = e.content_id`;
  return { distance: `e.${identifier(index.output)} <=> ${query}`, from: `${table} e ${join}` };
}

interface ScannedRow {
  readonly rootId?: string | undefined;
  readonly contentId: string;
  readonly ord: number;
  readonly distance: number;
}

async function readRows(tx: Queryable, scan: Scan, parameters: Parameters, text: string): Promise<ScannedRow[]> {
  const { rows } = await tx.query<{ root_id?: string; content_id: string; ord: number; distance: number }>(
    text,
    parameters.values,
    scan.queryOptions,
  );
  return rows.map(({ root_id: rootId, content_id: contentId, ord, distance }) => ({
    rootId,
    contentId,
    ord,
    distance,
  }));
}

type Found = Omit<Neighbour, 'moments'>;

/** Reads until there are `limit` distinct roots, or no more rows; undefined where `most` rows are of fewer. */
async function widen(
  tx: Queryable,
  scan: Scan,
  { limit, most }: { readonly limit: number; readonly most: number },
  read: (rows: number) => Promise<ScannedRow[]>,
): Promise<Found[] | undefined> {
  for (let rows = limit; rows <= most; rows *= WIDENING) {
    const found = await read(rows);
    const roots = await derivedFrom(tx, scan, found);
    const best = bestRows(found.map((row) => ({ ...row, rootId: roots.get(row.contentId) ?? row.contentId })));
    if (best.length >= limit || found.length < rows) return best.slice(0, limit);
  }
  return undefined;
}

/** Roots of those that are none; of the view, since a user's condition is read as the reader. */
async function derivedFrom(tx: Queryable, scan: Scan, found: readonly ScannedRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(found.map(({ contentId }) => contentId))];
  const { rows } = await tx.query<{ content_id: string; root_id: string }>(
    `select content_id, root_id from ${qualified(scan.namespace, 'content')}
      where content_id = any($1::uuid[]) and parent_id is not null`,
    [ids],
    scan.queryOptions,
  );
  return new Map(rows.map(({ content_id: id, root_id: root }) => [id, root]));
}

/** The nearest row of each root; nearest first, ties by id and row. */
function bestRows(found: readonly Found[]): Found[] {
  const sorted = found.toSorted(
    (a, b) =>
      a.distance - b.distance ||
      compareText(a.rootId, b.rootId) ||
      compareText(a.contentId, b.contentId) ||
      a.ord - b.ord,
  );
  const best = new Map<string, Found>();
  for (const { rootId, contentId, ord, distance } of sorted)
    if (!best.has(rootId)) best.set(rootId, { rootId, contentId, ord, distance });
  return [...best.values()];
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
