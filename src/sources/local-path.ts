/**
 * Where the bytes of a location lie on this machine.
 *
 * @module
 */
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
