/**
 * Runs queries under several configurations and says how good the rankings are, how sure that is, and how long they took.
 *
 * The configurations take turns on each query, and in going first: whoever comes second finds caches warm, so each does as often.
 *
 * @module
 */
import type { FoveaClient } from '../client/index.ts';
import { FoveaError, InvalidInputError, UnavailableError } from '../contract/index.ts';
import type { Configuration } from './configurations.ts';
import type { RankingScores } from './metrics.ts';
import { scoreRanking } from './metrics.ts';
import type { EvaluationQuery } from './resolve.ts';
import type { Comparison, Summary } from './summary.ts';
import { compareAll, summarize } from './summary.ts';

export interface EvaluateOptions {
  readonly queries: readonly EvaluationQuery[];
  /** Names distinct; one at least. */
  readonly configurations: readonly Configuration[];
  /** Hits asked for, 1 to 1,000; 100 unless told. A relevant picture further back counts as not found. */
  readonly limit?: number | undefined;
  /** Of the intervals; the same seed, the same intervals. */
  readonly seed?: number | undefined;
  /** Told after each search. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one query got under one configuration. */
export interface QueryRun extends RankingScores {
  /** Content ids, best first. */
  readonly ranking: readonly string[];
  /** Milliseconds from asking to having the hits. */
  readonly latencyMs: number;
  /** Why the search failed; such a query counts as one that found nothing. */
  readonly error?: string;
}

export interface ConfigurationResult {
  readonly name: string;
  readonly request: Configuration['request'];
  readonly summary: Summary;
  /** By language, where queries have any. */
  readonly languages: Readonly<Record<string, Summary>>;
  /** In the order of the queries. */
  readonly runs: readonly QueryRun[];
}

export interface Evaluation {
  readonly namespace: string;
  /** Contents that passed the conditions of the first search. */
  readonly contents: number;
  readonly limit: number;
  readonly seed: number;
  /** When it began: ISO 8601. */
  readonly measuredAt: string;
  readonly queries: readonly EvaluationQuery[];
  readonly configurations: readonly ConfigurationResult[];
  /** Each configuration with each that stands before it. */
  readonly comparisons: readonly Comparison[];
}

/** So many searches that fail one after the other end an evaluation. */
const MOST_FAILURES = 20;

/**
 * @throws InvalidInputError for no queries or configurations; what a search throws, where it is the first of its configuration;
 * UnavailableError where many fail one after the other.
 */
export async function evaluate(client: FoveaClient, options: EvaluateOptions): Promise<Evaluation> {
  const { queries, configurations, limit = 100, seed = 1 } = options;
  const measuredAt = new Date().toISOString();
  const contents = await warmUp(client, options, limit);
  const runs = await runAll(client, options, limit);
  const groups = queries.map(groupOf);
  const results = configurations.map(({ name, request }, place) => {
    const own = runs[place] ?? [];
    return { name, request, ...summaries(queries, own, groups, seed), runs: own };
  });
  return {
    namespace: client.namespace,
    contents,
    limit,
    seed,
    measuredAt,
    queries,
    configurations: results,
    comparisons: compareAll(results, groups, seed),
  };
}

/** A search of each configuration that is not timed: it starts the query encoder, and shows what is wrong before an hour has gone. */
async function warmUp(
  client: FoveaClient,
  { queries, configurations, signal }: EvaluateOptions,
  limit: number,
): Promise<number> {
  const [query] = queries;
  if (query === undefined || configurations.length === 0)
    throw new InvalidInputError('Cannot evaluate: there must be a query and a configuration at least');
  if (new Set(configurations.map(({ name }) => name)).size < configurations.length)
    throw new InvalidInputError('Cannot evaluate: two configurations have the same name');
  let contents = 0;
  for (const { request } of configurations) {
    const { total } = await client.search({ ...request, query: query.text, limit, signal });
    contents ||= total;
  }
  return contents;
}

async function runAll(client: FoveaClient, options: EvaluateOptions, limit: number): Promise<QueryRun[][]> {
  const { queries, configurations, onProgress, signal } = options;
  const runs = configurations.map((): QueryRun[] => []);
  // One string for each content instead of one for each hit.
  const ids = new Map<string, string>();
  let failures = 0;
  for (const [index, query] of queries.entries()) {
    for (let turn = 0; turn < configurations.length; turn++) {
      signal?.throwIfAborted();
      const place = (index + turn) % configurations.length;
      const run = await runOne(client, query, configurations[place], { limit, ids, signal });
      runs[place]?.push(run);
      failures = run.error === undefined ? 0 : failures + 1;
      if (failures >= MOST_FAILURES)
        throw new UnavailableError(
          `Cannot evaluate: ${failures} searches failed one after the other, the last with: ${run.error}`,
        );
      onProgress?.(index * configurations.length + turn + 1, queries.length * configurations.length);
    }
  }
  return runs;
}

async function runOne(
  client: FoveaClient,
  { text, relevance }: EvaluationQuery,
  configuration: Configuration | undefined,
  { limit, ids, signal }: { limit: number; ids: Map<string, string>; signal: AbortSignal | undefined },
): Promise<QueryRun> {
  const start = performance.now();
  try {
    const { hits } = await client.search({ ...configuration?.request, query: text, limit, signal });
    const latencyMs = performance.now() - start;
    const ranking = hits.map(({ contentId }) => {
      const known = ids.get(contentId) ?? contentId;
      ids.set(known, known);
      return known;
    });
    return { ranking, ...scoreRanking(ranking, relevance), latencyMs };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    const latencyMs = performance.now() - start;
    return { ranking: [], ...scoreRanking([], relevance), latencyMs, error: error.message };
  }
}

/** Queries that ask for the same pictures succeed or fail together. */
function groupOf({ relevance }: EvaluationQuery): string {
  return [...relevance]
    .filter(([, grade]) => grade > 0)
    .map(([contentId]) => contentId)
    .toSorted()
    .join();
}

function summaries(
  queries: readonly EvaluationQuery[],
  runs: readonly QueryRun[],
  groups: readonly string[],
  seed: number,
): Pick<ConfigurationResult, 'summary' | 'languages'> {
  const named = [...new Set(queries.flatMap(({ language }) => (language === null ? [] : [language])))].toSorted();
  const part = (keep: (query: EvaluationQuery) => boolean): Summary => {
    const places = queries.flatMap((query, index) => (keep(query) ? [index] : []));
    const pick = <T>(values: readonly T[]): T[] => places.flatMap((index) => values.slice(index, index + 1));
    return summarize(pick(runs), pick(groups), seed);
  };
  return {
    summary: summarize(runs, groups, seed),
    languages: Object.fromEntries(named.map((language) => [language, part((query) => query.language === language)])),
  };
}
