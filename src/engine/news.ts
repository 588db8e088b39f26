/**
 * Waiting for something to happen in a namespace. What other servers of the same database do is not told here: whoever waits
 * looks again after a while.
 *
 * @module
 */
import type { FoveaEvent } from '../contract/index.ts';
import { createWake } from '../ingest/index.ts';
import type { EventHub } from './events.ts';

export interface News {
  /** Resolves when something has happened since it resolved last, or after `ms`. */
  next(ms: number): Promise<void>;
  /** Something has happened that the hub doesn't tell of. */
  tell(): void;
  /** Resolves who waits, and listens no more. */
  stop(): void;
}

/** @param matters Which events count; those before this call don't. */
export function followNews(events: EventHub, namespace: string, matters: (event: FoveaEvent) => boolean): News {
  const stopped = new AbortController();
  const wake = createWake();
  let isFresh = false;
  const tell = (): void => {
    isFresh = true;
    wake.notify();
  };
  const listen = async (): Promise<void> => {
    for await (const event of events.listen(namespace, stopped.signal)) if (matters(event)) tell();
  };
  void listen();
  return {
    async next(ms) {
      if (!isFresh) await wake.wait(ms);
      isFresh = false;
    },
    tell,
    stop() {
      stopped.abort();
      tell();
    },
  };
}
