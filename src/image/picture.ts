/**
 * Opening a picture: what it is, how large it is, which way up it is — from its header, before a pixel is decoded.
 *
 * @module
 */
import sharp from 'sharp';
import { LimitError, UnreadableImageError } from '../contract/index.ts';
import { readBmpHeader } from './bmp.ts';
import { isHeif, readHeifHeader } from './heif.ts';
import { type Format, sniff } from './sniff.ts';
import { explainFailure } from './unreadable.ts';

/** EXIF's value: how stored pixels must be turned to stand upright; 1 means not at all. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** A picture that was opened. Holds the file's bytes, no pixels. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly format: Format;
  /** Pixels of the upright picture. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Pages or animation frames; only the first is ever decoded. */
  readonly frames: number;
  readonly hasAlpha: boolean;
}

/** A hundred megapixels: 300 MB as 8-bit RGB. */
export const MAX_PIXELS = 100_000_000;

/**
 * Opens a picture by its bytes and refuses one that is too large, before decoding. A file that is cut off or damaged
 * behind its header is found by `render`.
 *
 * @throws UnreadableImageError for what isn't a picture, can't be decoded or has a broken header.
 * @throws LimitError for one of more than `maxPixels` pixels.
 */
export async function openPicture(bytes: Uint8Array, { maxPixels = MAX_PIXELS } = {}): Promise<Picture> {
  const format = recognise(bytes);
  const header = await readHeader(bytes, format);
  const { width, height } = header;
  if (width * height > maxPixels) {
    const megapixels = (value: number): string =>
      `${(value / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} megapixels`;
    throw new LimitError(
      `Cannot read picture: ${width} × ${height} are ${megapixels(width * height)}, more than the limit of ${megapixels(maxPixels)}`,
    );
  }
  const turned = header.orientation >= 5;
  return { ...header, bytes, format, width: turned ? height : width, height: turned ? width : height };
}

/** The stored sides, before the picture is turned upright. */
export function storedSize({ width, height, orientation }: Picture): {
  readonly width: number;
  readonly height: number;
} {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function recognise(bytes: Uint8Array): Format {
  if (bytes.length === 0) throw new UnreadableImageError('the file is empty');
  const format = sniff(bytes);
  if (format === undefined)
    throw new UnreadableImageError('its bytes are of no format that is known; the file may be damaged');
  const { mimeType, name, kind, decodable } = format;
  if (decodable || isHeif(format)) return format;
  if (kind === 'text') throw new UnreadableImageError(`it is a ${name} file, not a picture`, mimeType);
  if (kind !== 'picture')
    throw new UnreadableImageError(`it is a file of another kind (${name}), not a picture`, mimeType);
  throw new UnreadableImageError(`there is no decoder for ${name} pictures; convert it to JPEG or PNG`, mimeType);
}

/** Sides as stored, and the rest as it will be. */
type Header = Pick<Picture, 'width' | 'height' | 'orientation' | 'frames' | 'hasAlpha'>;

function openBmp(bytes: Uint8Array): Header {
  const { width, height } = readBmpHeader(bytes);
  return { width, height, orientation: 1, frames: 1, hasAlpha: false };
}

async function readHeader(bytes: Uint8Array, format: Format): Promise<Header> {
  if (format.mimeType === 'image/bmp') return openBmp(bytes);
  if (isHeif(format)) return { ...(await readHeifHeader(bytes, format)), orientation: 1 };
  try {
    // No limit here: a picture that is too large must be refused with its numbers.
    const header = await sharp(bytes, { limitInputPixels: false, failOn: 'error' }).metadata();
    return {
      width: header.width,
      height: header.height,
      orientation: toOrientation(header.orientation),
      frames: format.mimeType === 'image/apng' ? countApngFrames(bytes) : (header.pages ?? 1),
      hasAlpha: header.hasAlpha,
    };
  } catch (error) {
    throw explainFailure(error, bytes, format);
  }
}

/** `acTL`, the chunk that makes a PNG an animation, starts with the number of frames (PNG specification, §11.3.4.1). */
function countApngFrames(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const control = buffer.indexOf('acTL');
  return control + 8 <= buffer.length ? Math.max(1, buffer.readUInt32BE(control + 4)) : 1;
}

/** Values outside 1–8 occur in the wild and mean nothing. */
function toOrientation(value: number | undefined): Orientation {
  const known: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];
  return known.find((orientation) => orientation === value) ?? 1;
}
