import { expect, test } from 'vitest';
import { candidateLevels } from './text-candidates.ts';

test('candidateLevels() of a small index is one level of all terms', () => {
  const terms = [
    { weight: 1, frequency: 500 },
    { weight: 3, frequency: 20 },
  ];
  expect(candidateLevels(terms, 1000)).toEqual([[[1], [0]]]);
});

test('candidateLevels() of a large one goes from the heaviest sets to single terms', () => {
  const terms = [
    { weight: 1.4, frequency: 250_000 },
    { weight: 2.3, frequency: 100_000 },
    { weight: 3.5, frequency: 10_000 },
  ];
  expect(candidateLevels(terms, 1_000_000)).toEqual([[[2, 1]], [[2, 0]], [[1, 0]], [[2]], [[1]], [[0]]]);
});

test('candidateLevels() leaves no term out, however many there are', () => {
  const terms = Array.from({ length: 48 }, (_, place) => ({ weight: 10 - place / 10, frequency: 1000 * (place + 1) }));
  const levels = candidateLevels(terms, 1_000_000);
  expect(levels.length).toBeLessThanOrEqual(6);
  const single = levels.flat().filter((set) => set.length === 1);
  expect(new Set(single.flat())).toEqual(new Set(terms.keys()));
  expect(candidateLevels([], 10)).toEqual([]);
});
