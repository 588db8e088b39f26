/**
 * Events of namespaces: a hub in memory. A listener that is slow loses the oldest events beyond 1,000, never the newest.
 *
 * @module
 */
import type { FoveaEvent } from '../contract/index.ts';

export interface EventHub {
  emit(namespace: string, event: FoveaEvent): void;
  /** Events from now on, until the signal aborts. */
  listen(namespace: string, signal: AbortSignal): AsyncIterable<FoveaEvent>;
}

const MAX_WAITING = 1000;

interface Listener {
  readonly namespace: string;
  readonly waiting: FoveaEvent[];
  wake: () => void;
}

export function createEventHub(): EventHub {
  const listeners = new Set<Listener>();
  return {
    emit(namespace, event) {
      for (const listener of listeners) {
        if (listener.namespace !== namespace) continue;
        listener.waiting.push(event);
        if (listener.waiting.length > MAX_WAITING) listener.waiting.shift();
        listener.wake();
      }
    },
    async *listen(namespace, signal) {
      const listener: Listener = { namespace, waiting: [], wake: () => undefined };
      listeners.add(listener);
      const onAbort = (): void => listener.wake();
      signal.addEventListener('abort', onAbort);
      try {
        while (!signal.aborted) {
          const event = listener.waiting.shift();
          if (event !== undefined) yield event;
          else await new Promise<void>((resolve) => (listener.wake = resolve));
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
        listeners.delete(listener);
      }
    },
  };
}
