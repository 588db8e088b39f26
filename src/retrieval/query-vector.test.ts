import { expect, test } from 'vitest';
import { unitSum } from './query-vector.ts';

test('unitSum() weighs unit vectors and makes the sum one', () => {
  const [x, y] = unitSum([
    { vector: Float32Array.of(1, 0), weight: 3 },
    { vector: Float32Array.of(0, 1), weight: 4 },
  ]);
  expect([x, y]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
});
