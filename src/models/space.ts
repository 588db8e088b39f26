/**
 * What makes two vectors comparable, as one hash.
 *
 *     space = SHA-256("fovea space 1" ⏎ SHA-256 of the vision file ⏎ variant ⏎ preprocessing ⏎ dimension)
 *
 * The preprocessing enters with everything its file says and with the version of the code that carries it out.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Variant } from './card.ts';
import type { Preprocessing } from './preprocessor.ts';

/** Raised when decoding, resizing or normalising changes so that vectors change. */
const PREPROCESSING_VERSION = 1;

export interface SpaceFacts {
  readonly visionSha256: string;
  readonly variant: Variant;
  readonly preprocessing: Preprocessing;
  readonly dimension: number;
}

/** 64 hex digits. */
export function spaceOf({ visionSha256, variant, preprocessing, dimension }: SpaceFacts): string {
  const { pixels, factor, mean, std } = preprocessing;
  const resize = JSON.stringify(Object.entries(pixels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const arithmetic = JSON.stringify([PREPROCESSING_VERSION, resize, factor, mean, std]);
  return createHash('sha256')
    .update(['fovea space 1', visionSha256, variant, arithmetic, dimension].join('\n'))
    .digest('hex');
}
