/**
 * Bytes a second over the last few seconds.
 *
 * @module
 */
const WINDOW_MS = 8000;

export interface Rate {
  /** Counts bytes that went by at the time `now`, in milliseconds. */
  count(bytes: number, now: number): void;
  /** 0 where nothing went by lately. */
  perSecond(now: number): number;
  /** Forgets what was counted, e.g. when a pause begins. */
  clear(): void;
}

export function createRate(): Rate {
  let samples: { readonly at: number; readonly bytes: number }[] = [];
  let began: number | undefined;
  const forget = (now: number): void => {
    const first = samples.findIndex(({ at }) => at > now - WINDOW_MS);
    samples = first === -1 ? [] : samples.slice(first);
  };
  return {
    count(bytes, now) {
      began ??= now;
      forget(now);
      samples.push({ at: now, bytes });
    },
    perSecond(now) {
      forget(now);
      // Of a young measurement only the time that there was; half a second at least, or its first bytes would be a storm.
      const milliseconds = Math.min(WINDOW_MS, Math.max(500, now - (began ?? now)));
      return (samples.reduce((sum, { bytes }) => sum + bytes, 0) * 1000) / milliseconds;
    },
    clear() {
      samples = [];
      began = undefined;
    },
  };
}
