/**
 * How to serve several requests from one decode: a pure decision from sizes.
 *
 * Everything comes from one *base*: the whole picture, or the picture shrunk while it is decoded to a few times the
 * largest size that is asked for. A request much smaller than the base goes by a step in between.
 *
 *     file ── decode, shrink on load, cubic ── base ── (cubic ── step) ── request's own kernel ── pixels
 *
 * Measured on synthetic and real pictures against Pillow's result of the full picture: this stays 51 to 56 dB near it,
 * where a single shrink by more than 4 falls to 47 (the library hides a box filter in it), one with a bilinear base to
 * 43, and one of a JPEG by its decoder alone to 40. A 12-megapixel JPEG takes 20 ms to decode small and each request
 * 1 ms from there; separate pipelines decode each time and are never cheaper.
 *
 * @module
 */
import type { Placement, Size } from './placement.ts';

/** Size of a base, or of a step, relative to what is made from it. Below 3.5 the hidden box filter aliases. */
export const BASE_RATIO = 3.5;

/**
 * The same where the JPEG decoder shrinks, which it does well: a smaller base lets it shrink more. sharp has it shrink by 4
 * only where the base is a fifth of the picture or less, which 12 megapixels (4000 × 3000) are for 224 pixels with 2.66 and not
 * with 2.7: 37 ms instead of 60.
 */
export const SHRINK_ON_LOAD_RATIO = 2.66;

/** The same for what people look at. */
export const DRAFT_RATIO = 2;

/** Shrinking by more than this in one go is not faithful (see above). */
export const MAX_SINGLE_SHRINK = 3.9;

/** Taps that the exact resampler may cost before the fast one is taken: about 2 ms. */
export const EXACT_TAPS = 1_000_000;

export interface RenderStep {
  /** Size of a step between base and result; undefined where the result comes straight from the base. */
  readonly via: Size | undefined;
  /** `exact` equals Pillow bit for bit but is slower: for enlarging and where it costs little. */
  readonly resampler: 'exact' | 'fast';
}

export interface RenderPlan {
  /** Decode to this size. */
  readonly base: Size;
  /** One for each placement, in order. */
  readonly steps: readonly RenderStep[];
}

/**
 * Plans for a picture of `size` (upright). There must be a placement.
 *
 * @param shrinksOnLoad Whether the decoder can make it smaller while it decodes.
 */
export function planRender(size: Size, placements: readonly Placement[], { shrinksOnLoad = false } = {}): RenderPlan {
  if (placements.length === 0) throw new RangeError('Cannot plan a decode without requests');
  const ratio = shrinksOnLoad ? SHRINK_ON_LOAD_RATIO : BASE_RATIO;
  const base = placements
    .map((placement) => sufficient(size, placement, placement.draft ? DRAFT_RATIO : ratio))
    .reduce(larger);
  return { base, steps: placements.map((placement) => planStep(base, placement)) };
}

/** Plans one request made from pixels of `base` size that are there already. */
export function planStep(base: Size, placement: Placement): RenderStep {
  const { scaled } = placement;
  const from = sufficient(base, placement, placement.draft ? DRAFT_RATIO : BASE_RATIO);
  const via = from.width < base.width || from.height < base.height ? from : undefined;
  const enlarges = scaled.width > from.width || scaled.height > from.height;
  return { via, resampler: enlarges || taps(from, placement) <= EXACT_TAPS ? 'exact' : 'fast' };
}

/** The smallest size from which a placement is faithful; along each axis the whole where that is not much larger. */
function sufficient(size: Size, { scaled }: Placement, ratio: number): Size {
  const side = (whole: number, target: number): number =>
    whole <= target * MAX_SINGLE_SHRINK ? whole : Math.ceil(target * ratio);
  return { width: side(size.width, scaled.width), height: side(size.height, scaled.height) };
}

function larger(a: Size, b: Size): Size {
  return { width: Math.max(a.width, b.width), height: Math.max(a.height, b.height) };
}

/** Multiplications of the exact resampler: a row pass over the rows that are read, then a column pass. */
function taps(from: Size, { scaled, window, kernel }: Placement): number {
  const radius = { bilinear: 1, bicubic: 2, lanczos: 3 }[kernel];
  const across = 2 * radius * Math.max(1, from.width / scaled.width);
  const down = 2 * radius * Math.max(1, from.height / scaled.height);
  const rows = (window.height / scaled.height) * from.height;
  return 3 * window.width * (rows * across + window.height * down);
}
