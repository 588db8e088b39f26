/**
 * From the bytes of one file to what an extractor's `run` takes: for query pictures, local tests of an extractor, and
 * the conformance suite. Workers prepare many policies at a time (`ingest/prepare.ts`).
 *
 * @module
 */
import { open } from 'node:fs/promises';
import type { BoundingBox } from '../contract/index.ts';
import { openPicture, regionSize, render, renderRegion, sniff, SNIFF_BYTES } from '../image/index.ts';
import type { PixelRequest } from '../image/pixels.ts';
import type { ExtractorItem } from './types.ts';

/**
 * Makes an item of a file that is not read: for extractors that ask for the file itself.
 *
 * @throws what reading the file's first bytes throws.
 */
export async function prepareFile(id: string, path: string): Promise<ExtractorItem> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    const mimeType = sniff(buffer.subarray(0, bytesRead))?.mimeType ?? UNKNOWN_MIME_TYPE;
    return { id, pixels: undefined, bytes: new Uint8Array(), path, mimeType, original: { width: 0, height: 0 } };
  } finally {
    await file.close();
  }
}

/** What is said of bytes that nothing recognises. */
const UNKNOWN_MIME_TYPE = 'application/octet-stream';

/** All of an item but its id, of a text that another policy wrote. */
export function textItem(text: string): Omit<ExtractorItem, 'id'> {
  const original = { width: 0, height: 0 };
  return { text, pixels: undefined, bytes: new Uint8Array(), mimeType: 'text/plain', original };
}

/**
 * Makes an item of a picture, or of a region of it.
 *
 * @param region Pixels of the upright picture; absent: all of it.
 * @throws UnreadableImageError, LimitError where pixels are asked for and can't be had.
 */
export async function prepareItem(
  id: string,
  bytes: Uint8Array,
  request: PixelRequest,
  region?: BoundingBox,
): Promise<ExtractorItem> {
  const base = { id, bytes, mimeType: sniff(bytes)?.mimeType ?? UNKNOWN_MIME_TYPE };
  if (request.resize === 'none') return { ...base, pixels: undefined, original: { width: 0, height: 0 } };
  const picture = await openPicture(bytes);
  if (region === undefined) {
    const original = { width: picture.width, height: picture.height };
    return { ...base, pixels: await render(picture, request), original };
  }
  const original = regionSize(picture, region);
  return { ...base, pixels: await renderRegion(picture, region, request), original };
}
