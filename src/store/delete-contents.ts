/**
 * Deleting contents with everything that hangs on them, in one transaction.
 *
 * Rows are locked tasks first, then contents: a worker that is writing results holds its tasks and then needs the
 * contents, so it is waited for; what plans new tasks needs the contents, so it sees them gone (`planTasks`).
 *
 * @module
 */
import { blobSizes, unreferencedBlobs } from './blobs.ts';
import type { Database, Queryable } from './database.ts';
import { policyTable, qualified } from './names.ts';
import { listNamespaces } from './namespaces.ts';
import { policiesOf, versionOf } from './policy-rows.ts';
import { uuidsOnly } from './storable.ts';
import { TASK_BUCKET } from './tasks.ts';

export interface Deletion {
  /** Ids that were there, and their descendants. */
  readonly deleted: string[];
  /** How many of them are derived. */
  readonly derived: number;
  /** Ids that were not. */
  readonly unknown: string[];
  /** `fovea:` URIs that no content of any namespace refers to any more: bytes to delete after the commit. */
  readonly orphanBlobs: string[];
  /** Of these. */
  readonly storedBytes: number;
  /** Rows of theirs in versions of policies that are in use. */
  readonly rows: number;
  /** Files in the user's folders where they lie. */
  readonly keptFiles: number;
}

/** Deletes contents, their descendants, features, vectors, tasks and locations. Files in the user's folders stay. */
export async function deleteContents(
  db: Database,
  namespace: string,
  contentIds: readonly string[],
): Promise<Deletion> {
  return deleteThose(db, namespace, contentIds, 'true');
}

/** What `deleteContents` would do now. */
export async function describeDeletion(
  db: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<Deletion> {
  const contents = qualified(namespace, '_content');
  const { rows } = await db.query<{ content_id: string }>(
    `select content_id from ${contents} where content_id = any ($1::uuid[]) order by content_id`,
    [await withDescendants(db, contents, uuidsOnly(contentIds))],
  );
  const deleted = rows.map(({ content_id: id }) => id);
  const { blobs, ...counts } = await weigh(db, namespace, deleted);
  const own = { namespace, contentIds: deleted };
  const orphanBlobs = await unreferencedBlobs(db, [...blobs.keys()], await listNamespaces(db), own);
  return {
    deleted,
    unknown: unknownOf(contentIds, deleted),
    orphanBlobs,
    storedBytes: bytesOf(orphanBlobs, blobs),
    ...counts,
  };
}

/** @param still SQL over `c`: what must hold once nobody else can change them. */
async function deleteThose(
  db: Database,
  namespace: string,
  contentIds: readonly string[],
  still: string,
): Promise<Deletion> {
  return db.transaction(async (tx) => {
    const contents = qualified(namespace, '_content');
    const tasks = qualified(namespace, '_task');
    const family = await withDescendants(tx, contents, uuidsOnly(contentIds));
    await tx.query(
      `select 1 from ${tasks} where bucket = ${TASK_BUCKET} and content_id = any ($1::uuid[]) order by content_id for update`,
      [family],
    );
    const { rows } = await tx.query<{ content_id: string }>(
      `select c.content_id from ${contents} c where c.content_id = any ($1::uuid[]) and ${still} order by c.content_id for update`,
      [family],
    );
    const deleted = rows.map(({ content_id: id }) => id);
    const { blobs, ...counts } = await weigh(tx, namespace, deleted);
    await tx.query(`delete from ${tasks} where bucket = ${TASK_BUCKET} and content_id = any ($1::uuid[])`, [deleted]);
    // Locations and the rows of every policy's table go with it (ON DELETE CASCADE).
    await tx.query(`delete from ${contents} where content_id = any ($1::uuid[])`, [deleted]);
    const orphanBlobs = await unreferencedBlobs(tx, [...blobs.keys()], await listNamespaces(tx));
    return {
      deleted,
      unknown: unknownOf(contentIds, deleted),
      orphanBlobs,
      storedBytes: bytesOf(orphanBlobs, blobs),
      ...counts,
    };
  });
}

/** What hangs on contents that are there. `blobs`: sizes of the stored bytes that they lie in, by URI. */
async function weigh(
  tx: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<Pick<Deletion, 'derived' | 'rows' | 'keptFiles'> & { readonly blobs: ReadonlyMap<string, number> }> {
  const policies = (await policiesOf(tx, namespace)).filter(({ state }) => state === 'active');
  const rows = policies.map(
    (policy) =>
      `(select count(*) from ${policyTable(namespace, versionOf(policy))} where content_id = any ($1::uuid[]))`,
  );
  const counted = await tx.query<{ derived: number; kept_files: number; rows: number }>(
    `select (select count(*) from ${qualified(namespace, '_content')} where content_id = any ($1::uuid[]) and parent_id is not null) as derived,
            (select count(*) from ${qualified(namespace, '_location')}
              where content_id = any ($1::uuid[]) and state = 'present' and uri like 'file:%') as kept_files,
            ${['0::bigint', ...rows].join(' + ')} as rows`,
    [contentIds],
  );
  const [counts] = counted.rows;
  return {
    derived: counts?.derived ?? 0,
    rows: counts?.rows ?? 0,
    keptFiles: counts?.kept_files ?? 0,
    blobs: await blobSizes(tx, namespace, contentIds),
  };
}

function unknownOf(asked: readonly string[], found: readonly string[]): string[] {
  const known = new Set(found);
  return asked.filter((id) => !known.has(id.toLowerCase()));
}

function bytesOf(uris: readonly string[], sizes: ReadonlyMap<string, number>): number {
  return uris.reduce((sum, uri) => sum + (sizes.get(uri) ?? 0), 0);
}

/**
 * Deletes, of these contents, those that lie nowhere any more and of which every task failed: there is nothing of them to
 * find, and nothing to try again.
 *
 * @returns The ids that went.
 */
export async function forgetBroken(db: Database, namespace: string, contentIds: readonly string[]): Promise<string[]> {
  if (contentIds.length === 0) return [];
  const { rows } = await db.query<{ content_id: string }>(
    `select c.content_id from ${qualified(namespace, '_content')} c where c.content_id = any ($1::uuid[]) and ${broken(namespace)}`,
    [contentIds],
  );
  const ids = rows.map(({ content_id: id }) => id);
  return ids.length === 0 ? [] : (await deleteThose(db, namespace, ids, broken(namespace))).deleted;
}

function broken(namespace: string): string {
  const tasks = `${qualified(namespace, '_task')} t where t.bucket = ${TASK_BUCKET} and t.content_id = c.content_id`;
  return `not exists (select 1 from ${qualified(namespace, '_location')} l where l.content_id = c.content_id and l.state = 'present')
      and exists (select 1 from ${tasks}) and not exists (select 1 from ${tasks} and t.state <> 'failed')`;
}

async function withDescendants(tx: Queryable, contents: string, ids: readonly string[]): Promise<string[]> {
  const family = new Set(ids);
  let generation = [...family];
  while (generation.length > 0) {
    const { rows } = await tx.query<{ content_id: string }>(
      `select content_id from ${contents} where parent_id = any ($1::uuid[])`,
      [generation],
    );
    generation = rows.map(({ content_id: id }) => id).filter((id) => !family.has(id));
    for (const id of generation) family.add(id);
  }
  return [...family];
}
