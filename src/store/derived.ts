/**
 * Contents that a policy makes of a content, e.g. the frames of a video. `position` says where in its parent each lies, and
 * which policy version made it:
 *
 *     { "policyId": 7, "version": 1, "ord": 3, "frame": 75, "timeMs": 3000 }
 *
 * They have their root's labels, and go with their parent and with the policy version.
 *
 * @module
 */
import type { Labels, Position } from '../contract/index.ts';
import { uuidOf } from './contents.ts';
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';
import type { PolicyVersion } from './records.ts';
import { storableJson, storableText } from './storable.ts';
import { TASK_BUCKET } from './tasks.ts';

export interface NewDerived {
  /** Among those of one parent and policy version. */
  readonly ord: number;
  readonly position: Position;
  readonly name: string;
  readonly mimeType: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Where its bytes lie: `fovea:<sha256>`. */
  readonly uri: string;
}

/** A content of which others are made. */
export interface Parent {
  readonly contentId: string;
  readonly rootId: string;
  readonly name: string;
  readonly labels: Labels;
}

/** Identity of a derived content: a version 5 uuid of `<parent>/<policy>.<version>/<ord>`. Pure. */
export function derivedContentId(parentId: string, { policyId, version }: PolicyVersion, ord: number): string {
  return uuidOf(`${parentId}/${policyId}.${version}/${ord}`);
}

/**
 * The content of a task that is leased under this token, kept from being deleted or updated until the transaction ends.
 *
 * @returns Undefined where the lease is not current.
 */
export async function leasedParent(
  tx: Queryable,
  namespace: string,
  token: string,
  { contentId, policyId, version }: PolicyVersion & { readonly contentId: string },
): Promise<Parent | undefined> {
  const { rows } = await tx.query<{ root_id: string; name: string; labels: Labels }>(
    `select c.root_id, c.name, c.labels
       from ${qualified(namespace, '_task')} t join ${qualified(namespace, '_content')} c on c.content_id = t.content_id
      where t.bucket = ${TASK_BUCKET} and t.content_id = $1 and t.policy_id = $2 and t.version = $3
        and t.lease_token = $4 and t.state = 'running'
        for key share of t, c`,
    [contentId, policyId, version, token],
  );
  const [row] = rows;
  return row && { contentId, rootId: row.root_id, name: row.name, labels: row.labels };
}

/** Stores contents that were made of one. @returns Ids of those that were not there. */
export async function insertDerived(
  tx: Queryable,
  namespace: string,
  parent: Parent,
  by: PolicyVersion,
  contents: readonly NewDerived[],
): Promise<string[]> {
  const ids = contents.map(({ ord }) => derivedContentId(parent.contentId, by, ord));
  const { rows } = await tx.query<{ content_id: string }>(
    `insert into ${qualified(namespace, '_content')}
       (content_id, root_id, parent_id, sha256, mime_type, size_bytes, name, labels, position)
     select t.content_id, $1::uuid, $2::uuid, t.sha256, t.mime_type, t.size_bytes, t.name, $3::jsonb, t.position
       from unnest($4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::jsonb[])
              as t (content_id, sha256, mime_type, size_bytes, name, position)
      order by t.content_id
     on conflict (content_id) do nothing
     returning content_id`,
    [
      parent.rootId,
      parent.contentId,
      storableJson(parent.labels),
      ids,
      contents.map(({ sha256 }) => sha256),
      contents.map(({ mimeType }) => mimeType),
      contents.map(({ sizeBytes }) => sizeBytes),
      contents.map(({ name }) => storableText(name)),
      contents.map(({ ord, position }) => storableJson({ ...by, ord, ...position })),
    ],
  );
  const created = new Set(rows.map(({ content_id: id }) => id));
  const places = contents.flatMap(({ uri, sizeBytes }, index) => {
    const contentId = ids[index];
    return contentId !== undefined && created.has(contentId) ? [{ contentId, uri, sizeBytes }] : [];
  });
  await tx.query(
    `insert into ${qualified(namespace, '_location')} (content_id, uri, size, state)
     select t.content_id, t.uri, t.size, 'present' from unnest($1::uuid[], $2::text[], $3::bigint[]) as t (content_id, uri, size)`,
    [places.map(({ contentId }) => contentId), places.map(({ uri }) => uri), places.map(({ sizeBytes }) => sizeBytes)],
  );
  return [...created];
}

/** Deletes what a policy version has made, with its tasks and rows. */
export async function dropDerived(
  tx: Queryable,
  namespace: string,
  { policyId, version }: PolicyVersion,
): Promise<void> {
  const those = `parent_id is not null and (position ->> 'policyId')::integer = $1 and (position ->> 'version')::integer = $2`;
  const contents = qualified(namespace, '_content');
  await tx.query(
    `delete from ${qualified(namespace, '_task')}
      where bucket = ${TASK_BUCKET} and content_id in (select content_id from ${contents} where ${those})`,
    [policyId, version],
  );
  await tx.query(`delete from ${contents} where ${those}`, [policyId, version]);
}

/** What was made of a content that was added, at any depth. */
export async function descendantsOf(tx: Queryable, namespace: string, rootId: string): Promise<string[]> {
  const { rows } = await tx.query<{ content_id: string }>(
    `select content_id from ${qualified(namespace, '_content')} where root_id = $1 and root_id <> content_id`,
    [rootId],
  );
  return rows.map(({ content_id: id }) => id);
}

/** Deletes what was made of a content that was added, at any depth, with its tasks and rows. */
export async function dropDescendants(tx: Queryable, namespace: string, rootId: string): Promise<void> {
  const contents = qualified(namespace, '_content');
  await tx.query(
    `delete from ${qualified(namespace, '_task')}
      where bucket = ${TASK_BUCKET}
        and content_id in (select content_id from ${contents} where root_id = $1 and root_id <> content_id)`,
    [rootId],
  );
  await tx.query(`delete from ${contents} where root_id = $1 and root_id <> content_id`, [rootId]);
}
