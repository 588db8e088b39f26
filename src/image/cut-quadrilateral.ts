/**
 * Parts of a picture that lie askew, cut out upright: lines of text, faces.
 *
 *     source = (a·x + b·y + c,  d·x + e·y + f)     for the middle (x, y) of each pixel of the result
 *
 * Sampled bilinearly between the middles of pixels; beyond the picture its edge goes on.
 *
 * @module
 */
import type { Raster } from './resample.ts';

/** Pixels, from the top left corner of a picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Corners in the order top left, top right, bottom right, bottom left of what is in it. */
export type Quadrilateral = readonly [Point, Point, Point, Point];

/** `[a, b, c, d, e, f]` of the formula above: from the result to the picture. */
type Affine = readonly [number, number, number, number, number, number];

/**
 * Cuts out a parallelogram in its own size, in whole pixels and at least 1 × 1: its first corner becomes the top left one.
 *
 * @param corners Of the last only three count, since opposite sides are parallel.
 */
export function cutQuadrilateral(picture: Raster, [origin, right, , bottom]: Quadrilateral): Raster {
  const width = Math.max(1, Math.round(Math.hypot(right.x - origin.x, right.y - origin.y)));
  const height = Math.max(1, Math.round(Math.hypot(bottom.x - origin.x, bottom.y - origin.y)));
  return warpAffine(picture, { width, height }, [
    (right.x - origin.x) / width,
    (bottom.x - origin.x) / height,
    origin.x,
    (right.y - origin.y) / width,
    (bottom.y - origin.y) / height,
    origin.y,
  ]);
}

/** A picture of `size`, each of whose pixels is looked up where `toSource` says. */
export function warpAffine(
  picture: Raster,
  size: { readonly width: number; readonly height: number },
  [a, b, c, d, e, f]: Affine,
): Raster {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const x = column + 0.5;
      const y = row + 0.5;
      sample(picture, a * x + b * y + c - 0.5, d * x + e * y + f - 0.5, data, to);
    }
  }
  return { data, width, height };
}

/** Puts the colour at (x, y), counted from the middle of the first pixel, into `out`. */
function sample({ data, width, height }: Raster, x: number, y: number, out: Uint8Array, to: number): void {
  const inX = Math.min(Math.max(x, 0), width - 1);
  const inY = Math.min(Math.max(y, 0), height - 1);
  const left = Math.floor(inX);
  const top = Math.floor(inY);
  const acrossShare = inX - left;
  const downShare = inY - top;
  const first = (top * width + left) * 3;
  const across = left + 1 < width ? 3 : 0;
  const down = top + 1 < height ? width * 3 : 0;
  for (let channel = 0; channel < 3; channel++) {
    const at = first + channel;
    // In range by construction; a check would double the time of the loop.
    const upper = (data[at] as number) * (1 - acrossShare) + (data[at + across] as number) * acrossShare;
    const lower = (data[at + down] as number) * (1 - acrossShare) + (data[at + down + across] as number) * acrossShare;
    out[to + channel] = Math.round(upper * (1 - downShare) + lower * downShare);
  }
}
