/**
 * What pages ask the server, with the keys that it is cached by. A key begins with the namespace, then says what it is
 * about, so that `live.ts` can tell what an event makes stale.
 *
 * @module
 */
import { queryOptions } from '@tanstack/react-query';
import { type FoveaClient, NotFoundError, type Task } from 'fovea/client';

/** How often the status is asked for while something is being indexed, and while nothing is: milliseconds. */
const BUSY_MS = 1000;
const IDLE_MS = 15_000;

export const healthQuery = (fovea: FoveaClient) =>
  queryOptions({ queryKey: ['health'], queryFn: ({ signal }) => fovea.health({ signal }), staleTime: 60_000 });

export const namespacesQuery = (fovea: FoveaClient) =>
  queryOptions({ queryKey: ['namespaces'], queryFn: ({ signal }) => fovea.namespaces.list({ signal }) });

/** Null where the namespace does not exist yet: it comes into being with its first picture. */
export const statusQuery = (fovea: FoveaClient) =>
  queryOptions({
    queryKey: [fovea.namespace, 'status'],
    queryFn: ({ signal }) => unlessMissing(fovea.status({ signal })),
    refetchInterval: ({ state }) => (state.data?.busy ? BUSY_MS : IDLE_MS),
    staleTime: 500,
  });

export const tablesQuery = (fovea: FoveaClient) =>
  queryOptions({
    queryKey: [fovea.namespace, 'tables'],
    queryFn: async ({ signal }) => (await unlessMissing(fovea.tables({ signal }))) ?? [],
  });

export const indexesQuery = (fovea: FoveaClient) =>
  queryOptions({
    queryKey: [fovea.namespace, 'indexes'],
    queryFn: async ({ signal }) => (await unlessMissing(fovea.indexes({ signal }))) ?? [],
  });

export const graphsQuery = (fovea: FoveaClient) =>
  queryOptions({
    queryKey: [fovea.namespace, 'graphs'],
    queryFn: async ({ signal }) => (await unlessMissing(fovea.graphs.list({ signal }))) ?? [],
  });

export const contentQuery = (fovea: FoveaClient, contentId: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'content', contentId],
    queryFn: ({ signal }) => fovea.contents.get(contentId, { signal }),
  });

export const featuresQuery = (fovea: FoveaClient, contentId: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'features', contentId],
    queryFn: ({ signal }) => fovea.contents.features(contentId, { signal }),
  });

/** Every task of a content; asked again and again while one is open. */
export const contentTasksQuery = (fovea: FoveaClient, contentId: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'tasks', contentId],
    queryFn: async ({ signal }) => (await fovea.tasks({ contentId, limit: 1000, signal })).tasks,
    refetchInterval: ({ state }) => (state.data?.some(isOpen) ? BUSY_MS : false),
  });

const isOpen = ({ state }: Task): boolean => state === 'waiting' || state === 'running';

/** Null instead of an error where the namespace is not there. */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotFoundError) return null;
    throw error;
  }
}
