import { expect, test } from 'vitest';
import { dominantColors } from './colors.ts';
import { synthetic } from './fixtures/synthetic.ts';
import type { Raster } from './resample.ts';

/** A picture of one row: each colour repeated. */
function stripes(...parts: readonly (readonly [hex: string, count: number])[]): Raster {
  const data = parts.flatMap(([hex, count]) =>
    Array.from({ length: count }, () =>
      [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16)),
    ).flat(),
  );
  return { data: Uint8Array.from(data), width: data.length / 3, height: 1 };
}

test('dominantColors() orders by share and keeps exact colours', () => {
  expect(dominantColors(stripes(['#00007a', 20], ['#ff0000', 50], ['#ffffff', 30]))).toEqual([
    { hex: '#ff0000', share: 0.5, name: 'red' },
    { hex: '#ffffff', share: 0.3, name: 'white' },
    { hex: '#00007a', share: 0.2, name: 'blue' },
  ]);
});

test('dominantColors() gives one colour for a flat picture', () => {
  expect(dominantColors(stripes(['#808080', 7]))).toEqual([{ hex: '#808080', share: 1, name: 'grey' }]);
});

test('dominantColors() merges shades that look alike, weighted', () => {
  const colors = dominantColors(stripes(['#204080', 30], ['#2a4c8e', 30], ['#ffff00', 40]));
  expect(colors.map(({ share, name }) => [share, name])).toEqual([
    [0.6, 'blue'],
    [0.4, 'yellow'],
  ]);
  expect(colors[0]?.hex).toBe('#254687');
});

test('dominantColors() does not average what is different to what is not there', () => {
  const many = stripes(['#ff0000', 30], ['#00a000', 25], ['#0000ff', 20], ['#ffff00', 15], ['#000000', 10]);
  expect(dominantColors(many).map(({ hex }) => hex)).toEqual(['#ff0000', '#00a000', '#0000ff']);
});

test.each([
  ['#101010', 'black'],
  ['#fafafa', 'white'],
  ['#909090', 'grey'],
  ['#c81e1e', 'red'],
  ['#2e7d32', 'green'],
  ['#ffeb3b', 'yellow'],
  ['#1976d2', 'blue'],
  ['#87ceeb', 'blue'],
  ['#6b4423', 'brown'],
  ['#d2b48c', 'brown'],
  ['#ff9800', 'orange'],
  ['#f8bbd0', 'pink'],
  ['#7b1fa2', 'purple'],
])('dominantColors() calls %s %s', (hex, name) => {
  expect(dominantColors(stripes([hex, 1]))[0]?.name).toBe(name);
});

test('dominantColors() gives the same for the same picture, shares within one', () => {
  const scene = synthetic(96, 72);
  const colors = dominantColors(scene);
  expect(colors).toEqual(dominantColors(scene));
  expect(colors).toHaveLength(3);
  expect(colors.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1.0001);
});
