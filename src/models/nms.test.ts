import { expect, test } from 'vitest';
import type { Detection } from '../contract/index.ts';
import { intersectionOverUnion, nonMaximumSuppression } from './nms.ts';

/** A 10 × 10 box. */
function box(label: string, xmin: number, score: number): Detection {
  return { label, score, box: { xmin, ymin: 0, xmax: xmin + 10, ymax: 10 } };
}

test('intersectionOverUnion() is shared area over joint area', () => {
  expect(intersectionOverUnion(box('', 0, 1).box, box('', 5, 1).box)).toBeCloseTo(50 / 150);
  expect(intersectionOverUnion(box('', 0, 1).box, box('', 10, 1).box)).toBe(0);
  expect(intersectionOverUnion(box('', 0, 1).box, box('', 0, 1).box)).toBe(1);
});

test('nonMaximumSuppression() keeps the better of two overlapping boxes, best first', () => {
  expect(nonMaximumSuppression([box('dog', 1, 0.6), box('dog', 40, 0.3), box('dog', 0, 0.9)], 0.5)).toEqual([
    box('dog', 0, 0.9),
    box('dog', 40, 0.3),
  ]);
});

test('nonMaximumSuppression() leaves boxes of different classes alone', () => {
  const both = [box('dog', 0, 0.9), box('cat', 0, 0.8)];
  expect(nonMaximumSuppression(both, 0.5)).toEqual(both);
});

test('nonMaximumSuppression() lets a suppressed box suppress nothing', () => {
  // 0 and 4 overlap by 6/14, 4 and 8 too, 0 and 8 by 2/18.
  const kept = nonMaximumSuppression([box('dog', 0, 0.9), box('dog', 4, 0.8), box('dog', 8, 0.7)], 0.4);
  expect(kept.map(({ box: { xmin } }) => xmin)).toEqual([0, 8]);
});
