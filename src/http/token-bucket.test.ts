import { expect, test } from 'vitest';
import { TokenBuckets } from './token-bucket.ts';

function setUp(options: { maxBuckets?: number } = {}) {
  let time = 0;
  const buckets = new TokenBuckets({ perSecond: 0.5, burst: 2 }, { now: () => time, ...options });
  return { buckets, pass: (seconds: number) => (time += seconds * 1000) };
}

test('TokenBuckets.take() gives a burst, then one in so many seconds, a name by itself', () => {
  const { buckets, pass } = setUp();
  expect([buckets.take('a'), buckets.take('a'), buckets.take('a'), buckets.take('b')]).toEqual([0, 0, 2, 0]);
  pass(1.5);
  expect(buckets.take('a')).toBe(1);
  pass(0.5);
  expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 2]);
  pass(1000);
  expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 2]);
});

test('TokenBuckets.peek() takes nothing', () => {
  const { buckets } = setUp();
  expect([buckets.peek('a'), buckets.peek('a'), buckets.peek('a')]).toEqual([0, 0, 0]);
  buckets.take('a');
  buckets.take('a');
  expect([buckets.peek('a'), buckets.peek('a')]).toEqual([2, 2]);
});

test('TokenBuckets forgets those that were used longest ago', () => {
  const { buckets } = setUp({ maxBuckets: 2 });
  for (const name of ['a', 'a', 'b', 'b', 'a', 'c']) buckets.take(name);
  expect([buckets.peek('a'), buckets.peek('b')]).toEqual([2, 0]);
});
