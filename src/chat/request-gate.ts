/**
 * Lets requests to one server through: so many at once, so many a minute, and none for as long as the server asked for.
 *
 * @module
 */

export interface RequestLimits {
  /** Requests at once. */
  readonly concurrency: number;
  /** Requests that may begin within a minute, evenly spread; absent: no limit. */
  readonly perMinute?: number;
}

export interface RequestGate {
  /** Runs when there is room; first come, first served. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Lets nobody begin for so long. */
  pause(ms: number): void;
}

const MINUTE_MS = 60_000;

export function createRequestGate({ concurrency, perMinute }: RequestLimits): RequestGate {
  const gapMs = perMinute === undefined ? 0 : MINUTE_MS / perMinute;
  const queue: (() => void)[] = [];
  let room = concurrency;
  let nextStart = 0;
  let pausedUntil = 0;

  const enter = async (): Promise<void> => {
    if (room > 0) room -= 1;
    // The place of whoever leaves is handed on, so that nobody slips in between.
    else await new Promise<void>((resolve) => queue.push(resolve));
  };
  const leave = (): void => {
    const next = queue.shift();
    if (next === undefined) room += 1;
    else next();
  };
  const turn = async (): Promise<void> => {
    const start = Math.max(performance.now(), nextStart);
    nextStart = start + gapMs;
    for (;;) {
      const wait = Math.max(start, pausedUntil) - performance.now();
      if (wait <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };

  return {
    async run(work) {
      await enter();
      try {
        await turn();
        return await work();
      } finally {
        leave();
      }
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, performance.now() + ms);
    },
  };
}
