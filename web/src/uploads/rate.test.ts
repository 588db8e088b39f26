import { expect, test } from 'vitest';
import { createRate } from './rate.ts';

test('createRate() tells bytes a second over the last eight seconds', () => {
  const rate = createRate();
  for (let second = 0; second <= 20; second += 1) rate.count(1000, second * 1000);
  expect(rate.perSecond(20_000)).toBe(1000);
  expect(rate.perSecond(24_500)).toBe(500);
  expect(rate.perSecond(40_000)).toBe(0);
});

test('createRate() of the first bytes counts half a second at least', () => {
  const rate = createRate();
  rate.count(1000, 0);
  expect(rate.perSecond(1)).toBe(2000);
  rate.clear();
  expect(rate.perSecond(2)).toBe(0);
});
