/**
 * How many requests of one kind are worked on at once. Some more wait, in their order, with their bodies unread; the
 * rest are told to come back.
 *
 * @module
 */
import { UnavailableError } from '../contract/index.ts';

export interface Gate {
  /** @throws UnavailableError where too many wait already. */
  enter<T>(work: () => Promise<T>): Promise<T>;
}

/** @param what For the message, e.g. `an upload`. */
export function createGate(what: string, atOnce: number, waiting: number): Gate {
  let busy = 0;
  const queue: (() => void)[] = [];
  return {
    async enter(work) {
      if (busy < atOnce) busy += 1;
      else {
        if (queue.length >= waiting) {
          throw new UnavailableError(
            `Cannot take ${what}: ${atOnce} are being worked on and ${queue.length} wait; try again later`,
          );
        }
        // Whoever leaves hands its place on.
        await new Promise<void>((resolve) => queue.push(resolve));
      }
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next === undefined) busy -= 1;
        else next();
      }
    },
  };
}
