/**
 * What a worker with a lease can do to its tasks: keep, finish or give back. Each statement asks for the current token, so
 * a worker that lost its lease changes nothing.
 *
 * @module
 */
import type { TaskError } from '../contract/index.ts';
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';
import type { PolicyVersion } from './records.ts';
import { storableText } from './storable.ts';
import { TASK_BUCKET, WORKER_LOST } from './tasks.ts';

/** The end of one task. */
export interface FinishedTask extends PolicyVersion {
  readonly contentId: string;
  readonly error?: TaskError | undefined;
}

/** A task whose end counted. */
export interface AcceptedTask extends PolicyVersion {
  readonly contentId: string;
  /** True where it won't be tried again by itself. */
  readonly failedForGood: boolean;
}

export interface RetryOptions {
  readonly maxAttempts: number;
  /** Before the second attempt; doubles with each. */
  readonly backoffMs: number;
}

/** Prolongs a lease, also one that ran out and that nobody else has claimed; false where the token is not current. */
export async function extendLease(db: Queryable, namespace: string, token: string, leaseMs: number): Promise<boolean> {
  const { affected } = await db.query(
    `update ${qualified(namespace, '_task')} set lease_until = now() + $2 * interval '1 millisecond'
      where bucket = ${TASK_BUCKET} and lease_token = $1 and state = 'running'`,
    [token, leaseMs],
  );
  return affected > 0;
}

/** Contents that a worker was at when it ended: all their tasks, or those of one policy version. */
export interface WorkInHand {
  readonly contentIds: readonly string[];
  readonly policy?: PolicyVersion | undefined;
}

/**
 * Ends a lease whose worker ended over what it had in hand: that is handed out once more, each content alone, and fails
 * where a worker ends over it again. All else of the lease waits again as if it had not been claimed.
 *
 * @param reason The end of the sentence "Cannot extract: …".
 * @returns How many tasks were in hand.
 */
export async function blameTasks(
  tx: Queryable,
  namespace: string,
  token: string,
  inHand: readonly WorkInHand[],
  reason: string,
): Promise<number> {
  const rows = inHand.flatMap(({ contentIds, policy }) =>
    contentIds.map((contentId) => ({
      contentId,
      policyId: policy?.policyId ?? null,
      version: policy?.version ?? null,
    })),
  );
  const { affected } = await tx.query(
    `update ${qualified(namespace, '_task')} t
        set state = case when t.error_code = '${WORKER_LOST}' then 'failed' else 'waiting' end,
            attempts = t.attempts + case when t.error_code = '${WORKER_LOST}' then 1 else -1 end,
            finished_at = case when t.error_code = '${WORKER_LOST}' then now() end,
            error_code = '${WORKER_LOST}', error = case when t.error_code = '${WORKER_LOST}' then $6 else $5 end, lease_token = null, lease_until = null
       from (select distinct * from unnest($2::uuid[], $3::integer[], $4::integer[]) as u (content_id, policy_id, version)) h
      where t.bucket = ${TASK_BUCKET} and t.lease_token = $1 and t.state = 'running' and t.content_id = h.content_id
        and (h.policy_id is null or t.policy_id = h.policy_id and t.version = h.version)`,
    [
      token,
      rows.map(({ contentId }) => contentId),
      rows.map(({ policyId }) => policyId),
      rows.map(({ version }) => version),
      storableText(`Cannot extract: ${reason}; it is tried once more, alone`),
      storableText(`Cannot extract: ${reason}, and it happened again with this picture alone`),
    ],
  );
  await releaseTasks(tx, namespace, token);
  return affected;
}

/** Contents with tasks under a lease. */
export async function leasedContents(db: Queryable, namespace: string, token: string): Promise<string[]> {
  const { rows } = await db.query<{ content_id: string }>(
    `select distinct content_id from ${qualified(namespace, '_task')}
      where bucket = ${TASK_BUCKET} and lease_token = $1 and state = 'running'`,
    [token],
  );
  return rows.map(({ content_id: contentId }) => contentId);
}

/**
 * Ends tasks, in the transaction that writes their results. A retriable error with attempts left goes back to waiting.
 *
 * @returns `accepted`: what counted; write results of these only. `stale`: contents with a task that did not, because the
 * lease had gone to somebody else or the content or policy was deleted.
 */
export async function finishTasks(
  tx: Queryable,
  namespace: string,
  token: string,
  results: readonly FinishedTask[],
  { maxAttempts, backoffMs }: RetryOptions,
): Promise<{ accepted: AcceptedTask[]; stale: string[] }> {
  if (results.length === 0) return { accepted: [], stale: [] };
  const { rows } = await tx.query<{ content_id: string; policy_id: number; version: number; state: string }>(
    `update ${qualified(namespace, '_task')} t
        set state = case when r.code is null then 'done' when r.retriable and t.attempts < $8 then 'waiting' else 'failed' end,
            available_at = coalesce(($9::timestamptz[])[case when r.retriable and t.attempts < $8 then t.attempts end], t.available_at),
            error_code = r.code, error = r.message, lease_token = null, lease_until = null, finished_at = now()
       from (select * from unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[], $5::text[], $6::boolean[])
               as u (content_id, policy_id, version, code, message, retriable)) r
      where t.bucket = ${TASK_BUCKET} and t.content_id = r.content_id and t.policy_id = r.policy_id and t.version = r.version
        and t.lease_token = $7 and t.state = 'running'
     returning t.content_id, t.policy_id, t.version, t.state`,
    [
      results.map(({ contentId }) => contentId),
      results.map(({ policyId }) => policyId),
      results.map(({ version }) => version),
      results.map(({ error }) => (error === undefined ? null : storableText(error.code))),
      results.map(({ error }) => (error === undefined ? null : storableText(error.message))),
      results.map(({ error }) => error?.retriable ?? false),
      token,
      maxAttempts,
      results.some(({ error }) => error?.retriable === true) ? await backoffTimes(tx, maxAttempts, backoffMs) : [],
    ],
  );
  const accepted = rows.map(({ content_id: contentId, policy_id: policyId, version, state }) => {
    return { contentId, policyId, version, failedForGood: state === 'failed' };
  });
  const ended = new Set(accepted.map(keyOf));
  const stale = new Set(results.filter((result) => !ended.has(keyOf(result))).map(({ contentId }) => contentId));
  return { accepted, stale: [...stale] };
}

/** Gives tasks of a lease back without counting the attempt; with nothing named, all of it. @returns How many. */
export async function releaseTasks(
  tx: Queryable,
  namespace: string,
  token: string,
  which: { readonly policies?: readonly PolicyVersion[]; readonly contentIds?: readonly string[] } = {},
): Promise<number> {
  const { policies, contentIds } = which;
  const { affected } = await tx.query(
    `update ${qualified(namespace, '_task')} t
        set state = 'waiting', attempts = t.attempts - 1, lease_token = null, lease_until = null, started_at = null
      where t.bucket = ${TASK_BUCKET} and t.lease_token = $1 and t.state = 'running'
        and ($2::uuid[] is null or t.content_id = any ($2::uuid[]))
        and ($3::integer[] is null or (t.policy_id, t.version) in (select * from unnest($3::integer[], $4::integer[])))`,
    [
      token,
      contentIds ?? null,
      policies?.map(({ policyId }) => policyId) ?? null,
      policies?.map(({ version }) => version) ?? null,
    ],
  );
  return affected;
}

/**
 * Gives back all leases whose token starts with a prefix, without counting the attempts: their server has ended, and its
 * workers with it, through no fault of the contents. @returns How many tasks.
 */
export async function releaseLeases(db: Queryable, namespace: string, tokenPrefix: string): Promise<number> {
  const { affected } = await db.query(
    `update ${qualified(namespace, '_task')}
        set state = 'waiting', attempts = attempts - 1, lease_token = null, lease_until = null, started_at = null
      where bucket = ${TASK_BUCKET} and state = 'running' and starts_with(lease_token, $1)`,
    [tokenPrefix],
  );
  return affected;
}

/**
 * When attempt 2, 3, … may start, by the database's clock, which claims go by. Ready values: a stable function of a column is
 * not allowed in SET on Citus (rule S21).
 */
async function backoffTimes(tx: Queryable, maxAttempts: number, backoffMs: number): Promise<string[]> {
  const { rows } = await tx.query<{ now: number }>(
    'select (extract(epoch from now()) * 1000)::double precision as now',
  );
  const now = rows[0]?.now ?? Date.now();
  return Array.from({ length: Math.max(0, maxAttempts - 1) }, (_, index) =>
    new Date(now + backoffMs * 2 ** index).toISOString(),
  );
}

function keyOf({ contentId, policyId, version }: PolicyVersion & { readonly contentId: string }): string {
  return `${contentId} ${policyId} ${version}`;
}
