/**
 * `fovea/evaluate`: how good the searches of a library are.
 *
 * @module
 */
export {
  firstRelevantRank,
  medianRank,
  type Metric,
  METRICS,
  ndcgAt,
  quantile,
  type RankingScores,
  recallAt,
  type Relevance,
  scoreRanking,
} from './metrics.ts';
export { bootstrapMean, comparePaired, type Difference, type Interval, type IntervalOptions } from './intervals.ts';
