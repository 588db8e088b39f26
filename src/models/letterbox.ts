/**
 * Pixels brought to a model's size after they were decoded: for models that look at a picture beside others that need more of it.
 *
 * @module
 */
import { resample } from '../image/index.ts';
import type { Pixels } from '../image/pixels.ts';

/** Scaled into the top left corner, the rest `background`; as they are where they have that size. */
export function letterboxed(pixels: Pixels, width: number, height: number, background: number): Pixels {
  if (pixels.width === width && pixels.height === height) return pixels;
  const factor = Math.min(width / pixels.width, height / pixels.height);
  const scaled = resample(
    pixels,
    { width: Math.max(1, Math.floor(pixels.width * factor)), height: Math.max(1, Math.floor(pixels.height * factor)) },
    'bilinear',
  );
  const data = new Uint8Array(width * height * 3).fill(background);
  for (let y = 0; y < scaled.height; y++)
    data.set(scaled.data.subarray(y * scaled.width * 3, (y + 1) * scaled.width * 3), y * width * 3);
  const [across, down] = [pixels.width / scaled.width, pixels.height / scaled.height];
  const { scaleX, scaleY, offsetX, offsetY } = pixels.toOriginal;
  const toOriginal = {
    scaleX: scaleX * across,
    scaleY: scaleY * down,
    offsetX: offsetX / across,
    offsetY: offsetY / down,
  };
  return { data, width, height, toOriginal };
}
