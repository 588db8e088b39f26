/**
 * What became of the tasks: lists, counts, and another try.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { Task, TaskList, TaskState } from '../contract/index.ts';
import { Parameters, versionsSql } from './condition.ts';
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
  /** Only tasks of these. */
  readonly policies?: readonly PolicyVersion[] | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
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

/** When a task changed last. */
const CHANGED_AT = 'coalesce(t.finished_at, t.started_at, t.available_at)';

/**
 * One page of tasks, those that changed last first; `total` counts those on all pages.
 *
 * @throws InvalidInputError for a cursor that is none.
 */
export async function listTasks(db: Queryable, namespace: string, query: TaskQuery): Promise<TaskList> {
  const parameters = new Parameters();
  const conditions = [`t.bucket = ${TASK_BUCKET}`];
  if (query.state !== undefined) conditions.push(`t.state = ${parameters.add(query.state)}`);
  if (query.contentId !== undefined)
    conditions.push(`t.content_id = any (${parameters.add(uuidsOnly([query.contentId]))}::uuid[])`);
  if (query.policies !== undefined)
    conditions.push(`(t.policy_id, t.version) in (${versionsSql(query.policies, parameters)})`);
  const from = `from ${qualified(namespace, '_task')} t`;
  const where = `where ${conditions.join(' and ')}`;
  const counted = await db.query<{ total: number }>(`select count(*) as total ${from} ${where}`, parameters.values);
  const beyond = query.cursor === undefined ? 'true' : behind(readCursor(query.cursor), parameters);
  const { rows } = await db.query<TaskRow>(
    `select t.content_id, c.name, t.policy_id, p.graph, p.name as policy, t.version, t.state, t.attempts, t.error_code, t.error,
            to_char(${CHANGED_AT} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as changed_at
       ${from} join ${qualified(namespace, '_content')} c on c.content_id = t.content_id
       left join fovea.policy p on p.id = t.policy_id and p.version = t.version
      ${where} and ${beyond}
      order by ${CHANGED_AT} desc, t.content_id, t.policy_id, t.version
      limit ${parameters.add(query.limit + 1)}`,
    parameters.values,
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    tasks: page.map(toTask),
    total: counted.rows[0]?.total ?? 0,
    ...(rows.length > page.length && last !== undefined ? { cursor: writeCursor(last) } : {}),
  };
}

/** The place of a task in the list. */
type Place = Pick<TaskRow, 'changed_at' | 'content_id' | 'policy_id' | 'version'>;

function behind(
  { changed_at: changedAt, content_id: id, policy_id: policyId, version }: Place,
  parameters: Parameters,
): string {
  const time = `${parameters.add(changedAt)}::timestamptz`;
  const key = `(${parameters.add(id)}::uuid, ${parameters.add(policyId)}::integer, ${parameters.add(version)}::integer)`;
  return `(${CHANGED_AT} < ${time} or ${CHANGED_AT} = ${time} and (t.content_id, t.policy_id, t.version) > ${key})`;
}

function writeCursor({ changed_at: changedAt, content_id: id, policy_id: policyId, version }: Place): string {
  return Buffer.from(`${changedAt}|${id}|${policyId}|${version}`).toString('base64url');
}

function readCursor(cursor: string): Place {
  const [changedAt = '', id = '', policyId = '', version = ''] = Buffer.from(cursor, 'base64url').toString().split('|');
  const isTime = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(changedAt);
  const areNumbers = [policyId, version].every((text) => /^\d{1,9}$/.test(text));
  if (!isTime || !areNumbers || uuidsOnly([id]).length === 0)
    throw new InvalidInputError(`Cannot continue from cursor "${cursor}": it is not one that a list of tasks gave`);
  return { changed_at: changedAt, content_id: id, policy_id: Number(policyId), version: Number(version) };
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
  // A derived content counts for its root.
  const derived = `(select content_id, root_id from ${qualified(namespace, '_content')} where parent_id is not null) d`;
  const tasks = `${qualified(namespace, '_task')} t left join ${derived} on d.content_id = t.content_id where t.bucket = ${TASK_BUCKET}`;
  const root = 'coalesce(d.root_id, t.content_id)';
  const { rows } = await db.query<{ contents: number; failed: number; unfinished: number }>(
    `select (select count(*) from ${qualified(namespace, '_content')} where parent_id is null) as contents,
            (select count(distinct ${root}) from ${tasks} and t.state = 'failed') as failed,
            (select count(distinct ${root}) from ${tasks} and t.state <> 'done'
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
  /** With microseconds. */
  changed_at: string;
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
