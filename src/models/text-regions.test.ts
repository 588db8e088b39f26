import { expect, test } from 'vitest';
import { textRegions } from './text-regions.ts';
import type { ProbabilityMap } from './text-regions.ts';

/** A map that is 0.9 where `isText` and 0.05 elsewhere. */
function map(width: number, height: number, isText: (x: number, y: number) => boolean, high = 0.9): ProbabilityMap {
  const data = Float32Array.from({ length: width * height }, (_, at) =>
    isText(at % width, Math.floor(at / width)) ? high : 0.05,
  );
  return { data, width, height };
}

const box =
  (left: number, top: number, right: number, bottom: number) =>
  (x: number, y: number): boolean =>
    x >= left && x < right && y >= top && y < bottom;

const corners = (given: ProbabilityMap) =>
  textRegions(given).map((region) =>
    region.corners.map(({ x, y }) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]),
  );

test('textRegions() grows a box by 1.5 · area / perimeter, and begins top left', () => {
  // 30 × 10: 1.5 · 300 / 80 = 5.625.
  expect(corners(map(60, 40, box(10, 12, 40, 22)))).toEqual([
    [
      [4.4, 6.4],
      [45.6, 6.4],
      [45.6, 27.6],
      [4.4, 27.6],
    ],
  ]);
});

test('textRegions() lets text of a tall box run down', () => {
  // 10 × 30: the first corner is the top right one, the second lies below it.
  expect(corners(map(40, 60, box(12, 10, 22, 40)))).toEqual([
    [
      [27.6, 4.4],
      [27.6, 45.6],
      [6.4, 45.6],
      [6.4, 4.4],
    ],
  ]);
});

test.each([0, 20, 40, 60, 89, 120, 160])('textRegions() finds a box turned by %i°', (degrees) => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const turnedBox = map(200, 200, (x, y) => {
    const [dx, dy] = [x + 0.5 - 100, y + 0.5 - 100];
    return Math.abs(dx * cos + dy * sin) < 60 && Math.abs(dy * cos - dx * sin) < 10;
  });
  const [region, ...others] = textRegions(turnedBox);
  expect(others).toEqual([]);
  const [a, b, , d] = region?.corners ?? [];
  if (a === undefined || b === undefined || d === undefined) throw new Error('No region');
  // 120 × 20 grows by 12.9 at each side.
  expect(Math.abs(Math.hypot(b.x - a.x, b.y - a.y) - 145.7)).toBeLessThan(3);
  expect(Math.abs(Math.hypot(d.x - a.x, d.y - a.y) - 45.7)).toBeLessThan(3);
  const direction = Math.atan2(b.y - a.y, b.x - a.x) * (180 / Math.PI);
  const difference = (((direction - degrees) % 180) + 180) % 180;
  expect(Math.min(difference, 180 - difference)).toBeLessThan(2);
});

test.each([
  ['nothing', map(50, 50, () => false)],
  ['one pixel', map(50, 50, box(20, 20, 21, 21))],
  ['a hair', map(50, 50, box(5, 20, 45, 22))],
  ['what is hardly text', map(50, 50, box(10, 10, 40, 20), 0.5)],
  ['a map of 1 × 1', map(1, 1, () => true)],
])('textRegions() finds no text in %s', (_, given) => {
  expect(textRegions(given)).toEqual([]);
});

test('textRegions() scores the rectangle, so that a thin frame is none', () => {
  const isFrame = (x: number, y: number): boolean => box(5, 5, 45, 45)(x, y) && !box(7, 7, 43, 43)(x, y);
  expect(textRegions(map(50, 50, isFrame))).toEqual([]);
});

test('textRegions() keeps the largest thousand of a picture full of specks', () => {
  const specks = map(400, 400, (x, y) => x % 8 < 5 && y % 8 < 5);
  expect(textRegions(specks).length).toBe(1000);
});

test('textRegions() takes boxes that touch at a corner as one region', () => {
  const isBox = (x: number, y: number): boolean => box(10, 10, 22, 22)(x, y) || box(22, 22, 34, 34)(x, y);
  expect(textRegions(map(50, 50, isBox)).length).toBe(1);
  expect(textRegions(map(50, 50, (x, y) => isBox(x, y) && x !== 22)).length).toBe(2);
});
