/**
 * Adding bytes that are sent: stored below the home folder, then planned like any content.
 *
 * @module
 */
import type { Labels } from '../contract/index.ts';
import { sniff } from '../image/index.ts';
import type { BlobStore, StoredBlob } from '../sources/index.ts';
import type { Database } from '../store/index.ts';
import { contentIdFor } from '../store/index.ts';
import { UNKNOWN_TYPE } from './add-path.ts';
import { storeAndPlan } from './plan-contents.ts';

export interface UploadRequest {
  /** File name as the sender has it; only its last part is kept. */
  readonly name: string;
  /** Known before the bytes, or only when these have been read. */
  readonly labels: Labels | Promise<Labels>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface UploadDependencies {
  readonly database: Database;
  readonly blobs: BlobStore;
}

/** A content that was stored, or was there. */
export interface Added {
  readonly contentId: string;
  readonly created: boolean;
}

/**
 * Streams the bytes to the blob store, then stores and plans in one transaction. What can't be decoded is stored all the
 * same: its task fails with the reason.
 *
 * @throws LimitError from the blob store when the body is larger than it takes.
 */
export async function addUpload(
  { database, blobs }: UploadDependencies,
  namespace: string,
  { name, labels, body }: UploadRequest,
): Promise<Added> {
  return blobs.putAnd(body, async (blob) => planBlob(database, namespace, blob, { name, labels: await labels }));
}

/**
 * Makes a content of stored bytes, in one transaction with the planning of its tasks.
 *
 * @param facts `origin`: the URL that the bytes were fetched from, kept as a second location.
 */
export async function planBlob(
  database: Database,
  namespace: string,
  { sha256, size, head, uri }: StoredBlob,
  { name, labels, origin }: { readonly name: string; readonly labels: Labels; readonly origin?: string },
): Promise<Added> {
  const contentId = contentIdFor(namespace, sha256);
  const placed = (place: string) => ({
    contentId,
    sha256,
    mimeType: sniff(head)?.mimeType ?? UNKNOWN_TYPE,
    sizeBytes: size,
    name: name.split(/[\\/]/).at(-1) || sha256.slice(0, 12),
    labels,
    location: { uri: place, size, mtimeNs: null, inode: null },
  });
  const places = origin === undefined ? [uri] : [uri, origin];
  const created = await storeAndPlan(database, namespace, places.map(placed));
  return { contentId, created: created.has(contentId) };
}
