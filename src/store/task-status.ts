/**
 * What became of the tasks: lists, counts, and another try.
 *
 * @module
 */
import type { Task, TaskList, TaskState } from '../contract/index.ts';
import { Parameters } from './condition.ts';
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';
import type { PolicyVersion } from './records.ts';
import { uuidsOnly } from './storable.ts';
import { PICTURE_POLICY, TASK_BUCKET } from './tasks.ts';

/** Tasks of one policy version by state. */
export interface TaskCount extends PolicyVersion {
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  /** Finished, well or not, within the last 60 seconds. */
  readonly doneLastMinute: number;
}

/** `ListTasksQuery` of the contract, parsed. */
export interface TaskQuery {
  readonly state?: TaskState | undefined;
  readonly contentId?: string | undefined;
  readonly limit: number;
}

/** Lets failed tasks be tried again, with all attempts. @param contentIds Absent: all of the namespace. @returns How many. */
export async function retryFailed(db: Queryable, namespace: string, contentIds?: readonly string[]): Promise<number> {
  const { affected } = await db.query(
    `update ${qualified(namespace, '_task')}
        set state = 'waiting', attempts = 0, available_at = now(), error_code = null, error = null, started_at = null, finished_at = null
      where bucket = ${TASK_BUCKET} and state = 'failed' and ($1::uuid[] is null or content_id = any ($1::uuid[]))`,
    [contentIds === undefined ? null : uuidsOnly(contentIds)],
  );
  return affected;
}

/** Tries again what failed because the bytes were not where they had been, of contents that were met anew. @returns How many. */
export async function retryMissing(db: Queryable, namespace: string, contentIds: readonly string[]): Promise<number> {
  if (contentIds.length === 0) return 0;
  const { affected } = await db.query(
    `update ${qualified(namespace, '_task')}
        set state = 'waiting', attempts = 0, available_at = now(), error_code = null, error = null, started_at = null, finished_at = null
      where bucket = ${TASK_BUCKET} and state = 'failed' and error_code in ('enoent', 'bytes_changed', 'not_found') and content_id = any ($1::uuid[])`,
    [contentIds],
  );
  return affected;
}

/** Tasks, those that changed last first; `total` counts them all. */
export async function listTasks(db: Queryable, namespace: string, query: TaskQuery): Promise<TaskList> {
  const parameters = new Parameters();
  const conditions = [`t.bucket = ${TASK_BUCKET}`];
  if (query.state !== undefined) conditions.push(`t.state = ${parameters.add(query.state)}`);
  if (query.contentId !== undefined)
    conditions.push(`t.content_id = any (${parameters.add(uuidsOnly([query.contentId]))}::uuid[])`);
  const from = `from ${qualified(namespace, '_task')} t`;
  const where = `where ${conditions.join(' and ')}`;
  const counted = await db.query<{ total: number }>(`select count(*) as total ${from} ${where}`, parameters.values);
  const { rows } = await db.query<TaskRow>(
    `select t.content_id, c.name, t.policy_id, p.graph, p.name as policy, t.version, t.state, t.attempts, t.error_code, t.error
       ${from} join ${qualified(namespace, '_content')} c on c.content_id = t.content_id
       left join fovea.policy p on p.id = t.policy_id and p.version = t.version
      ${where}
      order by coalesce(t.finished_at, t.started_at, t.available_at) desc, t.content_id, t.policy_id
      limit ${parameters.add(query.limit)}`,
    parameters.values,
  );
  return { tasks: rows.map(toTask), total: counted.rows[0]?.total ?? 0 };
}

/** Counts by policy version; versions without tasks are not in the list. */
export async function taskCounts(db: Queryable, namespace: string): Promise<TaskCount[]> {
  const { rows } = await db.query<{
    policy_id: number;
    version: number;
    waiting: number;
    running: number;
    done: number;
    failed: number;
    recent: number;
  }>(
    `select policy_id, version,
            count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'running') as running,
            count(*) filter (where state = 'done') as done, count(*) filter (where state = 'failed') as failed,
            count(*) filter (where finished_at > now() - interval '1 minute' and state in ('done', 'failed')) as recent
       from ${qualified(namespace, '_task')} where bucket = ${TASK_BUCKET}
      group by policy_id, version order by policy_id, version`,
  );
  return rows.map(({ policy_id: policyId, version, waiting, running, done, failed, recent }) => {
    return { policyId, version, waiting, running, done, failed, doneLastMinute: recent };
  });
}

/** Contents as they were added; those with a task that failed for good; those of which every task is done that can run: tasks of a policy that waits for its model don't count. */
export async function contentCounts(
  db: Queryable,
  namespace: string,
): Promise<{ contents: number; failedContents: number; indexedContents: number }> {
  const tasks = `${qualified(namespace, '_task')} t where t.bucket = ${TASK_BUCKET}`;
  const { rows } = await db.query<{ contents: number; failed: number; unfinished: number }>(
    `select (select count(*) from ${qualified(namespace, '_content')} where parent_id is null) as contents,
            (select count(distinct t.content_id) from ${tasks} and t.state = 'failed') as failed,
            (select count(distinct t.content_id) from ${tasks} and t.state <> 'done'
                and (t.state = 'failed' or (t.policy_id, t.version) not in (
                      select id, version from fovea.policy where namespace = $1 and waiting_for is not null))) as unfinished`,
    [namespace],
  );
  const { contents = 0, failed = 0, unfinished = 0 } = rows[0] ?? {};
  return { contents, failedContents: failed, indexedContents: contents - unfinished };
}

interface TaskRow {
  content_id: string;
  name: string;
  policy_id: number;
  graph: string | null;
  policy: string | null;
  version: number;
  state: TaskState;
  attempts: number;
  error_code: string | null;
  error: string | null;
}

function toTask(row: TaskRow): Task {
  const builtIn = row.policy_id === PICTURE_POLICY.policyId;
  return {
    contentId: row.content_id,
    name: row.name,
    ...(row.graph === null ? {} : { graph: row.graph }),
    policy: builtIn ? 'picture' : (row.policy ?? String(row.policy_id)),
    version: row.version,
    state: row.state,
    attempts: row.attempts,
    errorCode: row.error_code,
    error: row.error,
  };
}
