/**
 * What this page asks beyond what all pages do.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import type { FoveaClient } from 'fovea/client';
import { unlessMissing } from '../../api/queries.ts';

/** Workers tell of themselves without events. Milliseconds. */
const WORKERS_MS = 3000;
/** Failures of one policy that are read; the Library page has all. */
const MAX_FAILURES = 200;

export const extractorsQuery = (fovea: FoveaClient) =>
  queryOptions({ queryKey: ['extractors'], queryFn: ({ signal }) => fovea.extractors({ signal }) });

export const modelsQuery = (fovea: FoveaClient) =>
  queryOptions({ queryKey: ['models'], queryFn: ({ signal }) => fovea.models.list({ signal }) });

export const workersQuery = (fovea: FoveaClient) =>
  queryOptions({
    queryKey: ['workers'],
    queryFn: ({ signal }) => fovea.workers({ signal }),
    refetchInterval: ({ state }) => (state.error === null ? WORKERS_MS : false),
    staleTime: 0,
  });

export const linksQuery = (fovea: FoveaClient, graph: string | undefined) =>
  queryOptions({
    queryKey: [fovea.namespace, 'graphs', graph, 'links'],
    queryFn: async ({ signal }) => (await unlessMissing(fovea.graphs.links(graph ?? '', { signal }))) ?? [],
    enabled: graph !== undefined,
  });

/** @param policy `picture` with no graph: the built-in one that reads a picture's size. */
export const failuresQuery = (fovea: FoveaClient, graph: string | undefined, policy: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'tasks', 'failed', graph, policy],
    queryFn: ({ signal }) =>
      fovea.tasks({ state: 'failed', policy, limit: MAX_FAILURES, signal, ...(graph === undefined ? {} : { graph }) }),
  });
