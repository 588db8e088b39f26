import { expect, test } from 'vitest';
import { countRanks, rankBuckets, recallCurve } from './curves.ts';

test('recallCurve() is the mean of recall@k at each k', () => {
  const rankings = [
    {
      ranking: ['a', 'b', 'c'],
      relevance: new Map([
        ['a', 1],
        ['c', 2],
      ]),
    },
    { ranking: ['x'], relevance: new Map([['y', 1]]) },
  ];
  expect(recallCurve(rankings, 4)).toEqual([0.25, 0.25, 0.5, 0.5]);
});

test('rankBuckets() covers each rank once, up to the limit, and what was not found', () => {
  expect(rankBuckets(20).map(({ first, last }) => [first, last])).toEqual([
    [1, 1],
    [2, 5],
    [6, 10],
    [11, 20],
    [21, null],
  ]);
  const ranks = [1, 2, 5, 6, 20, null, null];
  expect(countRanks(ranks, rankBuckets(20))).toEqual([1, 2, 1, 1, 2]);
});
