/**
 * The order in which tasks ended well. Each gets the next number in the transaction that writes its result; numbers are given
 * one transaction at a time, so that whoever has read up to one has missed none below it. A task that is done again has a
 * new number, and that of a content which was deleted is never given again.
 *
 * @module
 */
import { Parameters, versionsSql } from './condition.ts';
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';
import type { PolicyVersion } from './records.ts';
import { uuidsOnly } from './storable.ts';
import { TASK_BUCKET } from './tasks.ts';

/** Numbers tasks that are done. Call it last in a transaction: until that ends, it keeps others from ending such ones. */
export async function numberEnded(
  tx: Queryable,
  namespace: string,
  tasks: readonly (PolicyVersion & { readonly contentId: string })[],
): Promise<void> {
  if (tasks.length === 0) return;
  await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`fovea ended ${namespace}`]);
  await tx.query(
    `update ${qualified(namespace, '_task')} t set ended_no = e.ended_no
       from (select u.*, nextval('fovea.task_end') as ended_no
               from unnest($1::uuid[], $2::integer[], $3::integer[]) as u (content_id, policy_id, version)) e
      where t.bucket = ${TASK_BUCKET} and t.content_id = e.content_id and t.policy_id = e.policy_id and t.version = e.version`,
    [
      tasks.map(({ contentId }) => contentId),
      tasks.map(({ policyId }) => policyId),
      tasks.map(({ version }) => version),
    ],
  );
}

/** Contents whose task of one of these policy versions ended well, by its number, from a number on. */
export async function endedTasks(
  db: Queryable,
  namespace: string,
  policies: readonly PolicyVersion[],
  from: number,
  limit: number,
): Promise<{ contentId: string; number: number }[]> {
  const parameters = new Parameters();
  const versions = versionsSql(policies, parameters);
  const most = parameters.add(limit);
  const { rows } = await db.query<{ content_id: string; ended_no: number }>(
    // Each by the index: the versions together would be sorted as a whole.
    `select t.content_id, t.ended_no
       from (${versions}) as p (policy_id, version)
            cross join lateral (
              select o.content_id, o.ended_no from ${qualified(namespace, '_task')} o
               where o.bucket = ${TASK_BUCKET} and o.policy_id = p.policy_id and o.version = p.version
                 and o.ended_no >= ${parameters.add(from)}::bigint
               order by o.ended_no limit ${most}::integer) t
      order by t.ended_no limit ${most}::integer`,
    parameters.values,
  );
  return rows.map(({ content_id: contentId, ended_no: number }) => ({ contentId, number }));
}

/** Tasks of one content by policy version. */
export interface ContentTasks extends PolicyVersion {
  /** `waiting` or `running`. */
  readonly open: boolean;
  readonly failed: boolean;
}

/** The tasks of contents; those that are not there are not in the map. */
export async function tasksOf(
  db: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<Map<string, ContentTasks[]>> {
  const { rows } = await db.query<{ content_id: string; policy_id: number; version: number; state: string }>(
    `select content_id, policy_id, version, state from ${qualified(namespace, '_task')}
      where bucket = ${TASK_BUCKET} and content_id = any ($1::uuid[])`,
    [uuidsOnly(contentIds)],
  );
  const found = new Map<string, ContentTasks[]>();
  for (const { content_id: id, policy_id: policyId, version, state } of rows) {
    const open = state === 'waiting' || state === 'running';
    found.set(id, [...(found.get(id) ?? []), { policyId, version, open, failed: state === 'failed' }]);
  }
  return found;
}
