/**
 * Originals and thumbnails as they are sent.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Content } from '../contract/index.ts';
import { NotFoundError } from '../contract/index.ts';
import type { ServedFile } from '../http/services.ts';
import type { ThumbnailStore } from '../ingest/index.ts';
import { thumbnailSide } from '../ingest/index.ts';
import { readablePath } from '../sources/index.ts';
import type { BlobStore, FilePath } from '../sources/index.ts';
import { existingContents } from '../store/index.ts';
import type { Database, Pictured } from '../store/index.ts';
import type { EncoderHost } from './encoder-host.ts';

/** The first present file of a content with the size it had when it was added. */
export async function originalPath(blobs: BlobStore, content: Content): Promise<FilePath> {
  const uris = content.locations.filter(({ state }) => state === 'present').map(({ uri }) => uri);
  const path = await readablePath(uris, content.sizeBytes, blobs);
  if (path !== undefined) return path;
  const places = content.locations.map(({ uri }) => uri).join(', ') || 'nowhere';
  throw new NotFoundError(
    'file',
    content.name,
    [],
    `its bytes are not where they were (${places}); add its folder again`,
  );
}

/** The original, streamed from its file. */
export async function serveOriginal(blobs: BlobStore, content: Content): Promise<ServedFile> {
  const path = await originalPath(blobs, content);
  return {
    mimeType: content.mimeType,
    sizeBytes: content.sizeBytes,
    etag: content.sha256,
    name: content.name,
    open: (range) => webStream(createReadStream(path, range)),
  };
}

/** The thumbnail of the kept side that is large enough; made now where it was not yet, of the `content` that is found then. */
export async function serveThumbnail(
  dependencies: ThumbnailParts & { readonly blobs: BlobStore; readonly encoder: EncoderHost },
  namespace: string,
  pictured: Pictured,
  wish: number,
  content: () => Promise<Content>,
): Promise<ServedFile> {
  const side = thumbnailSide(Math.min(wish, longestSide(pictured)));
  let webp = await dependencies.thumbnails.read(namespace, pictured, side);
  if (webp === undefined) {
    const found = await content();
    const path = await originalPath(dependencies.blobs, found);
    webp = await dependencies.encoder.thumbnail(path, found.mimeType, side);
    await keepThumbnail(dependencies, namespace, pictured, side, webp);
  }
  const bytes = webp;
  return {
    mimeType: 'image/webp',
    sizeBytes: bytes.length,
    etag: `${pictured.sha256}-${side}`,
    name: `${pictured.name}.webp`,
    open: (range) =>
      new Blob([new Uint8Array(range === undefined ? bytes : bytes.subarray(range.start, range.end + 1))]).stream(),
  };
}

/** A picture is never enlarged: a thumbnail of its own size has all that there is of it. */
function longestSide({ width, height }: Pictured): number {
  return Math.max(width ?? 0, height ?? 0) || Number.POSITIVE_INFINITY;
}

interface ThumbnailParts {
  readonly database: Database;
  readonly thumbnails: ThumbnailStore;
}

/** One that can't be kept is made again when it is asked for again. */
async function keepThumbnail(
  { database, thumbnails }: ThumbnailParts,
  namespace: string,
  pictured: Pictured,
  side: number,
  webp: Uint8Array,
): Promise<void> {
  const { contentId } = pictured;
  try {
    await thumbnails.write(namespace, pictured, side, webp);
  } catch {
    return;
  }
  // Behind a deletion that came in between, nobody else would remove it.
  const there = await existingContents(database, namespace, [contentId]).catch(() => []);
  if (there.length === 0) await thumbnails.remove(namespace, [contentId]);
}

/** Not `Readable.toWeb`: a stream of that kind which is given up in the middle may end the process (ERR_INVALID_STATE). */
function webStream(file: Readable): ReadableStream<Uint8Array> {
  return NodeReadableStream.from<Uint8Array>(file) as unknown as ReadableStream<Uint8Array>;
}
