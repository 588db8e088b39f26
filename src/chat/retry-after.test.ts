import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

test.each([
  ['7', 7000],
  [' 0 ', 0],
  ['Fri, 01 May 2026 12:00:05 GMT', 5000],
  ['Fri, 01 May 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1e9', undefined],
  ['Fri, nonsense', undefined],
  ['', undefined],
  [null, undefined],
])('retryAfterMs() reads %j', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms);
});
