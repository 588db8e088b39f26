/**
 * Tasks: one content × one policy version. A ledger row is `waiting` until a worker leases it, `running` under the
 * lease's token, then `done`, or `failed` for good; a failure that may pass goes back to `waiting` for a while.
 *
 *     waiting ─claim─► running ─finish─► done | failed | waiting (retriable, attempts left)
 *                         ├─ lease ran out ─► claimed by the next, or failed after MAX_ATTEMPTS
 *                         └─ worker ended over it ─► waiting, to be tried alone; the second time failed
 *
 * Only the holder of the current token can finish a task. An attempt is counted when it is claimed.
 *
 * @module
 */
import { makesContents } from '../contract/index.ts';
import type { LabelFilter } from '../contract/index.ts';
import { filterSql, mimeSql, Parameters } from './condition.ts';
import type { Database, Queryable } from './database.ts';
import { policyTable, qualified } from './names.ts';
import type { PolicyRecord, PolicyVersion } from './records.ts';

/** The built-in task of every root picture: its size and its thumbnail. Not in `fovea.policy`. */
export const PICTURE_POLICY = { policyId: 0, version: 1 } as const;

/** First part of the key, and in every WHERE, so that the ledger can be spread over nodes by it (rule S27). */
export const TASK_BUCKET = 0;

/** A task whose worker went away so often without a word fails for good. */
export const MAX_ATTEMPTS = 3;

/** How far a claim looks to tell whether the queue comes to its end. */
const MOST_SEEN = 256;
/** Fewer contents in a claim cost more than the waiting that they save. */
const SMALLEST_SHARE = 4;

/** Error of a task over which a worker ended: of one that waits, once, so that it is handed out alone; of one that failed, twice. */
export const WORKER_LOST = 'worker_lost';

/** Plans tasks for contents that are there; those that are planned already stay as they are. @returns How many are new. */
export async function planTasks(
  tx: Queryable,
  namespace: string,
  rows: readonly (PolicyVersion & { readonly contentId: string })[],
): Promise<number> {
  if (rows.length === 0) return 0;
  // The lock makes this wait for a deletion of the content, and then plan nothing (there is no foreign key: rule S5).
  const { affected } = await tx.query(
    `insert into ${qualified(namespace, '_task')} (bucket, content_id, policy_id, version)
     select ${TASK_BUCKET}, t.content_id, t.policy_id, t.version
       from unnest($1::uuid[], $2::integer[], $3::integer[]) as t (content_id, policy_id, version)
       join ${qualified(namespace, '_content')} c on c.content_id = t.content_id
      order by t.content_id, t.policy_id, t.version
        for key share of c
     on conflict do nothing`,
    [rows.map(({ contentId }) => contentId), rows.map(({ policyId }) => policyId), rows.map(({ version }) => version)],
  );
  return affected;
}

/** Which contents a policy takes. */
export interface BackfillScope {
  /** E.g. `image/*`; any may fit. */
  readonly mimePatterns: readonly string[];
  /** All must hold. */
  readonly filters: readonly LabelFilter[];
  /**
   * Policy whose results it takes: the contents that it makes; of one that makes none those in which it has found something.
   * Absent: contents as they were added, and what the policies of `framesOf` made of them.
   */
  readonly contentSource?: PolicyRecord | undefined;
  /** Policies of its graph that make contents; their versions by id. */
  readonly framesOf?: readonly number[] | undefined;
}

/** Plans tasks of a policy version for the contents that are there, as one statement. @returns How many are new. */
export async function planBackfill(
  tx: Queryable,
  namespace: string,
  policy: PolicyVersion,
  scope: BackfillScope,
): Promise<number> {
  const parameters = new Parameters();
  const taken = takenSql(namespace, scope, parameters);
  const { affected } = await tx.query(
    `insert into ${qualified(namespace, '_task')} (bucket, content_id, policy_id, version)
     select ${TASK_BUCKET}, c.content_id, ${parameters.add(policy.policyId)}::integer, ${parameters.add(policy.version)}::integer
       from ${qualified(namespace, '_content')} c
      where ${taken}
      order by c.content_id
        for key share of c
     on conflict do nothing`,
    parameters.values,
  );
  return affected;
}

/** Contents that are there and that a policy with this scope takes. */
export async function countTaken(db: Queryable, namespace: string, scope: BackfillScope): Promise<number> {
  const parameters = new Parameters();
  const { rows } = await db.query<{ contents: number }>(
    `select count(*) as contents from ${qualified(namespace, '_content')} c where ${takenSql(namespace, scope, parameters)}`,
    parameters.values,
  );
  return rows[0]?.contents ?? 0;
}

function takenSql(namespace: string, scope: BackfillScope, parameters: Parameters): string {
  const conditions = [
    mimeSql(scope.mimePatterns, parameters),
    ...scope.filters.map((filter) => filterSql(filter, parameters)),
  ];
  const { contentSource: source, framesOf = [] } = scope;
  const madeBy = `(c.position ->> 'policyId')::integer`;
  if (source === undefined) {
    const made = framesOf.length === 0 ? '' : ` or ${madeBy} = any (${parameters.add(framesOf)}::integer[])`;
    conditions.push(`(c.parent_id is null${made})`);
  } else if (makesContents(source)) {
    const { id: policyId, version } = source;
    conditions.push(
      `c.parent_id is not null and ${madeBy} = ${parameters.add(policyId)}::integer
       and (c.position ->> 'version')::integer = ${parameters.add(version)}::integer`,
    );
  } else {
    const { id: policyId, version } = source;
    conditions.push(
      `exists (select 1 from ${policyTable(namespace, { policyId, version })} s where s.content_id = c.content_id)`,
    );
  }
  return conditions.join(' and ');
}

export interface ClaimOptions {
  /** Fencing token of the new lease; never used before. */
  readonly token: string;
  readonly leaseMs: number;
  readonly maxContents: number;
  /** Workers that take from this queue: its end is shared out evenly, so that none waits for another's long last claim. Default 1. */
  readonly claimers?: number;
  /** Of their files together; a larger one is leased alone. Absent: any. */
  readonly maxBytes?: number;
  /** Versions that the worker can do. */
  readonly policies: readonly PolicyVersion[];
}

/** A content with all its tasks that were claimable, leased together so that its bytes are read once. */
export interface ClaimedContent {
  readonly contentId: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Present locations first. */
  readonly uris: string[];
  /** By policy id and version; `attempts` counts this one. */
  readonly tasks: (PolicyVersion & { readonly attempts: number })[];
  /** A worker ended over it, or its lease ran out: it was claimed alone, and is to be worked at alone. */
  readonly suspect: boolean;
}

/**
 * Leases the oldest contents with open tasks among `policies`. A content whose lease ran out, or over which a worker ended,
 * is handed out alone, so that a picture that ends its worker takes no others along.
 *
 * @returns Oldest first; empty where nothing is open.
 */
export async function claimTasks(db: Database, namespace: string, options: ClaimOptions): Promise<ClaimedContent[]> {
  if (options.policies.length === 0 || options.maxContents < 1) return [];
  return db.transaction(async (tx) => {
    // One claim at a time, so that all tasks of a content go to one worker.
    await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`fovea claim ${namespace}`]);
    const { contentIds, suspect } = await chooseContents(tx, namespace, options);
    if (contentIds.length === 0) return [];
    const leased = await lease(tx, namespace, contentIds, options);
    const contents = await describeClaim(tx, namespace, contentIds, leased);
    return contents.map((content) => ({ ...content, suspect }));
  });
}

async function chooseContents(
  tx: Queryable,
  namespace: string,
  { policies, maxContents, claimers = 1, maxBytes = Infinity }: ClaimOptions,
): Promise<{ readonly contentIds: string[]; readonly suspect: boolean }> {
  const table = qualified(namespace, '_task');
  const seen = Math.max(maxContents, Math.min(maxContents * claimers, MOST_SEEN));
  await tx.query(
    `update ${table} set state = 'failed', lease_token = null, lease_until = null, finished_at = now(),
            error_code = '${WORKER_LOST}', error = $2
      where bucket = ${TASK_BUCKET} and state = 'running' and lease_until < now() and attempts >= $1`,
    [MAX_ATTEMPTS, `Cannot extract: the worker that had it ended or fell silent ${MAX_ATTEMPTS} times`],
  );
  const { rows } = await tx.query<{ content_id: string; lost: boolean; size_bytes: number }>(
    `with wanted as (select * from unnest($1::integer[], $2::integer[]) as p (policy_id, version)),
          open as (
            select t.content_id, t.available_at, t.error_code is not distinct from '${WORKER_LOST}' as lost
              from wanted p cross join lateral (
                     select content_id, available_at, error_code from ${table}
                      where bucket = ${TASK_BUCKET} and policy_id = p.policy_id and version = p.version
                        and state = 'waiting' and available_at <= now()
                      order by available_at, content_id limit $3) t
            union all
            select t.content_id, now(), false
              from wanted p cross join lateral (
                     select content_id from ${table}
                      where bucket = ${TASK_BUCKET} and policy_id = p.policy_id and version = p.version
                        and state = 'waiting' and ${isAhead('available_at')}
                      order by available_at, content_id limit $3) t
            union all
            select t.content_id, t.available_at, true
              from ${table} t join wanted p using (policy_id, version)
             where t.bucket = ${TASK_BUCKET} and t.state = 'running' and (t.lease_until < now() or ${isAhead('t.lease_until')}))
     select open.content_id, bool_or(lost) as lost, min(c.size_bytes) as size_bytes
       from open join ${qualified(namespace, '_content')} c using (content_id)
      group by open.content_id order by min(available_at), open.content_id limit $3`,
    [policies.map(({ policyId }) => policyId), policies.map(({ version }) => version), seen],
  );
  const share = Math.min(maxContents, Math.max(SMALLEST_SHARE, Math.ceil(rows.length / claimers)));
  const firstLost = rows.findIndex(({ lost }) => lost);
  const together = rows.slice(0, firstLost === -1 ? share : Math.max(1, Math.min(share, firstLost)));
  let bytes = 0;
  const fits = together.findIndex(({ size_bytes: size }, place) => (bytes += size) > maxBytes && place > 0);
  const chosen = together.slice(0, fits === -1 ? undefined : fits);
  return { contentIds: chosen.map(({ content_id: id }) => id), suspect: firstLost === 0 };
}

/** A time that no lease and no back-off reaches was written before the database's clock was put back. */
function isAhead(column: string): string {
  return `${column} > now() + interval '10 minutes'`;
}

interface LeasedRow {
  content_id: string;
  policy_id: number;
  version: number;
  attempts: number;
}

async function lease(
  tx: Queryable,
  namespace: string,
  contentIds: readonly string[],
  options: ClaimOptions,
): Promise<LeasedRow[]> {
  const table = qualified(namespace, '_task');
  const { rows } = await tx.query<LeasedRow>(
    `update ${table} t
        set state = 'running', lease_token = $4, lease_until = now() + $5 * interval '1 millisecond',
            attempts = t.attempts + 1, started_at = now(), finished_at = null
       from (select o.content_id, o.policy_id, o.version
               from ${table} o join unnest($2::integer[], $3::integer[]) as p (policy_id, version) using (policy_id, version)
              where o.bucket = ${TASK_BUCKET} and o.content_id = any ($1::uuid[])
                and (o.state = 'waiting' and (o.available_at <= now() or ${isAhead('o.available_at')})
                     or o.state = 'running' and (o.lease_until < now() or ${isAhead('o.lease_until')}))
              order by o.content_id, o.policy_id, o.version
                for update of o skip locked) open
      where t.bucket = ${TASK_BUCKET} and t.content_id = open.content_id and t.policy_id = open.policy_id and t.version = open.version
     returning t.content_id, t.policy_id, t.version, t.attempts`,
    [
      contentIds,
      options.policies.map(({ policyId }) => policyId),
      options.policies.map(({ version }) => version),
      options.token,
      options.leaseMs,
    ],
  );
  return rows;
}

async function describeClaim(
  tx: Queryable,
  namespace: string,
  contentIds: readonly string[],
  leased: readonly LeasedRow[],
): Promise<Omit<ClaimedContent, 'suspect'>[]> {
  const { rows } = await tx.query<{
    content_id: string;
    mime_type: string;
    size_bytes: number;
    sha256: string;
    uris: string[];
  }>(
    `select c.content_id, c.mime_type, c.size_bytes, c.sha256,
            array(select l.uri from ${qualified(namespace, '_location')} l
                   where l.content_id = c.content_id order by l.state desc, l.uri) as uris
       from ${qualified(namespace, '_content')} c where c.content_id = any ($1::uuid[])`,
    [contentIds],
  );
  const contents = new Map(rows.map((row) => [row.content_id, row]));
  return contentIds.flatMap((contentId) => {
    const content = contents.get(contentId);
    const tasks = leased
      .filter((task) => task.content_id === contentId)
      .map(({ policy_id: policyId, version, attempts }) => ({ policyId, version, attempts }))
      .sort((a, b) => a.policyId - b.policyId || a.version - b.version);
    if (content === undefined || tasks.length === 0) return [];
    const { mime_type: mimeType, size_bytes: sizeBytes, sha256, uris } = content;
    return [{ contentId, mimeType, sizeBytes, sha256, uris, tasks }];
  });
}
