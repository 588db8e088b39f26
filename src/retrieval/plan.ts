/**
 * Which way a vector search takes. Exact scans are as fast as HNSW below some ten thousand rows and always right; an
 * HNSW scan against the grain of a filter loses rows, so a filter that leaves few rows goes first and is scanned exactly.
 *
 *     rows ≤ 20,000, or no HNSW index            → exact
 *     a filter leaves ≤ 30,000 rows               → filter-first (exact over these)
 *     otherwise                                   → hnsw, ef_search = clamp(4 × rows asked for, 600, or 800 with a filter, 1000)
 *
 * @module
 */

/** Below this many rows an HNSW index is not built, and not used. */
export const HNSW_MIN_ROWS = 20_000;

/** A filter that leaves at most so many rows is applied first. */
export const FILTER_FIRST_MAX_ROWS = 30_000;

export interface PathFacts {
  /** Rows of the index. */
  readonly rows: number;
  readonly hasHnsw: boolean;
  /** Contents that the filter leaves; undefined without a filter. */
  readonly filteredRows?: number | undefined;
  /** Rows asked for. */
  readonly limit: number;
}

export interface SearchPath {
  readonly path: 'exact' | 'hnsw' | 'filter-first';
  /** Width of the HNSW search; null on the exact paths. */
  readonly efSearch: number | null;
}

/** Chooses the path; pure. */
export function chooseSearchPath({ rows, hasHnsw, filteredRows, limit }: PathFacts): SearchPath {
  if (filteredRows !== undefined && filteredRows <= FILTER_FIRST_MAX_ROWS)
    return { path: 'filter-first', efSearch: null };
  if (!hasHnsw || rows < HNSW_MIN_ROWS)
    return { path: filteredRows === undefined ? 'exact' : 'filter-first', efSearch: null };
  const least = filteredRows === undefined ? MIN_EF_SEARCH : MIN_EF_SEARCH_FILTERED;
  return { path: 'hnsw', efSearch: Math.min(1000, Math.max(least, 4 * limit)) };
}

/** How many contents pass, in words. */
export function leftByConditions(filteredRows: number): string {
  return `the conditions leave ${count(filteredRows)} contents`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** Why `path` was chosen, in a sentence for people. */
export function pathReason({ rows, filteredRows }: PathFacts, { path }: SearchPath): string {
  const left = filteredRows === undefined ? '' : leftByConditions(filteredRows);
  if (path === 'hnsw')
    return `${left === '' ? '' : `${left}, more than the ${count(FILTER_FIRST_MAX_ROWS)} that are scanned; `}${count(rows)} rows have an HNSW index`;
  if (left !== '') return `${left}, which are scanned exactly`;
  return rows < HNSW_MIN_ROWS
    ? `${count(rows)} rows: below ${count(HNSW_MIN_ROWS)} an exact scan is as fast as an index`
    : `${count(rows)} rows, and their HNSW index is not built yet`;
}

/** Gives recall@10 ≥ 0.95 on 100,000 × 512 (bench/search). */
const MIN_EF_SEARCH = 600;
/** The same with a filter that half of the rows pass: what it drops must be made up for. */
const MIN_EF_SEARCH_FILTERED = 800;
