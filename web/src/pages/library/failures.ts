/**
 * Why contents failed, in the words of their tasks.
 *
 * @module
 */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { FoveaClient, Task } from 'fovea/client';
import { useMemo } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { unlessMissing } from '../../api/queries.ts';

/** Reasons of so many tasks are had at once; a content beyond them is asked for by itself. */
const AT_ONCE = 1000;

const failuresQuery = (fovea: FoveaClient) =>
  queryOptions({
    queryKey: [fovea.namespace, 'tasks', 'failed'],
    queryFn: ({ signal }) => unlessMissing(fovea.tasks({ state: 'failed', limit: AT_ONCE, signal })),
  });

const failuresOfQuery = (fovea: FoveaClient, contentId: string) =>
  queryOptions({
    queryKey: [fovea.namespace, 'tasks', 'failed', contentId],
    queryFn: async ({ signal }) => (await fovea.tasks({ state: 'failed', contentId, signal })).tasks,
  });

/** What several steps of one content say alike. */
export interface Failure {
  readonly error: string | null;
  readonly code: string | null;
  /** `graph.policy`; undefined for the reading of the picture itself. */
  readonly steps: readonly (string | undefined)[];
}

export function groupFailures(tasks: readonly Task[]): Failure[] {
  const groups = new Map<string, { error: string | null; code: string | null; steps: (string | undefined)[] }>();
  for (const { graph, policy, error, errorCode: code } of tasks) {
    const key = JSON.stringify([error, code]);
    const group = groups.get(key) ?? { error, code, steps: [] };
    group.steps.push(graph === undefined ? undefined : `${graph}.${policy}`);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Undefined while it is not known. */
export function useFailures(contentId: string): readonly Task[] | undefined {
  const fovea = useFovea();
  const { data: list } = useQuery(failuresQuery(fovea));
  const listed = useMemo(() => list?.tasks.filter((task) => task.contentId === contentId), [list, contentId]);
  const isBeyond = list !== undefined && listed?.length === 0 && list !== null && list.total > list.tasks.length;
  const { data: own } = useQuery({ ...failuresOfQuery(fovea, contentId), enabled: isBeyond });
  return isBeyond ? own : listed;
}
