/**
 * One search: request → vector → path → nearest rows → distinct contents → page → hydrated hits.
 *
 * @module
 */
import type { Hit, SearchPlan, SearchRequest, SearchResponse } from '../contract/index.ts';
import { InvalidInputError } from '../contract/index.ts';
import type { SqlCondition } from '../store/index.ts';
import { countMatching, hydrate, matchingContents, nearest } from '../store/index.ts';
import type { SearchIndex } from './choose-index.ts';
import { chooseIndex } from './choose-index.ts';
import type { CursorStore, RankedHit, Ranking } from './cursor.ts';
import { MAX_RANKED } from './cursor.ts';
import type { SearchPath } from './plan.ts';
import { chooseSearchPath } from './plan.ts';
import type { VectorDependencies } from './query-vector.ts';
import { asksForVector, queryVector } from './query-vector.ts';
import type { Statistics } from './statistics.ts';

export interface SearchDependencies extends VectorDependencies {
  readonly cursors: CursorStore;
  readonly statistics: Statistics;
  readonly indexes: (namespace: string) => Promise<readonly SearchIndex[]>;
  /** Lets a user's SQL condition through the door, or throws `SqlError`. */
  readonly gateCondition: (namespace: string, where: string) => Promise<string>;
}

/** A search whose first page is known, and how to rank the rest. */
interface Ranked {
  readonly hits: readonly RankedHit[];
  readonly total: number;
  readonly plan: SearchPlan;
  readonly index: SearchIndex | undefined;
  readonly notes: readonly string[];
  /** Ranks up to `MAX_RANKED`; undefined when `hits` are all there are. */
  readonly rest: (() => Promise<readonly RankedHit[]>) | undefined;
}

/** Answers a request; hits by similarity, ties by content id. An empty list is an answer. */
export async function search(
  dependencies: SearchDependencies,
  namespace: string,
  request: SearchRequest,
): Promise<SearchResponse> {
  if (request.cursor !== undefined) return nextPage(dependencies, namespace, request);
  const condition = await readCondition(dependencies, namespace, request);
  if (!asksForVector(request) && condition === undefined) {
    throw new InvalidInputError(
      'Cannot search for nothing: give words, a picture, a content to be like, a label or a condition',
    );
  }
  const ranked = asksForVector(request)
    ? await rankByVector(dependencies, namespace, request, condition)
    : await rankByListing(dependencies, namespace, request, condition);
  const shown = ranked.hits.slice(0, request.limit);
  const cursor = keepRanking(dependencies.cursors, namespace, ranked, shown);
  const counts = await dependencies.statistics.contents(namespace);
  return {
    hits: await toHits(dependencies, namespace, shown, ranked.index),
    total: ranked.total,
    ...(cursor === undefined ? {} : { cursor }),
    indexed: coverage(counts, ranked.index === undefined ? counts.contents : ranked.plan.rows),
    notes: [...ranked.notes],
    ...(request.explain ? { plan: ranked.plan } : {}),
  };
}

async function readCondition(
  { gateCondition }: SearchDependencies,
  namespace: string,
  request: SearchRequest,
): Promise<SqlCondition | undefined> {
  const { filter } = request;
  if (request.where === undefined && request.labels.length === 0 && filter.length === 0) return undefined;
  const labels = request.labels.map((label) => {
    const at = label.indexOf('=');
    if (at < 1) throw new InvalidInputError(`Cannot filter by label "${label}": write key=value`);
    return { key: label.slice(0, at), value: label.slice(at + 1) };
  });
  const where = request.where === undefined ? undefined : await gateCondition(namespace, request.where);
  return { labels, filter, ...(where === undefined ? {} : { where }) };
}

async function rankByVector(
  dependencies: SearchDependencies,
  namespace: string,
  request: SearchRequest,
  condition: SqlCondition | undefined,
): Promise<Ranked> {
  const { statistics } = dependencies;
  const timings: Record<string, number> = {};
  const { index, note } = chooseIndex(await dependencies.indexes(namespace), request.index);
  // The encoder works in a process of its own: the database counts meanwhile.
  const [vector, { rows, hnsw }, filteredRows, counts] = await Promise.all([
    timed(timings, 'encodeMs', () => queryVector(dependencies, namespace, request, index)),
    statistics.index(namespace, index),
    condition === undefined ? undefined : timed(timings, 'countMs', () => statistics.matching(namespace, condition)),
    statistics.contents(namespace),
  ]);
  const itself = request.like?.contentId;
  const total = (filteredRows ?? counts.contents) - (await countItself(dependencies, namespace, itself, condition));
  const rank = async (limit: number): Promise<{ hits: RankedHit[]; path: SearchPath }> => {
    const path = chooseSearchPath({ rows, hasHnsw: hnsw, filteredRows, limit });
    const hits = await nearestContents(dependencies, namespace, index, vector, {
      limit,
      path,
      condition,
      without: itself,
    });
    return { hits, path };
  };
  const { hits, path } = await timed(timings, 'searchMs', () => rank(request.limit + 1));
  return {
    hits,
    total,
    index,
    notes: note === undefined ? [] : [note],
    plan: { index: index.name, ...path, rows, filteredRows: filteredRows ?? null, timings },
    rest: hits.length > request.limit ? async () => (await rank(MAX_RANKED)).hits : undefined,
  };
}

/** 1 where the content that others are to be like is among those that pass: it is no hit. */
async function countItself(
  { database }: SearchDependencies,
  namespace: string,
  contentId: string | undefined,
  condition: SqlCondition | undefined,
): Promise<number> {
  if (contentId === undefined) return 0;
  return condition === undefined ? 1 : countMatching(database, namespace, { ...condition, contentId }, 1);
}

interface NearestOptions {
  /** Contents wanted. */
  readonly limit: number;
  readonly path: SearchPath;
  readonly condition: SqlCondition | undefined;
  /** A content that is not its own neighbour. */
  readonly without: string | undefined;
}

/** The nearest contents with their best rows, nearest first, ties by id. */
async function nearestContents(
  { database }: SearchDependencies,
  namespace: string,
  index: SearchIndex,
  vector: Float32Array,
  { limit, path, condition, without }: NearestOptions,
): Promise<RankedHit[]> {
  const rows = Math.min(MAX_RANKED, limit + (without === undefined ? 0 : 1));
  const found = await nearest(database, namespace, index, vector, { ...path, limit: rows, condition });
  return found
    .filter(({ contentId }) => contentId !== without)
    .slice(0, limit)
    .map(({ contentId, ord, distance }) => ({
      contentId,
      ord: index.ofRegions ? ord : null,
      similarity: 1 - distance,
    }));
}

async function rankByListing(
  dependencies: SearchDependencies,
  namespace: string,
  request: SearchRequest,
  condition: SqlCondition | undefined,
): Promise<Ranked> {
  const { database, statistics } = dependencies;
  const timings: Record<string, number> = {};
  const list = async (limit: number): Promise<RankedHit[]> =>
    (await matchingContents(database, namespace, condition ?? { labels: [] }, { limit, offset: 0 })).map(
      (contentId) => ({ contentId, ord: null, similarity: null }),
    );
  const hits = await timed(timings, 'searchMs', () => list(request.limit + 1));
  const total =
    hits.length <= request.limit ? hits.length : await statistics.matching(namespace, condition ?? { labels: [] });
  const { contents } = await statistics.contents(namespace);
  return {
    hits,
    total,
    index: undefined,
    notes: [],
    plan: { index: null, path: 'listing', efSearch: null, rows: contents, filteredRows: total, timings },
    rest: hits.length > request.limit ? () => list(MAX_RANKED) : undefined,
  };
}

/** How much of what can be indexed is: contents that failed for good are not waited for. */
function coverage(
  counts: { readonly contents: number; readonly failedContents: number },
  rows: number,
): SearchResponse['indexed'] {
  const total = counts.contents - counts.failedContents;
  return { done: Math.min(rows, total), total };
}

/** Keeps what later pages need, where there are any. */
function keepRanking(
  cursors: CursorStore,
  namespace: string,
  ranked: Ranked,
  shown: readonly RankedHit[],
): string | undefined {
  if (ranked.rest === undefined) return undefined;
  const ranking: Ranking = {
    namespace,
    hits: shown,
    rest: ranked.rest,
    total: ranked.total,
    index: ranked.index,
    coverage: ranked.plan.rows,
  };
  return cursors.keep(ranking, shown.length);
}

async function nextPage(
  dependencies: SearchDependencies,
  namespace: string,
  request: SearchRequest,
): Promise<SearchResponse> {
  const { key, ranking, offset } = dependencies.cursors.resolve(request.cursor ?? '', namespace);
  const hits = await dependencies.cursors.complete(key);
  const page = hits.slice(offset, offset + request.limit);
  const end = offset + page.length;
  const counts = await dependencies.statistics.contents(namespace);
  return {
    hits: await toHits(dependencies, namespace, page, ranking.index),
    total: ranking.total,
    ...(end < hits.length ? { cursor: dependencies.cursors.at(key, end) } : {}),
    indexed: coverage(counts, ranking.coverage),
    notes: end === MAX_RANKED ? [`Ranked ${MAX_RANKED} hits, which is the most; narrow the search to see others`] : [],
  };
}

/** Second statement: what hits show (S12). A content deleted since it was ranked is left out. */
async function toHits(
  { database }: SearchDependencies,
  namespace: string,
  ranked: readonly RankedHit[],
  index: SearchIndex | undefined,
): Promise<Hit[]> {
  const facts = new Map(
    (await hydrate(database, namespace, ranked, index)).map((fields) => [fields.contentId, fields]),
  );
  return ranked.flatMap(({ contentId, similarity }) => {
    const fields = facts.get(contentId);
    return fields === undefined ? [] : [{ ...fields, similarity }];
  });
}

async function timed<T>(timings: Record<string, number>, name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  timings[name] = Math.round((performance.now() - start) * 100) / 100;
  return value;
}
