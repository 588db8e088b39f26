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
  if (
    isCutOff(bytes, mimeType) ||
    /premature|truncat|unexpected end|end of (file|stream|image)|not enough data/i.test(message)
  ) {
    return new UnreadableImageError(`the ${name} file is incomplete: it ends before the picture does`, mimeType, {
      cause: error,
    });
  }
  return new UnreadableImageError(`the ${name} file is damaged (${firstLine(message)})`, mimeType, { cause: error });
}

/** Whether the mark with which the format ends is missing from the last bytes. Trailing data after the mark is common. */
function isCutOff(bytes: Uint8Array, mimeType: string): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (mimeType === 'image/jpeg') return !buffer.includes(Buffer.from([0xff, 0xd9]), 2);
  if (mimeType === 'image/png' || mimeType === 'image/apng') return !buffer.includes('IEND');
  if (mimeType === 'image/webp') return buffer.length < 8 || buffer.readUInt32LE(4) + 8 > buffer.length;
  return false;
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}
