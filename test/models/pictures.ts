/**
 * Pictures of one colour, as the image layer would hand them over.
 *
 * @module
 */
import type { Pixels } from '../../src/image/pixels.ts';

export const RED = [255, 0, 0] as const;
export const GREEN = [0, 255, 0] as const;
export const BLUE = [0, 0, 255] as const;

/** `width` × `height` pixels of one colour; `scale` is what one of them measures in the original. */
export function plain(
  [red, green, blue]: readonly [number, number, number],
  width: number,
  height = width,
  scale = 1,
): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { data, width, height, toOriginal: { scaleX: scale, scaleY: scale, offsetX: 0, offsetY: 0 } };
}

export function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined) return Number.NaN;
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
