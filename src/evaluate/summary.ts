/**
 * Scores of single queries become those of a configuration, and differences between two.
 *
 * @module
 */
import type { Difference, Interval } from './intervals.ts';
import { bootstrapMean, comparePaired } from './intervals.ts';
import type { Metric, RankingScores } from './metrics.ts';
import { medianRank, METRICS, quantile } from './metrics.ts';

/** One query's scores and how long they took. */
export interface ScoredRun extends RankingScores {
  readonly latencyMs: number;
  readonly error?: string;
}

export interface Summary {
  readonly queries: number;
  /** Queries whose search failed: they count as having found nothing. */
  readonly failed: number;
  readonly metrics: Readonly<Record<Metric, Interval>>;
  /** Null where it lies behind the last hit that was asked for. */
  readonly medianRank: number | null;
  readonly latencyMs: { readonly p50: number; readonly p95: number };
}

/** How much better `name` is than `than`, query by query; above 0 is better. */
export interface Comparison {
  readonly name: string;
  readonly than: string;
  readonly metrics: Readonly<Record<Metric, Difference>>;
}

/** @param groups Of each run, see `intervals.ts`. */
export function summarize(runs: readonly ScoredRun[], groups: readonly string[], seed: number): Summary {
  const latencies = runs.map(({ latencyMs }) => latencyMs);
  return {
    queries: runs.length,
    failed: runs.filter(({ error }) => error !== undefined).length,
    metrics: byMetric((metric) => bootstrapMean(valuesOf(runs, metric), { groups, seed })),
    medianRank: medianRank(runs.map(({ rank }) => rank)),
    latencyMs: { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) },
  };
}

/** Each with each that stands before it. */
export function compareAll(
  configurations: readonly { readonly name: string; readonly runs: readonly ScoredRun[] }[],
  groups: readonly string[],
  seed: number,
): Comparison[] {
  return configurations.flatMap((later, place) =>
    configurations.slice(0, place).map((earlier) => ({
      name: later.name,
      than: earlier.name,
      metrics: byMetric((metric) =>
        comparePaired(valuesOf(earlier.runs, metric), valuesOf(later.runs, metric), { groups, seed }),
      ),
    })),
  );
}

function valuesOf(runs: readonly ScoredRun[], metric: Metric): number[] {
  return runs.map(({ values }) => values[metric]);
}

function byMetric<T>(of: (metric: Metric) => T): Record<Metric, T> {
  return Object.fromEntries(METRICS.map((metric) => [metric, of(metric)])) as Record<Metric, T>;
}
