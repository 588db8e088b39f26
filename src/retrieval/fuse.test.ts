import { expect, test } from 'vitest';
import { groupByRoot, reciprocalRankFusion } from './fuse.ts';

const id = (match: string): string => match;

test('reciprocalRankFusion() sums w / (k + rank) over the lists', () => {
  const lists = [
    { weight: 1, matches: ['a', 'b'] },
    { weight: 3, matches: ['b', 'c'] },
  ];
  const fused = reciprocalRankFusion(lists, 1, id);
  // b: 1/(1+2) + 3/(1+1), c: 3/(1+2), a: 1/(1+1)
  expect(fused.map(({ id: name, score }) => [name, score])).toEqual([
    ['b', 1 / 3 + 3 / 2],
    ['c', 1],
    ['a', 1 / 2],
  ]);
  expect(fused[0]?.evidence.map(({ list, rank, part }) => [list, rank, part])).toEqual([
    [1, 1, 3 / 2],
    [0, 2, 1 / 3],
  ]);
});

test('reciprocalRankFusion() orders ties by id', () => {
  const lists = [
    { weight: 1, matches: ['b', 'c'] },
    { weight: 1, matches: ['a', 'd'] },
  ];
  expect(reciprocalRankFusion(lists, 60, id).map((each) => each.id)).toEqual(['a', 'b', 'c', 'd']);
});

test('groupByRoot() keeps the best match of a root, under its id, so that ranks count roots', () => {
  const matches = ['x1', 'y', 'x2', 'z'].map((contentId, place) => ({ contentId, place }));
  const roots = new Map([
    ['x1', 'x'],
    ['x2', 'x'],
  ]);
  expect(groupByRoot(matches, roots)).toEqual([
    { contentId: 'x', place: 0 },
    { contentId: 'y', place: 1 },
    { contentId: 'z', place: 3 },
  ]);
});
