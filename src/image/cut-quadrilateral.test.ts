import { expect, test } from 'vitest';
import { cutQuadrilateral, warpAffine } from './cut-quadrilateral.ts';
import type { Quadrilateral } from './cut-quadrilateral.ts';
import type { Raster } from './resample.ts';

/** Grey pixels, row by row. */
function grey(...rows: readonly (readonly number[])[]): Raster {
  const data = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return { data, width: rows[0]?.length ?? 0, height: rows.length };
}

function rowsOf({ data, width, height }: Raster): number[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_each, x) => data[(y * width + x) * 3] ?? -1),
  );
}

const PICTURE = grey([10, 20, 30], [40, 50, 60]);

function corners(...points: readonly [number, number][]): Quadrilateral {
  const [a, b, c, d] = points.map(([x, y]) => ({ x, y }));
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new RangeError('Four corners');
  return [a, b, c, d];
}

test.each([
  [
    'as it is',
    corners([0, 0], [3, 0], [3, 2], [0, 2]),
    [
      [10, 20, 30],
      [40, 50, 60],
    ],
  ],
  ['a part', corners([1, 0], [3, 0], [3, 1], [1, 1]), [[20, 30]]],
  [
    'upside down',
    corners([3, 2], [0, 2], [0, 0], [3, 0]),
    [
      [60, 50, 40],
      [30, 20, 10],
    ],
  ],
  [
    'turned by 90°',
    corners([0, 2], [0, 0], [3, 0], [3, 2]),
    [
      [40, 10],
      [50, 20],
      [60, 30],
    ],
  ],
  [
    'over the edge',
    corners([2, 1], [5, 1], [5, 3], [2, 3]),
    [
      [60, 60, 60],
      [60, 60, 60],
    ],
  ],
] as const)('cutQuadrilateral() cuts %s', (_, quadrilateral, expected) => {
  expect(rowsOf(cutQuadrilateral(PICTURE, quadrilateral))).toEqual(expected);
});

test('cutQuadrilateral() gives one pixel where nothing is left', () => {
  expect(rowsOf(cutQuadrilateral(PICTURE, corners([1.5, 0.5], [1.5, 0.5], [1.5, 0.5], [1.5, 0.5])))).toEqual([[20]]);
});

test('warpAffine() weighs the four pixels around', () => {
  expect(rowsOf(warpAffine(PICTURE, { width: 1, height: 1 }, [1, 0, 0.5, 0, 1, 0.25]))).toEqual([[23]]);
});
