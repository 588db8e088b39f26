/**
 * One search: request → legs → one ranking → page → hits that explain themselves.
 *
 * @module
 */
import type { LegPlan, SearchPlan, SearchRequest, SearchResponse } from '../contract/index.ts';
import { InvalidInputError } from '../contract/index.ts';
import type { Database, SqlCondition, TextCondition, TextIndex } from '../store/index.ts';
import {
  conditionColumns,
  conditionRows,
  countMatching,
  getContent,
  listTables,
  matchingContents,
  textConditions,
} from '../store/index.ts';
import { checkRequest } from './check-request.ts';
import type { SearchIndex } from './choose-index.ts';
import { chooseLegs, FUSION_DEFAULTS } from './choose-legs.ts';
import type { CursorStore } from './cursor.ts';
import { MAX_RANKED } from './cursor.ts';
import { toHits } from './explain.ts';
import type { HitDependencies } from './explain.ts';
import { timed } from './leg.ts';
import { asksForVector } from './query-vector.ts';
import type { VectorDependencies } from './query-vector.ts';
import { rankLegs } from './rank-legs.ts';
import type { Explained, RankedHit } from './ranked-hit.ts';
import type { RegionLookout } from './regions.ts';
import { regionLookouts } from './regions.ts';
import type { Statistics } from './statistics.ts';
import { textLeg } from './text-leg.ts';
import { vectorLeg } from './vector-leg.ts';

export interface SearchDependencies extends VectorDependencies, HitDependencies {
  readonly cursors: CursorStore;
  readonly statistics: Statistics;
  readonly indexes: (namespace: string) => Promise<readonly SearchIndex[]>;
  /** Columns of texts that are searched by words. */
  readonly texts: (namespace: string) => Promise<readonly TextIndex[]>;
  /** Lets a user's SQL condition through the door, or throws `SqlError`. */
  readonly gateCondition: (namespace: string, where: string) => Promise<string>;
}

/** A search whose first page is known, and how to rank the rest. */
interface Ranked {
  readonly hits: readonly RankedHit[];
  readonly total: number;
  readonly plan: SearchPlan;
  readonly notes: readonly string[];
  readonly lookouts: readonly RegionLookout[];
  /** Ranks up to `MAX_RANKED`; undefined when `hits` are all there are. */
  readonly rest: (() => Promise<readonly RankedHit[]>) | undefined;
}

/** Answers a request; hits by score, ties by content id. An empty list is an answer. */
export async function search(
  dependencies: SearchDependencies,
  namespace: string,
  asked: SearchRequest,
): Promise<SearchResponse> {
  if (asked.cursor !== undefined) return nextPage(dependencies, namespace, asked);
  const request = checkRequest(asked);
  const condition = await readCondition(dependencies, namespace, request);
  if (!asksForVector(request) && condition === undefined) {
    throw new InvalidInputError(
      'Cannot search for nothing: give words, a picture, a content to be like, a label, a condition, or words that texts must or must not have',
    );
  }
  const ranked = asksForVector(request)
    ? await rankByLegs(dependencies, namespace, request, condition)
    : await rankByListing(dependencies, namespace, request, condition);
  const { statistics } = dependencies;
  const shown = ranked.hits.slice(0, request.limit);
  const counts = await statistics.contents(namespace);
  const rows = indexedRows(ranked.plan.legs) ?? counts.contents;
  const explained = request.explain ? await explainedOf(dependencies, namespace, request, condition) : undefined;
  const { rest, total, lookouts } = ranked;
  const cursor =
    rest === undefined
      ? undefined
      : dependencies.cursors.keep(
          { namespace, hits: shown, rest, total, coverage: rows, explained, lookouts },
          shown.length,
        );
  return {
    hits: await toHits(dependencies, namespace, shown, { explained, lookouts }),
    total,
    ...(cursor === undefined ? {} : { cursor }),
    indexed: coverage(counts, rows),
    notes: [...ranked.notes],
    ...(request.explain ? { plan: ranked.plan } : {}),
  };
}

async function readCondition(
  { database, gateCondition, texts }: SearchDependencies,
  namespace: string,
  request: SearchRequest,
): Promise<SqlCondition | undefined> {
  const { filter, has, not } = request;
  const isOpen = request.labels.length + filter.length + has.length + not.length === 0;
  if (request.where === undefined && isOpen) return undefined;
  const labels = request.labels.map((label) => {
    const at = label.indexOf('=');
    if (at < 1) throw new InvalidInputError(`Cannot filter by label "${label}": write key=value`);
    return { key: label.slice(0, at), value: label.slice(at + 1) };
  });
  const where = request.where === undefined ? undefined : await gateCondition(namespace, request.where);
  const conditions = async (words: readonly string[]): Promise<TextCondition[] | undefined> =>
    words.length === 0 ? undefined : textConditions(database, namespace, await texts(namespace), words);
  const [withText, withoutText] = [await conditions(has), await conditions(not)];
  return {
    labels,
    filter,
    ...(where === undefined ? {} : { where }),
    ...(withText && { withText }),
    ...(withoutText && { withoutText }),
  };
}

async function rankByLegs(
  dependencies: SearchDependencies,
  namespace: string,
  request: SearchRequest,
  condition: SqlCondition | undefined,
): Promise<Ranked> {
  const { database, statistics } = dependencies;
  const chosen = chooseLegs(request, await dependencies.indexes(namespace), await dependencies.texts(namespace));
  const without = await rootOf(database, namespace, request.like?.contentId);
  const filteredRows = condition === undefined ? undefined : statistics.matching(namespace, condition);
  const scope = { namespace, condition, filteredRows, without };
  const legs = chosen.vectors.map((weighted) => vectorLeg(dependencies, request, weighted, scope));
  if (chosen.text !== undefined) legs.push(textLeg(database, request.query ?? '', chosen.text, scope));
  const { k = FUSION_DEFAULTS.k, depth = FUSION_DEFAULTS.depth } = request.fusion ?? {};
  const { limit, explain } = request;
  const [ranked, passing, itself] = await Promise.all([
    rankLegs(legs, { k, depth, limit, explain }),
    filteredRows ?? statistics.contents(namespace).then(({ contents }) => contents),
    countItself(dependencies, namespace, without, condition),
  ]);
  const { hits, rest, isFused } = ranked;
  const notes = [...chosen.notes, ...legs.flatMap((leg) => leg.notes)];
  const plan = { legs: [...ranked.legs], fusion: isFused ? { k, depth } : null };
  const lookouts = request.regions ? await regionLookouts(legs) : [];
  return { hits, rest, total: passing - itself, notes, plan, lookouts };
}

/** What was added: of a frame its video. */
async function rootOf(
  database: Database,
  namespace: string,
  contentId: string | undefined,
): Promise<string | undefined> {
  if (contentId === undefined) return undefined;
  return (await getContent(database, namespace, contentId))?.rootId ?? contentId;
}

/** 1 where the content that others are to be like is among those that pass: it is no hit. */
async function countItself(
  { database }: SearchDependencies,
  namespace: string,
  rootId: string | undefined,
  condition: SqlCondition | undefined,
): Promise<number> {
  if (rootId === undefined) return 0;
  return condition === undefined ? 1 : countMatching(database, namespace, { ...condition, rootId }, 1);
}

async function rankByListing(
  dependencies: SearchDependencies,
  namespace: string,
  { limit }: SearchRequest,
  condition: SqlCondition | undefined,
): Promise<Ranked> {
  const { database, statistics } = dependencies;
  const timings: Record<string, number> = {};
  const list = async (count: number): Promise<RankedHit[]> =>
    (await matchingContents(database, namespace, condition ?? { labels: [] }, { limit: count, offset: 0 })).map(
      ({ contentId, moments }) => ({
        contentId,
        moments: moments?.map((id) => ({ contentId: id, score: null })),
        score: null,
        similarity: null,
        ord: null,
        rowsOf: undefined,
        evidence: undefined,
      }),
    );
  const hits = await timed(timings, 'searchMs', () => list(limit + 1));
  const total = hits.length <= limit ? hits.length : await statistics.matching(namespace, condition ?? { labels: [] });
  const { contents } = await statistics.contents(namespace);
  const leg: LegPlan = {
    leg: 'listing',
    indexes: [],
    path: 'listing',
    reason: 'nothing but conditions was asked for: what passes, newest first',
    efSearch: null,
    rows: contents,
    filteredRows: total,
    weight: 1,
    found: hits.length,
    timings,
  };
  return {
    hits,
    total,
    notes: [],
    lookouts: [],
    plan: { legs: [leg], fusion: null },
    rest: hits.length > limit ? () => list(MAX_RANKED) : undefined,
  };
}

async function explainedOf(
  { database }: SearchDependencies,
  namespace: string,
  { labels, filter, where }: SearchRequest,
  condition: SqlCondition | undefined,
): Promise<Explained> {
  const keys = [...labels.map((label) => label.slice(0, label.indexOf('='))), ...filter.map(({ key }) => key)];
  const gated = condition?.where;
  return {
    labels: keys,
    columns: where === undefined ? [] : await conditionColumns(where),
    condition: { where: gated },
    parts: gated === undefined ? [] : await conditionRows(gated, await listTables(database, namespace)),
  };
}

/** Rows of the vector index that has least; undefined where none was asked. */
function indexedRows(legs: readonly LegPlan[]): number | undefined {
  const rows = legs.flatMap((leg) => (leg.leg === 'vector' && leg.rows !== null ? [leg.rows] : []));
  return rows.length === 0 ? undefined : Math.min(...rows);
}

/**
 * How much of what will be indexed is: only contents with open tasks are waited for. Those that failed for good will not
 * come, nor those that the index's policy doesn't take, e.g. videos.
 */
function coverage(
  { contents, failedContents, indexedContents }: Awaited<ReturnType<Statistics['contents']>>,
  rows: number,
): SearchResponse['indexed'] {
  const open = contents - indexedContents;
  const total = Math.min(contents - failedContents, rows + open);
  return { done: Math.min(rows, total), total };
}

async function nextPage(
  dependencies: SearchDependencies,
  namespace: string,
  request: SearchRequest,
): Promise<SearchResponse> {
  const { statistics, cursors } = dependencies;
  const { key, ranking, offset } = cursors.resolve(request.cursor ?? '', namespace);
  const hits = await cursors.complete(key);
  const page = hits.slice(offset, offset + request.limit);
  const end = offset + page.length;
  const counts = await statistics.contents(namespace);
  return {
    hits: await toHits(dependencies, namespace, page, ranking),
    total: ranking.total,
    ...(end < hits.length ? { cursor: cursors.at(key, end) } : {}),
    indexed: coverage(counts, ranking.coverage),
    notes: end === MAX_RANKED ? [`Ranked ${MAX_RANKED} hits, which is the most; narrow the search to see others`] : [],
  };
}
