/**
 * What given features need of the database beyond `features.ts`: contents that stay while rows are written, and counts.
 *
 * @module
 */
import type { Queryable } from './database.ts';
import { policyTable, qualified } from './names.ts';
import { versionOf } from './policy-rows.ts';
import type { PolicyRecord, PolicyVersion } from './records.ts';
import type { TaskCount } from './task-status.ts';
import { TASK_BUCKET } from './tasks.ts';

/** Keeps contents from being deleted until the transaction ends. @returns Those that are there. */
export async function holdContents(
  tx: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await tx.query<{ content_id: string }>(
    `select content_id from ${qualified(namespace, '_content')} where content_id = any ($1::uuid[])
      order by content_id for key share`,
    [contentIds],
  );
  return new Set(rows.map(({ content_id: contentId }) => contentId));
}

/** Forgets tasks of a policy version, also those that a worker has in hand: what it sends is not taken then. */
export async function dropTasks(
  tx: Queryable,
  namespace: string,
  { policyId, version }: PolicyVersion,
  contentIds: readonly string[],
): Promise<void> {
  const own = `bucket = ${TASK_BUCKET} and policy_id = $1 and version = $2 and content_id = any ($3::uuid[])`;
  const tasks = qualified(namespace, '_task');
  const values = [policyId, version, contentIds];
  await tx.query(`select 1 from ${tasks} where ${own} order by content_id for update`, values);
  await tx.query(`delete from ${tasks} where ${own}`, values);
}

/** Contents with rows, a policy, as tasks that are done: these policies have no tasks. */
export function givenCounts(db: Queryable, namespace: string, policies: readonly PolicyRecord[]): Promise<TaskCount[]> {
  return Promise.all(
    policies.map(async (policy) => {
      const { rows } = await db.query<{ contents: number }>(
        `select count(distinct content_id) as contents from ${policyTable(namespace, versionOf(policy))}`,
      );
      const done = rows[0]?.contents ?? 0;
      return { ...versionOf(policy), waiting: 0, running: 0, done, failed: 0, doneLastMinute: 0 };
    }),
  );
}
