/**
 * Deleting contents with everything that hangs on them, in one transaction.
 *
 * Rows are locked tasks first, then contents: a worker that is writing results holds its tasks and then needs the
 * contents, so it is waited for; what plans new tasks needs the contents, so it sees them gone (`planTasks`).
 *
 * @module
 */
import { blobsOf, unreferencedBlobs } from './blobs.ts';
import type { Database, Queryable } from './database.ts';
import { qualified } from './names.ts';
import { listNamespaces } from './namespaces.ts';
import { uuidsOnly } from './storable.ts';
import { TASK_BUCKET } from './tasks.ts';

export interface DeletedContents {
  /** Ids that were there, and their descendants. */
  readonly deleted: string[];
  /** Ids that were not. */
  readonly unknown: string[];
  /** `fovea:` URIs that no content of any namespace refers to any more: bytes to delete after the commit. */
  readonly orphanBlobs: string[];
}

/** Deletes contents, their descendants, features, vectors, tasks and locations. Files in the user's folders stay. */
export async function deleteContents(
  db: Database,
  namespace: string,
  contentIds: readonly string[],
): Promise<DeletedContents> {
  return deleteThose(db, namespace, contentIds, 'true');
}

/** @param still SQL over `c`: what must hold once nobody else can change them. */
async function deleteThose(
  db: Database,
  namespace: string,
  contentIds: readonly string[],
  still: string,
): Promise<DeletedContents> {
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
    const blobs = await blobsOf(tx, namespace, deleted);
    await tx.query(`delete from ${tasks} where bucket = ${TASK_BUCKET} and content_id = any ($1::uuid[])`, [deleted]);
    // Locations and the rows of every policy's table go with it (ON DELETE CASCADE).
    await tx.query(`delete from ${contents} where content_id = any ($1::uuid[])`, [deleted]);
    const found = new Set(deleted);
    return {
      deleted,
      unknown: contentIds.filter((id) => !found.has(id.toLowerCase())),
      orphanBlobs: await unreferencedBlobs(tx, blobs, await listNamespaces(tx)),
    };
  });
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
