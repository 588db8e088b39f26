/**
 * Adding bytes that are sent: stored below the home folder, then planned like any content.
 *
 * @module
 */
import { ConflictError, contentIdOfGiven } from '../contract/index.ts';
import type { Labels } from '../contract/index.ts';
import { sniff } from '../image/index.ts';
import type { BlobStore, StoredBlob } from '../sources/index.ts';
import type { Database, NewContent } from '../store/index.ts';
import { contentIdFor } from '../store/index.ts';
import { UNKNOWN_TYPE } from './add-path.ts';
import { storeAndPlan } from './plan-contents.ts';

export interface UploadRequest {
  /** File name as the sender has it; only its last part is kept. */
  readonly name: string;
  /** Known before the bytes, or only when these have been read. */
  readonly labels: Labels | Promise<Labels>;
  readonly body: AsyncIterable<Uint8Array>;
  /** What the caller calls the content: 1 to 32 hex digits. */
  readonly givenId?: string | undefined;
}

export interface UploadDependencies {
  readonly database: Database;
  readonly blobs: BlobStore;
  /** Removes stored bytes that no content needs. */
  readonly removals: { remove(uris: readonly string[]): Promise<void> };
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
 * @throws LimitError from the blob store when the body is larger than it takes; InvalidInputError for an id that is none, before
 * anything is read; ConflictError where another content has that id.
 */
export async function addUpload(
  dependencies: UploadDependencies,
  namespace: string,
  { name, labels, body, givenId }: UploadRequest,
): Promise<Added> {
  if (givenId !== undefined) contentIdOfGiven(givenId);
  return putAndPlan(dependencies, body, async (blob) =>
    planBlob(dependencies.database, namespace, blob, { name, labels: await labels, givenId }),
  );
}

/** Stores bytes and plans what they make; where that is refused, the bytes are not kept. */
export async function putAndPlan<T>(
  { blobs, removals }: UploadDependencies,
  body: AsyncIterable<Uint8Array>,
  plan: (blob: StoredBlob) => Promise<T>,
): Promise<T> {
  let uri: string | undefined;
  try {
    return await blobs.putAnd(body, (blob) => {
      ({ uri } = blob);
      return plan(blob);
    });
  } catch (error) {
    if (error instanceof ConflictError && uri !== undefined) await removals.remove([uri]);
    throw error;
  }
}

/**
 * Makes a content of stored bytes, in one transaction with the planning of its tasks.
 *
 * @param facts `origin`: the URL that the bytes were fetched from, kept as a second location.
 */
export async function planBlob(
  database: Database,
  namespace: string,
  blob: StoredBlob,
  facts: {
    readonly name: string;
    readonly labels: Labels;
    readonly origin?: string;
    readonly givenId?: string | undefined;
  },
): Promise<Added> {
  const { origin, givenId } = facts;
  const named = givenId === undefined ? contentIdFor(namespace, blob.sha256) : contentIdOfGiven(givenId);
  const content = { ...contentOf(named, blob, facts), givenId };
  const { location } = content;
  const places = origin === undefined ? [location] : [location, { ...location, uri: origin }];
  const { created, contentIds } = await storeAndPlan(
    database,
    namespace,
    places.map((place) => ({ ...content, location: place })),
  );
  const [contentId = named] = contentIds;
  return { contentId, created: created.has(contentId) };
}

/** The content that stored bytes make under an id. */
export function contentOf(
  contentId: string,
  { sha256, size, head, uri }: StoredBlob,
  { name, labels }: { readonly name: string; readonly labels: Labels },
): NewContent {
  return {
    contentId,
    sha256,
    mimeType: sniff(head)?.mimeType ?? UNKNOWN_TYPE,
    sizeBytes: size,
    name: name.split(/[\\/]/).at(-1) || sha256.slice(0, 12),
    labels,
    location: { uri, size, mtimeNs: null, inode: null },
  };
}
