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
export { type ConfiguredRequest, type Configuration, configurationsOf } from './configurations.ts';
export {
  type ConfigurationResult,
  evaluate,
  type EvaluateOptions,
  type Evaluation,
  type QueryRun,
} from './evaluate.ts';
export { type JudgedReference, parseQueries, type QuerySpec } from './query-specs.ts';
export { evaluationReport } from './report.ts';
export { type EvaluationQuery, type ResolvedQueries, type ResolveOptions, resolveQueries } from './resolve.ts';
export type { Comparison, ScoredRun, Summary } from './summary.ts';
export { evaluationCsv, type EvaluationFigures, figuresOf, type NamedFile, trecFiles } from './tables.ts';
export { parseTrec, trecQrels, type TrecQueries, trecRun } from './trec.ts';
