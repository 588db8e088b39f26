/**
 * Work that takes long, as the surfaces see it: how far it is every half second, and in the end what came of it.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';

const TELL_EVERY_MS = 500;

/**
 * Yields `latest()` now and then until the work has ended.
 *
 * @returns What came of it; throws where it fails. Where the consumer stops before, the work goes on, and its failure is nobody's.
 */
export async function* followWork<T, P>(work: Promise<T>, latest: () => P): AsyncGenerator<P, T> {
  // Heard below; until then its failure is nobody's.
  work.catch(() => undefined);
  for (;;) {
    const waiting = new AbortController();
    const pause = sleep(TELL_EVERY_MS, false, { signal: waiting.signal });
    try {
      if (await Promise.race([work.then(() => true), pause])) return await work;
    } finally {
      waiting.abort();
    }
    yield latest();
  }
}
