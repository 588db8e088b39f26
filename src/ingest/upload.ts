/**
 * Adding bytes that are sent: stored below the home folder, then planned like any content.
 *
 * @module
 */
import type { Labels } from '../contract/index.ts';
import { sniff } from '../image/index.ts';
import type { BlobStore } from '../sources/index.ts';
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

/**
 * Streams the bytes to the blob store, then stores and plans in one transaction. What can't be decoded is stored all the
 * same: its task fails with the reason.
 *
 * @throws LimitError from the blob store when the body is larger than it takes.
 */
export async function addUpload(
  dependencies: { readonly database: Database; readonly blobs: BlobStore },
  namespace: string,
  { name, labels, body }: UploadRequest,
): Promise<{ readonly contentId: string; readonly created: boolean }> {
  const { database, blobs } = dependencies;
  return blobs.putAnd(body, async ({ sha256, size, head, uri }) => {
    const contentId = contentIdFor(namespace, sha256);
    const content = {
      contentId,
      sha256,
      mimeType: sniff(head)?.mimeType ?? UNKNOWN_TYPE,
      sizeBytes: size,
      name: name.split(/[\\/]/).at(-1) || sha256.slice(0, 12),
      labels: await labels,
      location: { uri, size, mtimeNs: null, inode: null },
    };
    const created = await storeAndPlan(database, namespace, [content]);
    return { contentId, created: created.has(contentId) };
  });
}
