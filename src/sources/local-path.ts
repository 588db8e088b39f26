/**
 * Where the bytes of a location lie on this machine.
 *
 * @module
 */
import { stat } from 'node:fs/promises';
import { blobOfUri } from './blob.ts';
import type { BlobStore } from './blob.ts';
import { pathOfFileUri } from './file-uri.ts';
import type { FilePath } from './file-uri.ts';

/** The path of a `file:` or `fovea:` address; undefined for addresses elsewhere. Whether a file is there is not looked at. */
export function localPath(uri: string, blobs: Pick<BlobStore, 'path'>): FilePath | undefined {
  const sha256 = blobOfUri(uri);
  if (sha256 !== undefined) return blobs.path(sha256);
  return uri.toLowerCase().startsWith('file:') ? pathOfFileUri(uri) : undefined;
}

/**
 * The first of these addresses at which a file of that size lies now; undefined where none does.
 *
 * @param sizeBytes Of the content when it was added: a file that has another size holds other bytes.
 */
export async function readablePath(
  uris: readonly string[],
  sizeBytes: number,
  blobs: Pick<BlobStore, 'path'>,
): Promise<FilePath | undefined> {
  for (const uri of uris) {
    const path = localPath(uri, blobs);
    if (path === undefined) continue;
    const size = await stat(path).then(
      (found) => found.size,
      () => -1,
    );
    if (size === sizeBytes) return path;
  }
  return undefined;
}
