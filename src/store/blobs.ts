/**
 * Which of the bytes that Fovea stores itself (`fovea:<sha256>`) are still needed. They are shared by all namespaces.
 *
 * @module
 */
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';

/** Stored bytes that contents of a namespace lie in; of these contents, or of all. */
export async function blobsOf(tx: Queryable, namespace: string, contentIds?: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ uri: string }>(
    `select distinct uri from ${qualified(namespace, '_location')}
      where uri like 'fovea:%' and ($1::uuid[] is null or content_id = any ($1::uuid[]))`,
    [contentIds ?? null],
  );
  return rows.map(({ uri }) => uri);
}

/** Sizes in bytes of the stored bytes that these contents lie in, by URI. */
export async function blobSizes(
  tx: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ uri: string; size: number }>(
    `select uri, max(size) as size from ${qualified(namespace, '_location')}
      where uri like 'fovea:%' and content_id = any ($1::uuid[]) group by uri`,
    [contentIds],
  );
  return new Map(rows.map(({ uri, size }) => [uri, size]));
}

/** Those of the URIs that no content of these namespaces lies in. @param without These don't count. */
export async function unreferencedBlobs(
  tx: Queryable,
  uris: readonly string[],
  namespaces: readonly string[],
  without?: { readonly namespace: string; readonly contentIds: readonly string[] },
): Promise<string[]> {
  const orphans = new Set(uris);
  for (const namespace of namespaces) {
    if (orphans.size === 0) break;
    const { rows } = await tx.query<{ uri: string }>(
      `select distinct uri from ${qualified(namespace, '_location')}
        where uri = any ($1::text[]) and content_id <> all ($2::uuid[])`,
      [[...orphans], without?.namespace === namespace ? without.contentIds : []],
    );
    for (const { uri } of rows) orphans.delete(uri);
  }
  return [...orphans];
}
