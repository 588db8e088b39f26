/**
 * What `fovea duplicates` reads: places of the same bytes, perceptual hashes, and small grey pictures.
 *
 * @module
 */
import type { Queryable } from './database.ts';
import { policyTable, qualified } from './names.ts';
import type { PolicyVersion } from './records.ts';

/** A picture that was hashed; derived contents are none. */
export interface HashedPicture {
  readonly contentId: string;
  /** 16 hexadecimal digits. */
  readonly phash: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly sizeBytes: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Rows of 100 bytes that are read at once. */
const PAGE = 5000;

/** Every picture that a policy has hashed, by id. */
export async function hashedPictures(
  db: Queryable,
  namespace: string,
  policy: PolicyVersion,
): Promise<HashedPicture[]> {
  const pictures: HashedPicture[] = [];
  for (;;) {
    const last = pictures.at(-1)?.contentId ?? null;
    const { rows } = await db.query<HashRow>(
      `select p.content_id, p.phash, c.width, c.height, c.size_bytes, c.created_at
         from ${policyTable(namespace, policy)} p join ${qualified(namespace, '_content')} c on c.content_id = p.content_id
        where p.ord = 0 and c.parent_id is null and ($1::uuid is null or p.content_id > $1)
        order by p.content_id limit $2`,
      [last, PAGE],
    );
    for (const { content_id: contentId, phash, width, height, size_bytes: sizeBytes, created_at: createdAt } of rows)
      pictures.push({ contentId, phash, width, height, sizeBytes, createdAt });
    if (rows.length < PAGE) return pictures;
  }
}

interface HashRow {
  content_id: string;
  phash: string;
  width: number | null;
  height: number | null;
  size_bytes: number;
  created_at: string;
}

/** The small grey pictures of contents, base64; those without one are not in the map. */
export async function greyPictures(
  db: Queryable,
  namespace: string,
  policy: PolicyVersion,
  contentIds: readonly string[],
): Promise<Map<string, string>> {
  if (contentIds.length === 0) return new Map();
  const { rows } = await db.query<{ content_id: string; grey: string }>(
    `select content_id, grey from ${policyTable(namespace, policy)} where content_id = any ($1::uuid[]) and ord = 0`,
    [contentIds],
  );
  return new Map(rows.map(({ content_id: contentId, grey }) => [contentId, grey]));
}

/** One place where bytes lie; `uri` is null for a content whose bytes lie in no folder of the user's. */
export interface BytesPlace {
  readonly contentId: string;
  readonly name: string;
  readonly uri: string | null;
}

/** Places of the same bytes, the oldest file first. */
export interface SameBytes {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly places: BytesPlace[];
}

export interface SameBytesList {
  /** Most places first, of as many the largest files first. */
  readonly groups: SameBytes[];
  /** Of all groups, also those beyond the limit. */
  readonly total: number;
  /** Places beyond the first of each group, and their bytes. */
  readonly copies: number;
  readonly copiedBytes: number;
}

/** Groups of equal bytes: one file at several places of folders, or contents under several given ids. */
export async function sameBytes(db: Queryable, namespace: string, limit: number): Promise<SameBytesList> {
  const places = `select c.sha256, c.size_bytes, c.content_id, c.name, l.uri, l.mtime_ns
       from ${qualified(namespace, '_content')} c
       left join ${qualified(namespace, '_location')} l on l.content_id = c.content_id and l.state = 'present' and l.uri like 'file:%'
      where c.parent_id is null`;
  const { rows: groups } = await db.query<GroupRow>(
    `select sha256, max(size_bytes) as size_bytes, count(*) over () as total,
            sum(count(*) - 1) over () as copies, sum((count(*) - 1) * max(size_bytes)) over () as copied_bytes
       from (${places}) p group by sha256 having count(*) > 1 order by count(*) desc, max(size_bytes) desc, sha256 limit $1`,
    [limit],
  );
  const { rows } = await db.query<BytesPlace & { sha256: string }>(
    `select p.sha256, p.content_id as "contentId", p.name, p.uri from (${places}) p
      where p.sha256 = any ($1::text[]) order by p.mtime_ns nulls last, p.uri, p.content_id`,
    [groups.map(({ sha256 }) => sha256)],
  );
  const bySha = new Map<string, BytesPlace[]>();
  for (const { sha256, ...place } of rows) bySha.set(sha256, [...(bySha.get(sha256) ?? []), place]);
  const [first] = groups;
  return {
    groups: groups.map(({ sha256, size_bytes: sizeBytes }) => ({ sha256, sizeBytes, places: bySha.get(sha256) ?? [] })),
    total: first?.total ?? 0,
    copies: first?.copies ?? 0,
    copiedBytes: first?.copied_bytes ?? 0,
  };
}

interface GroupRow {
  sha256: string;
  size_bytes: number;
  total: number;
  copies: number;
  copied_bytes: number;
}
