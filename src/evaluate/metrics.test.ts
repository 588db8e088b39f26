import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { firstRelevantRank, medianRank, type Metric, ndcgAt, quantile, recallAt, scoreRanking } from './metrics.ts';

interface ParityCase {
  readonly relevance: Readonly<Record<string, number>>;
  readonly ranking: readonly string[];
  readonly values: Readonly<Record<Metric, number>>;
}

/** Written by `scripts/trec-eval-parity.mjs`. */
const parity = JSON.parse(
  readFileSync(new URL('fixtures/trec-eval.json', import.meta.url), 'utf8'),
) as readonly ParityCase[];

function relevance(grades: Readonly<Record<string, number>>): Map<string, number> {
  return new Map(Object.entries(grades));
}

test('scoreRanking() says what trec_eval says', () => {
  expect(parity).toHaveLength(60);
  for (const { relevance: grades, ranking, values } of parity) {
    const scores = scoreRanking(ranking, relevance(grades)).values;
    // trec_eval prints four digits.
    for (const [metric, value] of Object.entries(values))
      expect(scores[metric as Metric], `${metric} of ${ranking.join()}`).toBeCloseTo(value, 4);
  }
});

describe('by hand', () => {
  test('recallAt() is the share of the relevant ones', () => {
    const two = relevance({ b: 1, d: 2, z: 0 });
    expect([1, 2, 3, 4, 9].map((k) => recallAt(['a', 'b', 'c', 'd'], two, k))).toEqual([0, 0.5, 0.5, 1, 1]);
  });

  test('ndcgAt() rewards the higher grade first', () => {
    const graded = relevance({ a: 1, b: 2 });
    expect(ndcgAt(['b', 'a'], graded, 10)).toBe(1);
    expect(ndcgAt(['a', 'b'], graded, 10)).toBeCloseTo((1 + 2 / Math.log2(3)) / (2 + 1 / Math.log2(3)), 12);
  });

  test('a ranking without anything relevant has no rank and no value', () => {
    expect(scoreRanking(['a', 'n'], relevance({ b: 1, n: -1 }))).toEqual({
      values: { 'recall@1': 0, 'recall@5': 0, 'recall@10': 0, 'nDCG@10': 0, MRR: 0 },
      rank: null,
    });
    expect(firstRelevantRank(['a', 'n', 'b'], relevance({ b: 1, n: -1 }))).toBe(3);
  });

  test('a query to which nothing is relevant can not be scored', () => {
    expect(() => scoreRanking(['a'], relevance({ a: 0 }))).toThrow(RangeError);
  });

  test('medianRank() counts what was not ranked as far back', () => {
    expect(medianRank([3, 1, null])).toBe(3);
    expect(medianRank([3, 1, 2, null])).toBe(2.5);
    expect(medianRank([1, null, null])).toBeNull();
    expect(medianRank([1, null])).toBeNull();
    expect(medianRank([])).toBeNull();
  });

  test('quantile() is linear between two values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5, 12);
    expect(quantile([7], 0.95)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
