/**
 * What went wrong with a picture, in a sentence for people.
 *
 * @module
 */
import { type FoveaError, LimitError, TimeoutError, UnreadableImageError } from '../contract/index.ts';
import type { Format } from './sniff.ts';

/** How long one picture may take to decode. */
export const DECODE_TIMEOUT_MS = 30_000;

/** Turns the decoder library's error into ours; `cause` keeps the original. */
export function explainFailure(error: unknown, bytes: Uint8Array, { mimeType, name }: Format): FoveaError {
  const message = error instanceof Error ? error.message : String(error);
  if (/^timeout/i.test(message)) {
    return new TimeoutError(`decode ${name} picture`, DECODE_TIMEOUT_MS, 'it may be made to be slow');
  }
  if (/pixel limit|exceeds .*limit|too large|dimension/i.test(message) && !/truncat/i.test(message)) {
    return new LimitError(`Cannot read picture: the ${name} is larger than its decoder takes (${firstLine(message)})`);
  }
  if (mimeType === 'image/svg+xml') {
    const why = 'its XML is not well-formed, nests too deeply, or names something outside of the file';
    return new UnreadableImageError(`the ${name} file can't be drawn: ${why}`, mimeType, { cause: error });
  }
  const saysCutOff = /premature|truncat|unexpected end|end of (file|stream|image)|not enough data/i.test(message);
  if (isCutOff(bytes, mimeType) ?? saysCutOff) {
    return new UnreadableImageError(`the ${name} file is incomplete: it ends before the picture does`, mimeType, {
      cause: error,
    });
  }
  const detail = /^unknown error/i.test(message) ? '' : ` (${firstLine(message)})`;
  return new UnreadableImageError(`the ${name} file is damaged${detail}`, mimeType, { cause: error });
}

/**
 * Whether the mark with which the format ends is missing; undefined for a format without one. Trailing data after the mark is
 * common. The decoder's own words don't count beside it: it keeps them in one place for all its threads, where they get lost.
 */
export function isCutOff(bytes: Uint8Array, mimeType: string): boolean | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (mimeType === 'image/jpeg') return !reachesEndOfJpeg(buffer);
  if (mimeType === 'image/png' || mimeType === 'image/apng') return !buffer.includes('IEND');
  if (mimeType === 'image/webp') return buffer.length < 8 || buffer.readUInt32LE(4) + 8 > buffer.length;
  if (/^image\/(avif|heic|heif)$/.test(mimeType)) return !holdsItsBoxes(buffer);
  return undefined;
}

/** Whether the last box of a file ends within it; a size of 0 is "to the end", 1 is followed by the size (ISO/IEC 14496-12 §4.2). */
function holdsItsBoxes(bytes: Buffer): boolean {
  let at = 0;
  while (at + 16 <= bytes.length) {
    const short = bytes.readUInt32BE(at);
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short;
    if (size < 8) return size === 0;
    at += size;
  }
  return at <= bytes.length;
}

/** Walks the segments, since one of them may hold a thumbnail with an end of its own (ITU T.81, annex B). */
function reachesEndOfJpeg(bytes: Buffer): boolean {
  let at = 2;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    const marker = at < 0 ? undefined : bytes[at + 1];
    if (marker === undefined) return false;
    if (marker === 0xd9) return true;
    // A filling byte, or one that stands alone: stuffing in a scan, a restart.
    if (marker === 0xff) at += 1;
    else if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (at + 4 > bytes.length) return false;
    else at += 2 + bytes.readUInt16BE(at + 2);
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}
