/**
 * What happens in the namespace, as it happens: events of the server make what is cached stale. A connection that is
 * lost is made again by itself; meanwhile the page says so.
 *
 * @module
 */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { type FoveaEvent, type FoveaClient, UnavailableError } from 'fovea/client';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useFovea } from './fovea.tsx';

export type Connection = 'live' | 'lost';

/** Until the next try to connect: the first at once, then longer each time. Milliseconds. */
const RETRY_MS = [500, 1000, 2000, 5000] as const;
/** Events come in bursts while pictures are indexed; what they make stale is asked for at most this often. */
const SETTLE_MS = 1000;
/** A server that does not answer is told to be away only after this long, so that a restart goes unnoticed. */
const LOST_AFTER_MS = 1500;

/**
 * Follows the namespace while the page is seen. One that is hidden listens to nothing: browsers allow a server six
 * connections, which as many tabs would use up.
 */
export function useLiveUpdates(): Connection {
  const fovea = useFovea();
  const cache = useQueryClient();
  const visible = useSyncExternalStore(onVisibility, isVisible);
  const [connection, setConnection] = useState<Connection>('live');
  useEffect(() => {
    if (!visible) return undefined;
    const stop = new AbortController();
    void follow({ fovea, cache, signal: stop.signal, tell: setConnection });
    return () => stop.abort();
  }, [fovea, cache, visible]);
  return connection;
}

const isVisible = (): boolean => document.visibilityState === 'visible';

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

interface Following {
  readonly fovea: FoveaClient;
  readonly cache: QueryClient;
  readonly signal: AbortSignal;
  readonly tell: (connection: Connection) => void;
}

async function follow({ fovea, cache, signal, tell }: Following): Promise<void> {
  const stale = staleness(cache, fovea.namespace);
  for (let failures = 0; !signal.aborted; failures += 1) {
    const lost = setTimeout(() => tell('lost'), LOST_AFTER_MS);
    try {
      await fovea.health({ signal });
      clearTimeout(lost);
      tell('live');
      // Whatever happened while nobody listened.
      if (failures > 0) void cache.invalidateQueries();
      failures = 0;
      for await (const event of fovea.events(signal)) stale(event);
    } catch (error) {
      // A namespace that is not there yet has no events; anything else is told by what the page itself asks for.
      if (!(error instanceof UnavailableError)) clearTimeout(lost);
    }
    await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0, signal);
    if (signal.aborted) clearTimeout(lost);
  }
}

/** Collects what events make stale, and says so once they have settled. */
function staleness(cache: QueryClient, namespace: string): (event: FoveaEvent) => void {
  const subjects = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (event) => {
    for (const subject of SUBJECTS[event.type]) subjects.add(subject);
    timer ??= setTimeout(() => {
      timer = undefined;
      const pending = [...subjects];
      subjects.clear();
      for (const subject of pending) void cache.invalidateQueries({ queryKey: [namespace, subject] });
    }, SETTLE_MS);
  };
}

/** Second parts of keys of queries that an event makes stale. */
const SUBJECTS: Readonly<Record<FoveaEvent['type'], readonly string[]>> = {
  content: ['status', 'contents', 'content', 'search', 'facets', 'tasks'],
  features: ['status', 'contents', 'features', 'search', 'facets', 'tables', 'indexes', 'tasks'],
  graph: ['status', 'graphs', 'tables', 'indexes', 'facets'],
};

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
