/**
 * Where the bytes of contents lie. One URI is present for contents with the same bytes only, mostly for one; contents that lay
 * there before keep a row `missing` only while they lie nowhere else.
 *
 * @module
 */
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';
import type { KnownLocation, LocationState, NewLocation } from './records.ts';
import { storableText } from './storable.ts';

/** What is known of these URIs; those that are not known are not in the map. */
export async function knownLocations(
  db: Queryable,
  namespace: string,
  uris: readonly string[],
): Promise<Map<string, KnownLocation>> {
  if (uris.length === 0) return new Map();
  const { rows } = await db.query<{
    uri: string;
    content_id: string;
    size: number;
    mtime_ns: string | null;
    inode: string | null;
    state: LocationState;
  }>(
    // By the index for each: without statistics (nothing analyses a new embedded database) "any" would read the whole table.
    `select l.uri, l.content_id, l.size, l.mtime_ns::text as mtime_ns, l.inode, l.state
       from unnest($1::text[]) as asked (uri)
            cross join lateral (
              select * from ${qualified(namespace, '_location')} one where one.uri = asked.uri
               order by one.state = 'present' desc, one.seen_at desc limit 1) l`,
    [uris.map(storableText)],
  );
  return new Map(
    rows.map(({ uri, content_id: contentId, size, mtime_ns: mtimeNs, inode, state }) => [
      uri,
      { contentId, size, mtimeNs, inode, state },
    ]),
  );
}

/** The name of each content and where it lies now; ids that are not known are left out. */
export async function presentLocations(
  db: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<{ contentId: string; name: string; uris: readonly string[] }[]> {
  if (contentIds.length === 0) return [];
  const { rows } = await db.query<{ content_id: string; name: string; uris: string[] }>(
    `select c.content_id, c.name,
            array(select l.uri from ${qualified(namespace, '_location')} l
                   where l.content_id = c.content_id and l.state = 'present' order by l.uri) as uris
       from ${qualified(namespace, '_content')} c
      where c.content_id = any ($1::uuid[])`,
    [contentIds],
  );
  return rows.map(({ content_id: contentId, name, uris }) => ({ contentId, name, uris }));
}

/** `$1` and what lies below it: "0" follows "/". The range is for the index, the rest leaves out "photos-2" beside "photos". */
const BELOW = `l.uri >= $1::text and l.uri < $1::text || '0' and (l.uri = $1::text or l.uri >= $1::text || '/')`;

/** How many URIs are present that are `uri` or lie below it. */
export async function countPresentBelow(db: Queryable, namespace: string, uri: string): Promise<number> {
  const { rows } = await db.query<{ total: number }>(
    `select count(distinct l.uri) as total from ${qualified(namespace, '_location')} l where ${BELOW} and l.state = 'present'`,
    [folderUri(uri)],
  );
  return rows[0]?.total ?? 0;
}

function folderUri(uri: string): string {
  return storableText(uri).replace(/\/+$/, '');
}

/**
 * Locations whose URI is that of a file or a folder or lies below it, in the order of their bytes, one page.
 *
 * @param afterUri Last URI of the page before; null for the first.
 */
export async function locationsBelow(
  db: Queryable,
  namespace: string,
  uri: string,
  afterUri: string | null,
  limit: number,
): Promise<{ uri: string; contentId: string; state: LocationState }[]> {
  const { rows } = await db.query<{ uri: string; content_id: string; state: LocationState }>(
    `select distinct on (l.uri) l.uri, l.content_id, l.state
       from ${qualified(namespace, '_location')} l
      where ${BELOW} and l.uri > coalesce($2::text, '')
      order by l.uri, l.state = 'present' desc, l.seen_at desc
      limit $3`,
    [folderUri(uri), afterUri === null ? null : storableText(afterUri), limit],
  );
  return rows.map(({ uri: found, content_id: contentId, state }) => ({ uri: found, contentId, state }));
}

/** Marks URIs as gone, or as back: then for the content that lay there last. Unknown URIs are passed over. */
export async function setLocationState(
  db: Queryable,
  namespace: string,
  uris: readonly string[],
  state: LocationState,
): Promise<void> {
  if (uris.length === 0) return;
  const table = qualified(namespace, '_location');
  if (state === 'missing') {
    await db.query(`update ${table} set state = 'missing' where uri = any ($1::text[]) and state = 'present'`, [
      uris.map(storableText),
    ]);
    return;
  }
  await db.query(
    `update ${table} l set state = 'present'
       from (select distinct on (uri) uri, content_id from ${table} where uri = any ($1::text[])
              order by uri, state = 'present' desc, seen_at desc) as last
      where l.uri = last.uri and l.content_id = last.content_id and l.state = 'missing'`,
    [uris.map(storableText)],
  );
}

interface Placed {
  readonly contentId: string;
  readonly sha256: string;
  readonly location: NewLocation;
}

/** Writes locations; of two entries with one URI the last counts. A content with the same bytes keeps the place. */
export async function moveLocations(tx: Queryable, namespace: string, files: readonly Placed[]): Promise<void> {
  const table = qualified(namespace, '_location');
  const placed = [...new Map(files.map((file) => [file.location.uri, file])).values()];
  const ids = placed.map(({ contentId }) => contentId);
  const uris = placed.map(({ location }) => storableText(location.uri));
  const { rows: left } = await tx.query<{ content_id: string; uri: string }>(
    `update ${table} l set state = 'missing'
       from unnest($1::uuid[], $2::text[], $3::text[]) as t (content_id, uri, sha256)
      where l.uri = t.uri and l.content_id <> t.content_id and l.state = 'present'
        and t.sha256 <> (select c.sha256 from ${qualified(namespace, '_content')} c where c.content_id = l.content_id)
     returning l.content_id, l.uri`,
    [ids, uris, placed.map(({ sha256 }) => sha256)],
  );
  await tx.query(
    `insert into ${table} (content_id, uri, size, mtime_ns, inode, state)
     select t.content_id, t.uri, t.size, t.mtime_ns, t.inode, 'present'
       from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[]) as t (content_id, uri, size, mtime_ns, inode)
      order by t.content_id, t.uri
     on conflict (content_id, uri) do update
       set size = excluded.size, mtime_ns = excluded.mtime_ns, inode = excluded.inode, state = 'present', seen_at = excluded.seen_at`,
    [
      ids,
      uris,
      placed.map(({ location }) => location.size),
      placed.map(({ location }) => location.mtimeNs),
      placed.map(({ location }) => location.inode),
    ],
  );
  if (left.length === 0) return;
  await tx.query(
    `delete from ${table} l using unnest($1::uuid[], $2::text[]) as t (content_id, uri)
      where l.content_id = t.content_id and l.uri = t.uri
        and exists (select 1 from ${table} other where other.content_id = l.content_id and other.state = 'present')`,
    [left.map(({ content_id: id }) => id), left.map(({ uri }) => uri)],
  );
}
