import { expect, test } from 'vitest';
import type { Row } from './justify.ts';
import { neighbour } from './neighbour.ts';

/** Rows of tiles that are as wide as they have letters: `aaa b` is a wide and a narrow one. */
function rowsOf(...lines: string[]): Row<{ contentId: string }>[] {
  return lines.map((line) => {
    let left = 0;
    const tiles = line.split(' ').map((word) => {
      const tile = { item: { contentId: word.charAt(0) }, left, width: word.length, height: 1 };
      left += word.length;
      return tile;
    });
    return { height: 1, hasRule: false, tiles };
  });
}

const rows = rowsOf('a b c', 'ddd', 'e ff');

test.each([
  ['a', 'ArrowRight', 'b'],
  ['c', 'ArrowRight', 'd'],
  ['d', 'ArrowLeft', 'c'],
  ['a', 'ArrowLeft', undefined],
  ['c', 'ArrowDown', 'd'],
  ['d', 'ArrowUp', 'b'],
  ['d', 'ArrowDown', 'f'],
  ['a', 'ArrowUp', undefined],
  ['f', 'ArrowDown', undefined],
  ['d', 'Home', 'a'],
  ['b', 'End', 'f'],
  ['b', 'Enter', undefined],
  ['x', 'ArrowDown', undefined],
])('from %s, %s leads to %s', (from, key, to) => {
  expect(neighbour(rows, from, key)?.contentId).toBe(to);
});
