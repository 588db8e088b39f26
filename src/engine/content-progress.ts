/**
 * How far contents are, by their tasks.
 *
 * @module
 */
import type { ContentProgress } from '../contract/index.ts';
import type { WorkerRoster } from '../ingest/index.ts';
import { tasksOf, versionOf } from '../store/index.ts';
import type { ContentTasks, Database, PolicyRecord } from '../store/index.ts';

interface Parts {
  readonly database: Database;
  readonly roster: WorkerRoster;
  readonly policies: (namespace: string) => Promise<readonly PolicyRecord[]>;
}

/** Contents that are not there are not in the map. */
export async function contentProgress(
  { database, roster, policies }: Parts,
  namespace: string,
  contentIds: readonly string[],
): Promise<Map<string, ContentProgress>> {
  const [tasks, known] = await Promise.all([tasksOf(database, namespace, contentIds), policies(namespace)]);
  const reasons = new Map(
    known.flatMap((policy) => {
      const reason = whyWaiting(policy, roster);
      return reason === undefined
        ? []
        : [[key(versionOf(policy)), `"${policy.graph}.${policy.name}" waits: ${reason}`]];
    }),
  );
  return new Map([...tasks].map(([contentId, own]) => [contentId, progressOf(own, reasons)]));
}

/** Why tasks of a policy can't run; undefined where they can. */
export function whyWaiting(policy: PolicyRecord, roster: WorkerRoster): string | undefined {
  return policy.waitingFor ?? roster.refusedByAll({ ...versionOf(policy), extractor: policy.extractor });
}

function progressOf(tasks: readonly ContentTasks[], reasons: ReadonlyMap<string, string>): ContentProgress {
  const open = tasks.filter((task) => task.open);
  const waiting = open.flatMap((task) => reasons.get(key(task)) ?? []);
  return {
    open: open.length - waiting.length,
    done: tasks.filter((task) => !task.open && !task.failed).length,
    failed: tasks.filter(({ failed }) => failed).length,
    waitingFor: [...new Set(waiting)],
  };
}

const key = ({ policyId, version }: { readonly policyId: number; readonly version: number }): string =>
  `${policyId}.${version}`;
