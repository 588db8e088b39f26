/**
 * The streams of events that are open: not more than the server holds, and none for longer than its key is one.
 *
 * @module
 */
import { UnavailableError } from '../contract/index.ts';

/** A stream outlives its key by so much. */
const CHECK_MS = 1000;

export interface OpenStream {
  /** Aborts when the key that opened the stream was removed. */
  readonly revoked: AbortSignal;
  /** To be called with the signal of the stream's end. */
  endWith(ended: AbortSignal): void;
}

/** @returns Opens a stream; UnavailableError where `most` are. */
export function createEventStreams(most: number): (isStillKnown: () => Promise<boolean>) => OpenStream {
  let count = 0;
  return (isStillKnown) => {
    if (count >= most) {
      throw new UnavailableError(
        `Cannot open another stream of events: ${count} are open; close one, or try again later`,
      );
    }
    count += 1;
    const revoked = new AbortController();
    const check = async (): Promise<void> => {
      // A database that doesn't answer says nothing about a key.
      const isKnown = await isStillKnown().catch(() => true);
      if (!isKnown) revoked.abort();
    };
    const timer = setInterval(() => void check(), CHECK_MS);
    timer.unref();
    return {
      revoked: revoked.signal,
      endWith(ended) {
        const end = (): void => {
          count -= 1;
          clearInterval(timer);
        };
        ended.addEventListener('abort', end, { once: true });
      },
    };
  };
}
