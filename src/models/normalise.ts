/**
 * Pixels to tensors: interleaved bytes become planes of floats, `[batch, 3, height, width]`.
 *
 *     tensor[n, c, y, x] = (pixel[y, x, c] · factor − mean[c]) / std[c]
 *
 * A byte has 256 values, so each channel is one table.
 *
 * @module
 */
import type { Pixels } from '../image/pixels.ts';

/** Which byte of a pixel each plane takes, and what becomes of it. */
export interface PlaneRule {
  /** Offset of the byte in a pixel: 0 red, 1 green, 2 blue. */
  readonly channel: 0 | 1 | 2;
  /** 256 values. */
  readonly table: Float32Array;
}

/** The rules of `(value · factor − mean) / std` in the order R, G, B. */
export function normalisingPlanes(factor: number, mean: readonly number[], std: readonly number[]): PlaneRule[] {
  const channels = [0, 1, 2] as const;
  return channels.map((channel) => {
    const m = mean[channel] ?? 0;
    const s = std[channel] ?? 1;
    return { channel, table: Float32Array.from({ length: 256 }, (_, value) => (value * factor - m) / s) };
  });
}

/** The rules of models that want B, G, R from 0 to 255. */
export function bgrPlanes(): PlaneRule[] {
  const table = Float32Array.from({ length: 256 }, (_, value) => value);
  return ([2, 1, 0] as const).map((channel) => ({ channel, table }));
}

/**
 * A tensor `[pixels.length, planes.length, height, width]`. Throws `RangeError` where a picture isn't of that size: the
 * caller didn't ask the image layer for what the model's description says.
 */
export function planarTensor(
  pictures: readonly Pixels[],
  planes: readonly PlaneRule[],
  width: number,
  height: number,
): Float32Array {
  const area = width * height;
  const tensor = new Float32Array(pictures.length * planes.length * area);
  let offset = 0;
  for (const pixels of pictures) {
    if (pixels.width !== width || pixels.height !== height || pixels.data.length !== area * 3) {
      throw new RangeError(
        `Cannot feed ${pixels.width}×${pixels.height} pixels to a model that takes ${width}×${height}`,
      );
    }
    for (const { channel, table } of planes) {
      fillPlane(tensor, offset, pixels.data, channel, table, area);
      offset += area;
    }
  }
  return tensor;
}

function fillPlane(
  tensor: Float32Array,
  offset: number,
  data: Uint8Array,
  channel: number,
  table: Float32Array,
  area: number,
): void {
  for (let i = 0, from = channel; i < area; i++, from += 3) tensor[offset + i] = table[data[from] ?? 0] ?? 0;
}
