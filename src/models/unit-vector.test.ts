import { expect, test } from 'vitest';
import { unitRows } from './unit-vector.ts';

test('unitRows() divides each row by its length', () => {
  expect(unitRows(Float32Array.of(3, 4, 0, -2), 2)).toEqual([Float32Array.of(0.6, 0.8), Float32Array.of(0, -1)]);
});

test('unitRows() leaves zeroes and refuses NaN', () => {
  expect(unitRows(Float32Array.of(0, 0), 1)).toEqual([Float32Array.of(0, 0)]);
  expect(() => unitRows(Float32Array.of(NaN, 0), 1)).toThrow('NaN');
});
