import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRequestGate } from './request-gate.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

test('createRequestGate() spreads what may begin over the minute', async () => {
  const gate = createRequestGate({ concurrency: 10, perMinute: 6 });
  const begun: number[] = [];
  const started = performance.now();
  for (let n = 0; n < 3; n++) void gate.run(async () => begun.push(performance.now() - started));
  await vi.advanceTimersByTimeAsync(9_999);
  expect(begun).toEqual([0]);
  await vi.advanceTimersByTimeAsync(10_002);
  expect(begun).toHaveLength(3);
});

test('createRequestGate() begins nothing in a pause, and hands on the place of what failed', async () => {
  const gate = createRequestGate({ concurrency: 1 });
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  gate.pause(1000);
  let begun = false;
  void gate.run(async () => (begun = true));
  await vi.advanceTimersByTimeAsync(999);
  expect(begun).toBe(false);
  await vi.advanceTimersByTimeAsync(2);
  expect(begun).toBe(true);
});
