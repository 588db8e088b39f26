/**
 * The Range header for one range: `bytes=first-last`, `bytes=first-`, `bytes=-suffixLength`; positions count from 0 and
 * are inclusive. RFC 9110 §14. Anything else, several ranges among it, may be ignored and is.
 *
 * @module
 */
import type { ByteRange } from './services.ts';

/** The part to send, `whole` where the header asks for nothing else, `unsatisfiable` where it lies beyond the end. */
export function parseRange(header: string | null, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const length = Number(last);
    if (length === 0 || sizeBytes === 0) return 'unsatisfiable';
    return { start: Math.max(0, sizeBytes - length), end: sizeBytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? Infinity : Number(last);
  if (end < start) return 'whole';
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: Math.min(end, sizeBytes - 1) };
}
