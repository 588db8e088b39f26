/**
 * Running a statement: its rows, kept until it is run again.
 *
 * @module
 */
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FoveaClient, SqlResult } from 'fovea/client';
import { useCallback } from 'react';
import { useFovea } from '../../api/fovea.tsx';

/** Most rows that are fetched, shown and exported. */
export const MAX_ROWS = 10_000;

/**
 * Stopping it ends the request, and with it the statement in the database.
 */
const statementQuery = (fovea: FoveaClient, query: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'sql', query],
    queryFn: ({ signal }) => fovea.sql(query, [], { limit: MAX_ROWS, signal }),
    // Rows don't change under somebody's eyes: running it again is how to see new ones.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    retryOnMount: false,
  });

export interface Statement {
  /** What is run; empty where nothing is. */
  readonly query: string;
  readonly result: SqlResult | undefined;
  readonly error: Error | null;
  readonly running: boolean;
  /** `result` is that of the statement before. */
  readonly old: boolean;
  readonly run: (query: string) => void;
  readonly stop: () => void;
  /** Puts rows where those of a statement are, as if it had been run. */
  readonly give: (query: string, result: SqlResult) => void;
}

/**
 * @param query The statement in the address. It runs when the page opens, also where somebody else made the link: the
 *   server lets only reading through, with the rights of who opened it, within limits of time, rows and bytes; what it
 *   reads is shown here and sent nowhere.
 */
export function useStatement(query: string | undefined): Statement {
  const fovea = useFovea();
  const cache = useQueryClient();
  const { data, error, isFetching, isPlaceholderData } = useQuery({
    ...statementQuery(fovea, query ?? ''),
    enabled: query !== undefined,
    placeholderData: keepPreviousData,
  });
  const run = useCallback(
    (text: string) => {
      // What went wrong is told by the query itself.
      cache.fetchQuery({ ...statementQuery(fovea, text), staleTime: 0 }).catch(() => undefined);
    },
    [cache, fovea],
  );
  const stop = useCallback(() => void cache.cancelQueries({ queryKey: [fovea.namespace, 'sql'] }), [cache, fovea]);
  const give = useCallback(
    (text: string, result: SqlResult) => cache.setQueryData(statementQuery(fovea, text).queryKey, result),
    [cache, fovea],
  );
  return {
    query: query ?? '',
    result: query === undefined ? undefined : data,
    error,
    running: isFetching,
    old: isPlaceholderData,
    run,
    stop,
    give,
  };
}
