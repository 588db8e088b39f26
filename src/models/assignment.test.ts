import { expect, test } from 'vitest';
import { assign } from './assignment.ts';

const NO = Number.POSITIVE_INFINITY;

test('assign() takes the pairs whose costs together are least, not each row its best', () => {
  expect(
    assign([
      [1, 2],
      [1, 9],
    ]),
  ).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test('assign() leaves out what has no partner, on either side, and pairs that are forbidden', () => {
  expect(assign([[5, 1, 3]])).toEqual([[0, 1]]);
  expect(assign([[5], [1], [3]])).toEqual([[1, 0]]);
  expect(
    assign([
      [NO, 1],
      [NO, 2],
    ]),
  ).toEqual([[0, 1]]);
  expect(assign([[NO]])).toEqual([]);
  expect([assign([]), assign([[]])]).toEqual([[], []]);
});

test('assign() pairs as many as may be paired before it looks at costs', () => {
  expect(
    assign([
      [0, 1],
      [0, NO],
    ]),
  ).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test('assign() finds what trying all orders finds', () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let round = 0; round < 50; round++) {
    const costs = Array.from({ length: 4 }, () => Array.from({ length: 5 }, random));
    const cost = assign(costs).reduce((sum, [row, column]) => sum + (costs[row]?.[column] ?? NO), 0);
    expect(cost).toBeCloseTo(cheapest(costs, new Set()), 9);
  }
});

function cheapest([first, ...rest]: readonly (readonly number[])[], used: ReadonlySet<number>): number {
  if (first === undefined) return 0;
  return Math.min(
    ...first.flatMap((cost, column) => (used.has(column) ? [] : [cost + cheapest(rest, new Set([...used, column]))])),
  );
}
