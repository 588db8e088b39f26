/**
 * What given features need of the database beyond `features.ts`: contents that stay while rows are written, and counts.
 *
 * @module
 */
import type { ColumnValue, FeatureRow } from '../contract/index.ts';
import { identifier } from './database.ts';
import type { Queryable } from './database.ts';
import { policyTable, qualified } from './names.ts';
import { versionOf } from './policy-rows.ts';
import type { PolicyRecord, PolicyVersion } from './records.ts';
import type { TaskCount } from './task-status.ts';
import { storableText, uuidsOnly } from './storable.ts';
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

/** The rows of these contents without their vectors, by `ord`; contents without any are not in the map. */
export async function givenRows(
  db: Queryable,
  namespace: string,
  policy: PolicyRecord,
  contentIds: readonly string[],
): Promise<Map<string, FeatureRow[]>> {
  const found = new Map<string, FeatureRow[]>();
  if (contentIds.length === 0) return found;
  const names = Object.keys(policy.output.columns).map(identifier);
  const { rows } = await db.query<Record<string, ColumnValue>>(
    `select ${['content_id', 'ord', ...names].join(', ')} from ${policyTable(namespace, versionOf(policy))}
      where content_id = any ($1::uuid[]) order by content_id, ord`,
    [contentIds],
  );
  for (const { content_id: id, ord, ...columns } of rows) {
    const own = found.get(String(id)) ?? [];
    own.push({ ord: Number(ord), columns, vectors: {} });
    found.set(String(id), own);
  }
  return found;
}

/** Contents by id or by file name; a name may stand for several. */
export async function contentsNamed(
  db: Queryable,
  namespace: string,
  names: readonly string[],
): Promise<Map<string, string[]>> {
  const { rows } = await db.query<{ asked: string; content_id: string }>(
    `select c.name as asked, c.content_id from ${qualified(namespace, '_content')} c where c.name = any ($1::text[])
     union all
     select c.content_id::text, c.content_id from ${qualified(namespace, '_content')} c where c.content_id = any ($2::uuid[])`,
    [names.map(storableText), uuidsOnly(names)],
  );
  const found = new Map<string, string[]>();
  for (const { asked, content_id: id } of rows) found.set(asked, [...(found.get(asked) ?? []), id]);
  return found;
}
