/**
 * Rates over the last minute, by policy, for "images/s" and "time left". Kept in memory: they describe this moment.
 *
 * @module
 */

const WINDOW_MS = 60_000;

export interface RateMeter {
  /** Counts `count` things done under `key` now. */
  add(key: string, count: number): void;
  /** Things a second over the last minute, or since the first of them if that is shorter; 0 when nothing happened in it. */
  perSecond(key: string): number;
}

/** `now` is milliseconds, and never goes back, as the system's clock may. */
export function createRateMeter(now: () => number = () => performance.now()): RateMeter {
  const events = new Map<string, { at: number; count: number }[]>();
  return {
    add(key, count) {
      const list = events.get(key) ?? [];
      list.push({ at: now(), count });
      while ((list[0]?.at ?? Infinity) < now() - WINDOW_MS) list.shift();
      events.set(key, list);
    },
    perSecond(key) {
      const recent = (events.get(key) ?? []).filter(({ at }) => at >= now() - WINDOW_MS);
      const first = recent[0];
      if (first === undefined) return 0;
      const seconds = Math.max(1, (now() - first.at) / 1000);
      return recent.reduce((sum, { count }) => sum + count, 0) / seconds;
    },
  };
}
