/**
 * Perceptual hashes: 64 bits that stay almost the same when a picture is resized, recompressed or slightly edited.
 *
 *     dHash: 9 × 8 grey cells; a bit is 1 where a cell is brighter than its left neighbour
 *     pHash: 32 × 32 grey cells → DCT-II → the 8 × 8 lowest frequencies; a bit is 1 where one is above their median
 *
 * Bits run row by row from the top left, the first one highest. Two pictures are near-duplicates where at most about 10
 * bits differ. Neal Krawetz, "Kind of like that" (dHash, 2013); Zauner, "Implementation and benchmarking of perceptual
 * image hash functions" (pHash, 2010).
 *
 * @module
 */
import type { ResizeRequest } from './placement.ts';
import { type Raster, resample } from './resample.ts';

/** What to ask `renderAll` for: enough for both hashes. */
export const HASH_PIXELS: ResizeRequest = { resize: 'squash', width: 64, height: 64, kernel: 'bilinear' };

/** Difference hash, in [0, 2⁶⁴). */
export function dHash(pixels: Raster): bigint {
  const grey = greyCells(pixels, 9, 8);
  const bits: boolean[] = [];
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) bits.push((grey[y * 9 + x + 1] ?? 0) > (grey[y * 9 + x] ?? 0));
  }
  return toBigInt(bits);
}

/** Side of the small grey picture that `pHash` is made of. */
export const GREY_SIDE = 32;

/** The small grey picture that `pHash` is made of: 32 × 32 luma values, row by row. */
export function greyPicture(pixels: Raster): Uint8Array {
  return Uint8Array.from(greyCells(pixels, GREY_SIDE, GREY_SIDE));
}

/** Hash of low frequencies, in [0, 2⁶⁴). */
export function pHash(pixels: Raster): bigint {
  const low = lowFrequencies(greyCells(pixels, GREY_SIDE, GREY_SIDE), GREY_SIDE, 8);
  const sorted = low.toSorted((a, b) => a - b);
  const median = ((sorted[31] ?? 0) + (sorted[32] ?? 0)) / 2;
  return toBigInt(low.map((value) => value > median));
}

/** Number of bits that differ, 0–64. */
export function hammingDistance(a: bigint, b: bigint): number {
  let difference = BigInt.asUintN(64, a ^ b);
  let count = 0;
  for (; difference !== 0n; difference &= difference - 1n) count++;
  return count;
}

/** 16 hexadecimal digits. */
export function hashToHex(hash: bigint): string {
  return hash.toString(16).padStart(16, '0');
}

/** Luma of ITU-R BT.601, rounded, so that a grey picture has no differences. */
function greyCells(pixels: Raster, width: number, height: number): number[] {
  const { data } = resample(pixels, { width, height }, 'lanczos');
  return Array.from({ length: width * height }, (_, index) => {
    const [red = 0, green = 0, blue = 0] = data.subarray(index * 3, index * 3 + 3);
    return Math.round((299 * red + 587 * green + 114 * blue) / 1000);
  });
}

/** The first `count` × `count` coefficients of the two-dimensional DCT-II of `size` × `size` values, row by row. */
function lowFrequencies(values: readonly number[], size: number, count: number): number[] {
  const along = (frequency: number, read: (position: number) => number): number => {
    let sum = 0;
    for (let x = 0; x < size; x++) sum += read(x) * Math.cos((Math.PI * frequency * (2 * x + 1)) / (2 * size));
    return sum;
  };
  const rows = Array.from({ length: size * count }, (_, index) => {
    const [y, u] = [Math.floor(index / count), index % count];
    return along(u, (x) => values[y * size + x] ?? 0);
  });
  return Array.from({ length: count * count }, (_, index) => {
    const [v, u] = [Math.floor(index / count), index % count];
    const coefficient = along(v, (y) => rows[y * count + u] ?? 0);
    // What is zero must not become a random sign.
    return Math.abs(coefficient) < 1e-6 ? 0 : coefficient;
  });
}

function toBigInt(bits: readonly boolean[]): bigint {
  return bits.reduce((hash, bit) => (hash << 1n) | (bit ? 1n : 0n), 0n);
}
