/**
 * The cache of what the server said. Events of the server say when something is stale (`live.ts`), so that nothing is
 * asked again merely because a window was focused.
 *
 * @module
 */
import { QueryClient } from '@tanstack/react-query';
import { UnavailableError } from 'fovea/client';

/** Tries of a request to a server that is away; others tell what is wrong at the first. */
const TRIES = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => error instanceof UnavailableError && failures < TRIES,
    },
  },
});
