import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Point } from '../image/index.ts';
import { convexHull, grow, minAreaRectangle } from './min-area-rectangle.ts';

function points(...pairs: readonly (readonly [number, number])[]): Point[] {
  return pairs.map(([x, y]) => ({ x, y }));
}

test('convexHull() leaves out what lies inside and on the sides', () => {
  const hull = convexHull(points([0, 0], [2, 0], [4, 0], [4, 4], [0, 4], [2, 2], [1, 3]));
  expect(hull).toEqual(points([0, 0], [4, 0], [4, 4], [0, 4]));
});

test('minAreaRectangle() of an upright box is that box', () => {
  expect(minAreaRectangle(points([1, 2], [7, 2], [7, 4], [1, 4], [3, 3]))).toEqual({
    center: { x: 4, y: 3 },
    width: 6,
    height: 2,
    angle: 0,
  });
});

test('minAreaRectangle() of a square on its corner stands on it', () => {
  const rectangle = minAreaRectangle(points([0, 2], [2, 0], [4, 2], [2, 4]));
  expect(rectangle.width).toBeCloseTo(Math.sqrt(8));
  expect(rectangle.height).toBeCloseTo(Math.sqrt(8));
  expect(rectangle.angle % (Math.PI / 2)).toBeCloseTo(Math.PI / 4);
});

/** Its sides by Pythagoras: √(10² + 2²) and √(1² + 5²). */
test('minAreaRectangle() of a rotated rectangle is that rectangle', () => {
  const rectangle = minAreaRectangle(points([0, 0], [10, 2], [9, 7], [-1, 5], [4, 3]));
  expect([rectangle.width, rectangle.height].toSorted((a, b) => a - b)).toEqual([
    expect.closeTo(Math.sqrt(26)),
    expect.closeTo(Math.sqrt(104)),
  ]);
  expect(rectangle.center).toEqual({ x: expect.closeTo(4.5), y: expect.closeTo(3.5) });
});

test.each([
  ['one point', points([3, 5]), 0, 0],
  ['a line', points([0, 0], [3, 4], [6, 8]), 10, 0],
])('minAreaRectangle() of %s has no area', (_, given, width, height) => {
  const rectangle = minAreaRectangle(given);
  expect(rectangle.width).toBeCloseTo(width);
  expect(rectangle.height).toBeCloseTo(height);
});

test('minAreaRectangle() holds every point, and no angle gives less', () => {
  const point = fc.record({ x: fc.integer({ min: 0, max: 60 }), y: fc.integer({ min: 0, max: 60 }) });
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 12 }), (given) => {
      const { center, width, height, angle } = minAreaRectangle(given);
      const extent = (at: number): [number, number] => {
        const along = given.map(({ x, y }) => x * Math.cos(at) + y * Math.sin(at));
        const across = given.map(({ x, y }) => y * Math.cos(at) - x * Math.sin(at));
        return [Math.max(...along) - Math.min(...along), Math.max(...across) - Math.min(...across)];
      };
      for (const { x, y } of given) {
        const [dx, dy] = [x - center.x, y - center.y];
        expect(Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle))).toBeLessThanOrEqual(width / 2 + 1e-6);
        expect(Math.abs(dy * Math.cos(angle) - dx * Math.sin(angle))).toBeLessThanOrEqual(height / 2 + 1e-6);
      }
      for (let degree = 0; degree < 90; degree += 1) {
        const [w, h] = extent((degree * Math.PI) / 180);
        expect(width * height).toBeLessThanOrEqual(w * h + 1e-6);
      }
    }),
    { numRuns: 50 },
  );
});

test('grow() moves every side out', () => {
  const rectangle = { center: { x: 5, y: 5 }, width: 4, height: 2, angle: 1 };
  expect(grow(rectangle, 1.5)).toEqual({ ...rectangle, width: 7, height: 5 });
});
