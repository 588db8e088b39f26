/**
 * What plots show of many rankings: recall by depth, and where the first relevant picture stood.
 *
 * @module
 */
import type { Relevance } from './metrics.ts';

export interface JudgedRanking {
  readonly ranking: readonly string[];
  readonly relevance: Relevance;
}

/** Mean recall@k of k = 1 … `limit`, at place k − 1. @throws RangeError for no rankings. */
export function recallCurve(rankings: readonly JudgedRanking[], limit: number): number[] {
  if (rankings.length === 0) throw new RangeError('There is no curve of no rankings');
  const gained = new Float64Array(limit);
  for (const { ranking, relevance } of rankings) {
    const relevant = [...relevance.values()].filter((grade) => grade > 0).length;
    for (const [index, contentId] of ranking.slice(0, limit).entries())
      if ((relevance.get(contentId) ?? 0) > 0) gained[index] = (gained[index] ?? 0) + 1 / relevant;
  }
  let sum = 0;
  return Array.from(gained, (gain) => (sum += gain / rankings.length));
}

/** Ranks from `first` to `last`; `last` is null for those that found nothing. */
export interface RankBucket {
  readonly first: number;
  readonly last: number | null;
}

/** Rank 1, 2–5, 6–10, 11–20, 21–50, … as far as `limit` goes, and what was not found. */
export function rankBuckets(limit: number): RankBucket[] {
  const ends = [1, 5, 10, 20, 50, 100, 200, 500].filter((end) => end < limit);
  const closed = [...ends, limit].map((last, place, all) => ({ first: (all[place - 1] ?? 0) + 1, last }));
  return [...closed, { first: limit + 1, last: null }];
}

/** How many ranks lie in each bucket; null is a rank that is not known. */
export function countRanks(ranks: readonly (number | null)[], buckets: readonly RankBucket[]): number[] {
  return buckets.map(
    ({ first, last }) =>
      ranks.filter((rank) => (last === null ? rank === null : rank !== null && rank >= first && rank <= last)).length,
  );
}
