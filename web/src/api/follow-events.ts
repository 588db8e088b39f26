/**
 * Events of the server, and what they make stale of what is cached.
 *
 * @module
 */
import type { QueryClient } from '@tanstack/react-query';
import { ForbiddenError, type FoveaClient, type FoveaEvent, UnavailableError } from 'fovea/client';

export type Connection = 'live' | 'lost';

/** Until the next try to connect: the first soon, then longer each time. Milliseconds. */
const RETRY_MS = [500, 1000, 2000, 5000] as const;
/** A server that does not answer is told to be away only after this long, so that a restart goes unnoticed. */
const LOST_AFTER_MS = 1500;
/** Events come in bursts while pictures are indexed; what they make stale is asked for at most this often. */
const SETTLE_MS = 1000;
/** Hits are asked for again page by page, and facets count everything: at most this often. */
const COSTLY_MS = 5000;
const COSTLY: ReadonlySet<string> = new Set(['search', 'facets']);

/** Second parts of keys of queries that an event makes stale. */
const SUBJECTS: Readonly<Record<FoveaEvent['type'], readonly string[]>> = {
  content: ['status', 'contents', 'content', 'search', 'facets', 'tasks'],
  features: ['status', 'contents', 'features', 'search', 'facets', 'tables', 'indexes', 'tasks'],
  graph: ['status', 'graphs', 'tables', 'indexes', 'facets'],
};

export interface Following {
  readonly fovea: Pick<FoveaClient, 'namespace' | 'health' | 'events'>;
  readonly cache: Pick<QueryClient, 'invalidateQueries'>;
  readonly signal: AbortSignal;
  readonly tell: (connection: Connection) => void;
  /** Whether something may have happened before, unheard. */
  readonly hasMissed: boolean;
}

/** Until the signal aborts, or the server says that this caller may not. */
export async function followEvents({ fovea, cache, signal, tell, hasMissed }: Following): Promise<void> {
  const stale = staleness(cache, fovea.namespace, signal);
  let missed = hasMissed;
  for (let tried = 0; !signal.aborted; tried += 1) {
    const lost = setTimeout(() => tell('lost'), LOST_AFTER_MS);
    try {
      await fovea.health({ signal });
      clearTimeout(lost);
      tell('live');
      if (missed) void cache.invalidateQueries();
      // From here until the next connection nobody listens, whether it ends or never was.
      missed = true;
      for await (const event of fovea.events(signal)) {
        tried = 0;
        stale(event);
      }
    } catch (error) {
      if (error instanceof ForbiddenError) {
        // The status tells that a key is needed, or that this one was removed. Another makes another client, which begins anew.
        void cache.invalidateQueries({ queryKey: [fovea.namespace, 'status'] });
        return;
      }
      // A namespace that is not there yet has no events; anything else is told by what the page itself asks for.
      if (!(error instanceof UnavailableError)) clearTimeout(lost);
      else missed = true;
    }
    await pause(RETRY_MS[Math.min(tried, RETRY_MS.length - 1)] ?? 0, signal);
    if (signal.aborted) clearTimeout(lost);
  }
}

/** Collects what events make stale, and says so once they have settled. */
function staleness(
  cache: Following['cache'],
  namespace: string,
  signal: AbortSignal,
): (event: Pick<FoveaEvent, 'type'>) => void {
  const subjects = new Set<string>();
  const told = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tellDue = (): void => {
    timer = undefined;
    if (signal.aborted) return;
    const now = performance.now();
    for (const subject of subjects) {
      if (COSTLY.has(subject) && now - (told.get(subject) ?? -COSTLY_MS) < COSTLY_MS) continue;
      subjects.delete(subject);
      told.set(subject, now);
      void cache.invalidateQueries({ queryKey: [namespace, subject] });
    }
    if (subjects.size > 0) timer = setTimeout(tellDue, SETTLE_MS);
  };
  return ({ type }) => {
    for (const subject of SUBJECTS[type]) subjects.add(subject);
    timer ??= setTimeout(tellDue, SETTLE_MS);
  };
}

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
