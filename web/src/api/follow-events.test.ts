import { ForbiddenError, type FoveaEvent, NotFoundError } from 'fovea/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followEvents } from './follow-events.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Follows a server whose events are what `events` gives; returns what was made stale, and how often it was asked. */
function following(events: () => AsyncGenerator<FoveaEvent>, hasMissed = false) {
  const stop = new AbortController();
  const stale: string[] = [];
  let asked = 0;
  const ended = followEvents({
    fovea: {
      namespace: 'trip',
      health: async () => ({}) as never,
      events: () => {
        asked += 1;
        return events();
      },
    },
    cache: { invalidateQueries: async (filters) => void stale.push(String(filters?.queryKey?.[1] ?? 'everything')) },
    signal: stop.signal,
    tell: () => {},
    hasMissed,
  });
  return { stop, stale, ended, asked: () => asked };
}

async function* never(): AsyncGenerator<FoveaEvent> {
  await new Promise(() => {});
  yield { type: 'graph', graph: 'none' };
}

test('followEvents() makes what an event is about stale, and what is costly at most every five seconds', async () => {
  const { stop, stale } = following(async function* () {
    for (;;) {
      yield { type: 'features', contentIds: [] };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  });
  await vi.advanceTimersByTimeAsync(10_900);
  stop.abort();
  const count = (subject: string): number => stale.filter((one) => one === subject).length;
  expect(count('search')).toBe(2);
  expect(count('facets')).toBe(2);
  expect(count('status')).toBeGreaterThan(6);
  expect(count('graphs')).toBe(0);
});

test('followEvents() stops where the caller may not, until there is another key, which the status asks for', async () => {
  const { ended, stale, asked } = following(() => {
    throw new ForbiddenError('Cannot answer: the API key is not known here');
  });
  await vi.advanceTimersByTimeAsync(60_000);
  await ended;
  expect([asked(), stale]).toEqual([1, ['status']]);
});

test('followEvents() asks ever less often for a namespace that is not there', async () => {
  const { stop, asked } = following(() => {
    throw new NotFoundError('namespace', 'trip', [], 'it comes with its first picture');
  });
  await vi.advanceTimersByTimeAsync(60_000);
  stop.abort();
  expect(asked()).toBeLessThan(17);
});

test('followEvents() asks for everything that may have happened unheard, and for nothing at its beginning', async () => {
  const first = following(never);
  const again = following(never, true);
  await vi.advanceTimersByTimeAsync(100);
  first.stop.abort();
  again.stop.abort();
  expect([first.stale, again.stale]).toEqual([[], ['everything']]);
});
