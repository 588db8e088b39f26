/**
 * Other bytes for a content, under its id: everything that was made of the old ones goes in the same transaction, so that
 * nothing of them is ever found beside the new ones.
 *
 * Rows are locked tasks first, then the content, as for a deletion (`delete-contents.ts`). The tasks go: a worker that still
 * has the old bytes in hand finishes none of them, nor one of the new tasks, which have no token.
 *
 * @module
 */
import type { Labels } from '../contract/index.ts';
import { blobsOf } from './blobs.ts';
import type { Queryable } from './database.ts';
import { descendantsOf, dropDescendants } from './derived.ts';
import { moveLocations } from './locations.ts';
import { policyTable, qualified } from './names.ts';
import { versionOf } from './policy-rows.ts';
import type { NewContent, PolicyRecord } from './records.ts';
import { storableJson, storableText } from './storable.ts';
import { TASK_BUCKET } from './tasks.ts';
import { writeContentTexts, writeTexts } from './text-tables.ts';

export interface ReplacedBytes {
  /** False where these were its bytes: then its labels were merged, and the place of these bytes was added. */
  readonly changed: boolean;
  readonly version: number;
  readonly labels: Labels;
  /** `fovea:` URIs where the old bytes lie, which others may lie in too. */
  readonly oldBlobs: readonly string[];
}

/**
 * Gives a content the bytes, type, name and place of another, and merges its labels. Its tasks have to be planned next.
 *
 * @param policies All versions of the namespace.
 * @returns Undefined where there is no such content.
 */
export async function replaceBytes(
  tx: Queryable,
  namespace: string,
  content: NewContent,
  policies: readonly PolicyRecord[],
): Promise<ReplacedBytes | undefined> {
  const { contentId, sha256 } = content;
  const tasks = `${qualified(namespace, '_task')} where bucket = ${TASK_BUCKET} and content_id = $1`;
  await tx.query(`select 1 from ${tasks} order by policy_id, version for update`, [contentId]);
  const before = await tx.query<{ sha256: string }>(
    `select sha256 from ${qualified(namespace, '_content')} where content_id = $1 for update`,
    [contentId],
  );
  const [old] = before.rows;
  if (old === undefined) return undefined;
  const changed = old.sha256 !== sha256;
  const family = changed ? [contentId, ...(await descendantsOf(tx, namespace, contentId))] : [];
  const oldBlobs = changed ? await blobsOf(tx, namespace, family) : [];
  if (changed) {
    await dropDescendants(tx, namespace, contentId);
    for (const policy of policies) {
      await tx.query(`delete from ${policyTable(namespace, versionOf(policy))} where content_id = $1`, [contentId]);
      await writeTexts(tx, namespace, policy, [{ contentId, rows: [] }]);
    }
    await tx.query(`delete from ${tasks}`, [contentId]);
    await tx.query(`delete from ${qualified(namespace, '_location')} where content_id = $1`, [contentId]);
  }
  const facts = await (changed ? writeFacts(tx, namespace, content) : mergeLabels(tx, namespace, content));
  await writeContentTexts(tx, namespace, [contentId]);
  await moveLocations(tx, namespace, [content]);
  return { changed, ...facts, oldBlobs };
}

interface Facts {
  readonly version: number;
  readonly labels: Labels;
}

async function writeFacts(
  tx: Queryable,
  namespace: string,
  { contentId, sha256, mimeType, sizeBytes, name, labels }: NewContent,
): Promise<Facts> {
  return one(
    await tx.query<Facts>(
      `update ${qualified(namespace, '_content')}
          set version = version + 1, sha256 = $2, mime_type = $3, size_bytes = $4, name = $5, labels = labels || $6::jsonb,
              width = null, height = null, frames = null
        where content_id = $1 returning version, labels`,
      [contentId, sha256, mimeType, sizeBytes, storableText(name), storableJson(labels)],
    ),
  );
}

async function mergeLabels(tx: Queryable, namespace: string, { contentId, labels }: NewContent): Promise<Facts> {
  return one(
    await tx.query<Facts>(
      `update ${qualified(namespace, '_content')} set labels = labels || $2::jsonb
        where content_id = $1 returning version, labels`,
      [contentId, storableJson(labels)],
    ),
  );
}

function one({ rows }: { readonly rows: readonly Facts[] }): Facts {
  const [row] = rows;
  if (row === undefined) throw new Error('A content that was locked has gone');
  return row;
}
