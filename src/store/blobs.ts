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

/** Those of the URIs that no content of these namespaces lies in. */
export async function unreferencedBlobs(
  tx: Queryable,
  uris: readonly string[],
  namespaces: readonly string[],
): Promise<string[]> {
  const orphans = new Set(uris);
  for (const namespace of namespaces) {
    if (orphans.size === 0) break;
    const { rows } = await tx.query<{ uri: string }>(
      `select distinct uri from ${qualified(namespace, '_location')} where uri = any ($1::text[])`,
      [[...orphans]],
    );
    for (const { uri } of rows) orphans.delete(uri);
  }
  return [...orphans];
}
