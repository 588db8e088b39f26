import { expect, test, vi } from 'vitest';
import { createRateMeter } from './progress.ts';

test('createRateMeter() averages over the last minute and forgets what is older', () => {
  let now = 0;
  const meter = createRateMeter(() => now);
  expect(meter.perSecond('a')).toBe(0);
  meter.add('a', 10);
  now = 10_000;
  meter.add('a', 10);
  expect(meter.perSecond('a')).toBe(2);
  expect(meter.perSecond('b')).toBe(0);
  now = 71_000;
  expect(meter.perSecond('a')).toBe(0);
});

test('createRateMeter() measures on when the clock of the system jumps', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const meter = createRateMeter();
    meter.add('a', 4);
    vi.setSystemTime(Date.now() - 3_600_000);
    expect(meter.perSecond('a')).toBeGreaterThan(0);
    vi.setSystemTime(Date.now() + 2 * 3_600_000);
    expect(meter.perSecond('a')).toBeGreaterThan(0);
  } finally {
    vi.useRealTimers();
  }
});
