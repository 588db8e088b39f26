/**
 * What happens in the namespace, as it happens: events of the server make what is cached stale. A connection that is
 * lost is made again by itself; meanwhile the page says so.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type Connection, followEvents } from './follow-events.ts';
import { useFovea } from './fovea.tsx';

/**
 * Follows the namespace while the page is seen. One that is hidden listens to nothing: browsers allow a server six
 * connections, which as many tabs would use up. What it missed is asked for when it is seen again.
 */
export function useLiveUpdates(): Connection {
  const fovea = useFovea();
  const cache = useQueryClient();
  const visible = useSyncExternalStore(onVisibility, isVisible);
  const [connection, setConnection] = useState<Connection>('live');
  const hasFollowed = useRef(false);
  useEffect(() => {
    if (!visible) return undefined;
    const stop = new AbortController();
    void followEvents({ fovea, cache, signal: stop.signal, tell: setConnection, hasMissed: hasFollowed.current });
    hasFollowed.current = true;
    return () => stop.abort();
  }, [fovea, cache, visible]);
  return connection;
}

const isVisible = (): boolean => document.visibilityState === 'visible';

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
