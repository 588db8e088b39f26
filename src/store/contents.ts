/**
 * Contents, by identity: the same bytes in one namespace are one content, however often and wherever they are added. A content
 * that its caller named, or whose bytes were updated, is found by its id only.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { ConflictError } from '../contract/index.ts';
import type { Labels } from '../contract/index.ts';
import { DatabaseError } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { moveLocations } from './locations.ts';
import { qualified } from './names.ts';
import type { NewContent } from './records.ts';
import { storableJson, storableText, uuidsOnly } from './storable.ts';
import { writeContentTexts } from './text-tables.ts';

/** Namespace of our version 5 uuids, chosen at random once. */
const FOVEA_UUID = Buffer.from('0f2b7a4e5c1d4e8d9a36b7c8d1e2f304', 'hex');

/**
 * Identity of bytes in a namespace: a version 5 uuid (RFC 9562 §5.5) of `<namespace>/<sha256>`. Pure.
 *
 * @param sha256 Hex.
 * @param turn From 2 on, another id of the same bytes: `<namespace>/<sha256>/<turn>`.
 */
export function contentIdFor(namespace: string, sha256: string, turn: number = 1): string {
  return uuidOf(`${namespace}/${sha256.toLowerCase()}${turn === 1 ? '' : `/${turn}`}`);
}

/** A version 5 uuid in our namespace. Pure. */
export function uuidOf(name: string): string {
  const hash = createHash('sha1').update(FOVEA_UUID).update(name).digest();
  const bytes = hash.subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * The contents with ids that are theirs. One that was first met with these bytes, and has others since, keeps its id: the bytes
 * then get the next one.
 *
 * @throws ConflictError for an id of the caller's that a content with other bytes has.
 */
export async function identify(
  tx: Queryable,
  namespace: string,
  contents: readonly NewContent[],
): Promise<readonly NewContent[]> {
  let found = contents;
  for (let turn = 2; ; turn += 1) {
    const sums = await hashesOf(
      tx,
      namespace,
      found.map(({ contentId }) => contentId),
    );
    const isTaken = ({ contentId, sha256 }: NewContent): boolean => (sums.get(contentId) ?? sha256) !== sha256;
    if (!found.some(isTaken)) return found;
    found = found.map((content) => (isTaken(content) ? renamed(namespace, content, turn) : content));
  }
}

function renamed(namespace: string, content: NewContent, turn: number): NewContent {
  const { givenId, name, sha256 } = content;
  if (givenId === undefined) return { ...content, contentId: contentIdFor(namespace, sha256, turn) };
  throw new ConflictError(
    `Cannot add "${name}" as "${givenId}": the content of that id has other bytes; update it instead, or give another id`,
  );
}

async function hashesOf(db: Queryable, namespace: string, contentIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ content_id: string; sha256: string }>(
    `select content_id, sha256 from ${qualified(namespace, '_content')} where content_id = any ($1::uuid[])`,
    [contentIds],
  );
  return new Map(rows.map(({ content_id: id, sha256 }) => [id, sha256]));
}

/**
 * Stores a batch of files, at most some hundreds. Bytes that are known get their location and labels merged; a location
 * whose bytes changed moves to its new content, and the old one keeps it as `missing` where it lies nowhere else.
 *
 * @returns `created`: ids of contents that were not there.
 */
export async function insertContents(
  tx: Queryable,
  namespace: string,
  contents: readonly NewContent[],
): Promise<{ created: string[] }> {
  if (contents.length === 0) return { created: [] };
  const unique = mergeSameBytes(contents);
  const table = qualified(namespace, '_content');
  // In the order of ids, so that two batches with the same contents wait for each other instead of locking up.
  const { rows } = await tx.query<{ content_id: string }>(
    `insert into ${table} (content_id, root_id, sha256, mime_type, size_bytes, name, labels, given_id)
     select t.content_id, t.content_id, t.sha256, t.mime_type, t.size_bytes, t.name, t.labels, t.given_id
       from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::jsonb[], $7::text[])
              as t (content_id, sha256, mime_type, size_bytes, name, labels, given_id)
      order by t.content_id
     on conflict (content_id) do nothing
     returning content_id`,
    [
      unique.map(({ contentId }) => contentId),
      unique.map(({ sha256 }) => sha256),
      unique.map(({ mimeType }) => mimeType),
      unique.map(({ sizeBytes }) => sizeBytes),
      unique.map(({ name }) => storableText(name)),
      unique.map(({ labels }) => storableJson(labels)),
      unique.map(({ givenId }) => givenId ?? null),
    ],
  );
  const created = new Set(rows.map(({ content_id: id }) => id));
  await holdContents(tx, table, unique);
  const met = unique.filter(({ contentId }) => !created.has(contentId));
  await writeContentTexts(tx, namespace, [...created, ...(await mergeLabels(tx, namespace, met))]);
  await nameContents(tx, table, met);
  await moveLocations(tx, namespace, contents);
  return { created: [...created] };
}

/**
 * Keeps contents from being deleted or updated until the transaction ends. One that went, or got other bytes, after it was found
 * is added by a retry.
 */
async function holdContents(tx: Queryable, table: string, contents: readonly NewContent[]): Promise<void> {
  const { rows } = await tx.query<{ content_id: string; sha256: string }>(
    `select content_id, sha256 from ${table} where content_id = any ($1::uuid[]) order by content_id for key share`,
    [contents.map(({ contentId }) => contentId)],
  );
  const held = new Map(rows.map(({ content_id: id, sha256 }) => [id, sha256]));
  if (contents.some(({ contentId, sha256 }) => held.get(contentId) !== sha256))
    throw new DatabaseError('a content was changed while it was added', { sqlState: SERIALIZATION_FAILURE });
}

/** A content that was there under an id that Fovea made answers to the caller's from now on. */
async function nameContents(tx: Queryable, table: string, contents: readonly NewContent[]): Promise<void> {
  const named = contents.filter(({ givenId }) => givenId !== undefined);
  if (named.length === 0) return;
  await tx.query(
    `update ${table} c set given_id = t.given_id from unnest($1::uuid[], $2::text[]) as t (content_id, given_id)
      where c.content_id = t.content_id and c.given_id is null`,
    [named.map(({ contentId }) => contentId), named.map(({ givenId }) => givenId ?? null)],
  );
}

/** Ids as callers wrote them; contents that Fovea named are not in the map. */
export async function givenIds(
  db: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<Map<string, string>> {
  const ids = uuidsOnly(contentIds);
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<{ content_id: string; given_id: string }>(
    `select content_id, given_id from ${qualified(namespace, '_content')}
      where content_id = any ($1::uuid[]) and given_id is not null`,
    [ids],
  );
  return new Map(rows.map(({ content_id: id, given_id: givenId }) => [id, givenId]));
}

/** Transactions are run again after it. */
const SERIALIZATION_FAILURE = '40001';

/** Merges labels into those of contents that are there; labels of the same key are replaced. */
export async function addLabels(
  db: Database,
  namespace: string,
  contentIds: readonly string[],
  labels: Labels,
): Promise<void> {
  await setLabels(db, namespace, contentIds, labels, []);
}

/** Merges `set` into the labels, then removes the keys of `remove`. Unknown ids are passed over. */
export async function setLabels(
  db: Database,
  namespace: string,
  contentIds: readonly string[],
  set: Labels,
  remove: readonly string[],
): Promise<void> {
  const ids = uuidsOnly(contentIds);
  if (ids.length === 0 || (Object.keys(set).length === 0 && remove.length === 0)) return;
  await db.transaction(async (tx) => {
    const { rows } = await tx.query<{ content_id: string; parent_id: string | null }>(
      // What was made of a content has its labels.
      `update ${qualified(namespace, '_content')} set labels = (labels || $2::jsonb) - $3::text[]
        where (content_id = any ($1::uuid[]) or root_id = any ($1::uuid[]) and root_id <> content_id) and labels is distinct from (labels || $2::jsonb) - $3::text[]
       returning content_id, parent_id`,
      [ids, storableJson(set), remove.map(storableText)],
    );
    await writeContentTexts(
      tx,
      namespace,
      rows.filter(({ parent_id: parent }) => parent === null).map(({ content_id: id }) => id),
    );
  });
}

/** Gives contents other names. Unknown ids are passed over. */
export async function renameContents(
  db: Database,
  namespace: string,
  names: readonly { readonly contentId: string; readonly name: string }[],
): Promise<void> {
  if (names.length === 0) return;
  const ids = names.map(({ contentId }) => contentId);
  await db.transaction(async (tx) => {
    await tx.query(
      `update ${qualified(namespace, '_content')} c set name = t.name
         from unnest($1::uuid[], $2::text[]) as t (content_id, name)
        where c.content_id = t.content_id`,
      [ids, names.map(({ name }) => storableText(name))],
    );
    await writeContentTexts(tx, namespace, ids);
  });
}

/** What was learnt of a picture when it was decoded. */
export interface PictureFacts {
  readonly contentId: string;
  /** Pixels of the upright picture. */
  readonly width: number;
  readonly height: number;
  /** Null where the worker did not tell. */
  readonly frames: number | null;
}

/** @returns The version of each content, by id. */
export async function setPicture(
  tx: Queryable,
  namespace: string,
  rows: readonly PictureFacts[],
): Promise<Map<string, number>> {
  if (rows.length === 0) return new Map();
  const { rows: set } = await tx.query<{ content_id: string; version: number }>(
    `update ${qualified(namespace, '_content')} c set width = t.width, height = t.height, frames = t.frames
       from unnest($1::uuid[], $2::integer[], $3::integer[], $4::integer[]) as t (content_id, width, height, frames)
      where c.content_id = t.content_id
     returning c.content_id, c.version`,
    [
      rows.map(({ contentId }) => contentId),
      rows.map(({ width }) => width),
      rows.map(({ height }) => height),
      rows.map(({ frames }) => frames),
    ],
  );
  return new Map(set.map(({ content_id: id, version }) => [id, version]));
}

/** One entry a content: the first file's name, the labels of all. */
function mergeSameBytes(contents: readonly NewContent[]): NewContent[] {
  const unique = new Map<string, NewContent>();
  for (const content of contents) {
    const first = unique.get(content.contentId);
    unique.set(
      content.contentId,
      first === undefined ? content : { ...first, labels: { ...first.labels, ...content.labels } },
    );
  }
  return [...unique.values()];
}

/** @returns Ids of those whose labels changed. */
async function mergeLabels(tx: Queryable, namespace: string, contents: readonly NewContent[]): Promise<string[]> {
  const labelled = contents.filter(({ labels }) => Object.keys(labels).length > 0);
  if (labelled.length === 0) return [];
  const { rows } = await tx.query<{ content_id: string }>(
    `update ${qualified(namespace, '_content')} c set labels = c.labels || t.labels
       from unnest($1::uuid[], $2::jsonb[]) as t (content_id, labels)
      where c.content_id = t.content_id and not c.labels @> t.labels
     returning c.content_id`,
    [labelled.map(({ contentId }) => contentId), labelled.map(({ labels }) => storableJson(labels))],
  );
  return rows.map(({ content_id: id }) => id);
}

/** Those of the ids that a namespace has. */
export async function existingContents(
  db: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<string[]> {
  if (contentIds.length === 0) return [];
  const { rows } = await db.query<{ content_id: string }>(
    `select content_id from ${qualified(namespace, '_content')} where content_id = any ($1::uuid[])`,
    [uuidsOnly(contentIds)],
  );
  return rows.map(({ content_id: contentId }) => contentId);
}
