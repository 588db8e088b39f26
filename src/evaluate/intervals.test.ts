import { expect, test } from 'vitest';
import { bootstrapMean, comparePaired } from './intervals.ts';
import { randomSource } from './random.ts';

/** 0 or 1 by chance. */
function coins(count: number, share: number, seed: number): number[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => (random() < share * 2 ** 32 ? 1 : 0));
}

test('randomSource() is xoshiro128**, filled by splitmix32', () => {
  const random = randomSource(1);
  // By the authors' C.
  expect(Array.from({ length: 5 }, random)).toEqual([393288148, 2174103013, 3814759091, 2092745082, 1865176206]);
});

test('bootstrapMean() finds the interval that the normal distribution says of a mean of many', () => {
  const values = coins(1000, 0.3, 7);
  const { mean, low, high } = bootstrapMean(values);
  const half = 1.96 * Math.sqrt((mean * (1 - mean)) / values.length);
  expect(mean).toBeCloseTo(values.filter((value) => value === 1).length / 1000, 12);
  expect(mean - low).toBeCloseTo(half, 2);
  expect(high - mean).toBeCloseTo(half, 2);
});

test('bootstrapMean() covers the truth in about 95 of 100 cases', () => {
  let covered = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const { low, high } = bootstrapMean(coins(200, 0.4, seed), { resamples: 400, seed });
    if (low <= 0.4 && high >= 0.4) covered += 1;
  }
  expect(covered).toBeGreaterThanOrEqual(180);
  expect(covered).toBeLessThanOrEqual(199);
});

test('bootstrapMean() draws groups whole: four copies of each value say no more than one', () => {
  const values = coins(300, 0.5, 3);
  const copies = values.flatMap((value) => [value, value, value, value]);
  const groups = copies.map((_, index) => `photo ${Math.floor(index / 4)}`);
  expect(bootstrapMean(copies, { groups })).toEqual(bootstrapMean(values));
  const narrow = bootstrapMean(copies);
  const wide = bootstrapMean(copies, { groups });
  expect((wide.high - wide.low) / (narrow.high - narrow.low)).toBeCloseTo(2, 0);
});

test('the same seed gives the same interval, another one another', () => {
  const values = coins(100, 0.5, 3).map((value, index) => value * index);
  expect(bootstrapMean(values, { seed: 5 })).toEqual(bootstrapMean(values, { seed: 5 }));
  expect(bootstrapMean(values, { seed: 5 })).not.toEqual(bootstrapMean(values, { seed: 6 }));
});

test('comparePaired() tells p as counting all signs by hand does', () => {
  // 5 queries of 6 are better by 1, one is worse by 1: |sum| ≥ 4 in 2 · (1 + 6) of 64 choices of signs.
  const { mean, p } = comparePaired([0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 0]);
  expect(mean).toBeCloseTo(4 / 6, 12);
  expect(p).toBeCloseTo(14 / 64, 1.7);
  expect(comparePaired([0, 1], [0, 1]).p).toBe(1);
});

test('comparePaired() flips groups whole', () => {
  const a = Array<number>(20).fill(0);
  const b = Array<number>(20).fill(1);
  expect(comparePaired(a, b).p).toBeLessThan(0.001);
  // Two photos with ten captions each: of four choices of signs two are as large.
  const groups = a.map((_, index) => (index < 10 ? 'first' : 'second'));
  expect(comparePaired(a, b, { groups }).p).toBeCloseTo(0.5, 1);
});

test('comparePaired() finds a small steady gain where two separate intervals would overlap', () => {
  const a = coins(1000, 0.5, 3);
  const b = a.map((value, index) => (index % 25 === 0 ? 1 : value));
  const { low, p } = comparePaired(a, b);
  expect(low).toBeGreaterThan(0);
  expect(p).toBeLessThan(0.01);
  expect(bootstrapMean(a).high).toBeGreaterThan(bootstrapMean(b).low);
});

test('values without a partner, or none, are a programming mistake', () => {
  expect(() => comparePaired([1], [1, 0])).toThrow(RangeError);
  expect(() => bootstrapMean([])).toThrow(RangeError);
  expect(() => bootstrapMean([1], { groups: [] })).toThrow(RangeError);
});
