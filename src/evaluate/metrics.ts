/**
 * How good one ranking is, held against what is relevant. Rank counts from 1, n is the number of relevant contents, g(d) a
 * content's grade:
 *
 *     recall@k = relevant contents among the first k / n         (with one relevant content: the hit rate)
 *     MRR      = mean of 1 / rank of the first relevant content  (0 where none was ranked)
 *     DCG@k    = Σ over the first k  g(d) / log2(rank + 1)
 *     nDCG@k   = DCG@k / DCG@k of the best possible ranking
 *
 * Reciprocal rank: Voorhees, "The TREC-8 Question Answering Track Report", 1999. nDCG: Järvelin and Kekäläinen, "Cumulated
 * gain-based evaluation of IR techniques", TOIS 2002, with the discount of Burges et al., ICML 2005, and linear gain. All are
 * those of `trec_eval` (`recall`, `recip_rank`, `ndcg_cut`), against which they are tested.
 *
 * @module
 */

/** Grades of the contents that were judged for a query. Relevant are those above 0; what is not in it counts as not relevant. */
export type Relevance = ReadonlyMap<string, number>;

export const METRICS = ['recall@1', 'recall@5', 'recall@10', 'nDCG@10', 'MRR'] as const;
/** Each is in [0, 1], larger is better. */
export type Metric = (typeof METRICS)[number];

/** What one ranking reached. */
export interface RankingScores {
  readonly values: Readonly<Record<Metric, number>>;
  /** Of the first relevant content, from 1; null where none was ranked. */
  readonly rank: number | null;
}

/**
 * @param ranking Distinct content ids, best first.
 * @throws RangeError where no content is relevant: no ranking is better than another then.
 */
export function scoreRanking(ranking: readonly string[], relevance: Relevance): RankingScores {
  const rank = firstRelevantRank(ranking, relevance);
  return {
    values: {
      'recall@1': recallAt(ranking, relevance, 1),
      'recall@5': recallAt(ranking, relevance, 5),
      'recall@10': recallAt(ranking, relevance, 10),
      'nDCG@10': ndcgAt(ranking, relevance, 10),
      MRR: rank === null ? 0 : 1 / rank,
    },
    rank,
  };
}

/** Share of the relevant contents that are among the first `k`. @throws RangeError where no content is relevant. */
export function recallAt(ranking: readonly string[], relevance: Relevance, k: number): number {
  const found = ranking.slice(0, k).filter((contentId) => gradeOf(relevance, contentId) > 0).length;
  return found / relevantGrades(relevance).length;
}

/** Normalised discounted cumulative gain of the first `k`. @throws RangeError where no content is relevant. */
export function ndcgAt(ranking: readonly string[], relevance: Relevance, k: number): number {
  const best = relevantGrades(relevance).toSorted((a, b) => b - a);
  const reached = ranking.map((contentId) => gradeOf(relevance, contentId));
  return dcgAt(reached, k) / dcgAt(best, k);
}

/** Rank of the first relevant content, from 1; null where none was ranked. */
export function firstRelevantRank(ranking: readonly string[], relevance: Relevance): number | null {
  const index = ranking.findIndex((contentId) => gradeOf(relevance, contentId) > 0);
  return index === -1 ? null : index + 1;
}

/**
 * The median of ranks, where null stands for "further back than was ranked": so it is the true median, and null where
 * that itself lies further back. The mean of the two in the middle for an even number.
 */
export function medianRank(ranks: readonly (number | null)[]): number | null {
  const sorted = ranks.map((rank) => rank ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
  return Number.isFinite(upper) ? (lower + upper) / 2 : null;
}

/**
 * The q-quantile (0 … 1) of some numbers, linear between the two nearest (type 7 of Hyndman and Fan, 1996).
 *
 * @returns NaN of no numbers.
 */
export function quantile(values: readonly number[] | Float64Array, q: number): number {
  const sorted = Float64Array.from(values).toSorted();
  const place = (sorted.length - 1) * q;
  const lower = sorted[Math.floor(place)] ?? Number.NaN;
  const upper = sorted[Math.ceil(place)] ?? Number.NaN;
  return lower + (upper - lower) * (place - Math.floor(place));
}

function gradeOf(relevance: Relevance, contentId: string): number {
  return Math.max(0, relevance.get(contentId) ?? 0);
}

function relevantGrades(relevance: Relevance): number[] {
  const grades = [...relevance.values()].filter((grade) => grade > 0);
  if (grades.length === 0) throw new RangeError('No content is relevant');
  return grades;
}

function dcgAt(grades: readonly number[], k: number): number {
  return grades.slice(0, k).reduce((sum, grade, index) => sum + grade / Math.log2(index + 2), 0);
}
