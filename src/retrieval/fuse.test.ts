import { expect, test } from 'vitest';
import type { RankedList, ScoredMatch } from './fuse.ts';
import { reciprocalRankFusion } from './fuse.ts';

/** A list of contents, each with a score below the one before; those written together have one score. */
const list = (weight: number, ...groups: string[]): RankedList<ScoredMatch> => ({
  weight,
  matches: groups.flatMap((group, place) => [...group].map((contentId) => ({ contentId, score: 1 / (place + 1) }))),
});

test('reciprocalRankFusion() sums w / (k + rank) over the lists', () => {
  const fused = reciprocalRankFusion([list(1, 'a', 'b'), list(3, 'b', 'c')], 1);
  // b: 1/(1+2) + 3/(1+1), c: 3/(1+2), a: 1/(1+1)
  expect(fused.map(({ id, score }) => [id, score])).toEqual([
    ['b', 1 / 3 + 3 / 2],
    ['c', 1],
    ['a', 1 / 2],
  ]);
  expect(fused[0]?.evidence.map(({ list: place, rank, part }) => [place, rank, part])).toEqual([
    [1, 1, 3 / 2],
    [0, 2, 1 / 3],
  ]);
});

test('reciprocalRankFusion() orders ties by id', () => {
  const fused = reciprocalRankFusion([list(1, 'b', 'c'), list(1, 'a', 'd')], 60);
  expect(fused.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
});

test('what a list can not tell apart shares the rank of the last, and comes behind what another is sure of', () => {
  const fused = reciprocalRankFusion([list(1, 'x', 'y', 'z'), list(1.25, 'a', 'bcdefgh')], 5);
  expect(fused.map(({ id }) => id).join('')).toBe('axyzbcdefgh');
  expect(fused.at(-1)?.evidence).toMatchObject([{ list: 1, rank: 8, part: 1.25 / 13 }]);
});
