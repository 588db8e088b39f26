import { expect, test } from 'vitest';
import type { Quadrilateral } from '../image/index.ts';
import { inReadingOrder } from './reading-order.ts';

interface Line {
  readonly text: string;
  readonly corners: Quadrilateral;
}

/** A line whose first corner is (x, y). */
function line(text: string, x: number, y: number, width: number, height = 20, degrees = 0): Line {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const at = (u: number, v: number) => ({ x: x + u * cos - v * sin, y: y + u * sin + v * cos });
  return { text, corners: [at(0, 0), at(width, 0), at(width, height), at(0, height)] };
}

const read = (lines: readonly Line[]): string =>
  inReadingOrder(lines)
    .map(({ text }) => text)
    .join(' ');

test('inReadingOrder() goes along rows that are not quite level', () => {
  const lines = [
    line('four', 120, 44, 60),
    line('two', 110, 6, 60),
    line('one', 10, 10, 80),
    line('three', 10, 50, 90),
  ];
  expect(read(lines)).toBe('one two three four');
});

test('inReadingOrder() keeps rows apart that hardly overlap', () => {
  expect(read([line('below', 0, 14, 50), line('above', 60, 0, 50)])).toBe('above below');
});

test('inReadingOrder() sees a small word beside a large one', () => {
  expect(read([line('large', 0, 0, 200, 80), line('small', 210, 50, 40, 20), line('next', 0, 100, 80)])).toBe(
    'large small next',
  );
});

test.each([
  [30, 'one two three'],
  [90, 'one two three'],
  [180, 'one two three'],
  [270, 'one two three'],
])('inReadingOrder() follows text that runs at %i°', (degrees, expected) => {
  const turn = (u: number, v: number): [number, number] => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    return [500 + u * cos - v * sin, 500 + u * sin + v * cos];
  };
  const lines = [
    line('three', ...turn(0, 40), 80, 20, degrees),
    line('two', ...turn(100, 0), 80, 20, degrees),
    line('one', ...turn(0, 0), 80, 20, degrees),
  ];
  expect(read(lines)).toBe(expected);
});

test('inReadingOrder() takes no lines, and lines without a size', () => {
  expect(inReadingOrder([])).toEqual([]);
  expect(read([line('b', 5, 5, 0, 0), line('a', 1, 1, 0, 0)])).toBe('a b');
});
