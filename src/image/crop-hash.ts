/**
 * Perceptual hashes of a picture as it would look with its edges cut off, made from its 32 × 32 grey picture alone.
 *
 * A copy that lost 5 % at each edge differs from its original in up to 18 bits of the pHash, as do one in a thousand pairs
 * of different photos. From the hash of the right window it differs in at most 6. Cutting, scaling and the DCT are all
 * linear and work on rows and columns apart, so that one 8 × 32 matrix a cut does them at once:
 *
 *     A[u, k] = Σ over x  cos(π u (2x + 1) / 64) · share of cell k in cell x of the cut       L = A(vertical) · grey · A(horizontal)ᵀ
 *
 * @module
 */
import { GREY_SIDE } from './hash.ts';

/** A part of a picture in shares of its sides: edges in [0, 1], right and bottom exclusive. */
export interface CropWindow {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Shares of a side that an edge may lose: what lies between two of them is within the hash's own tolerance. */
const CUTS = [0, 0.045, 0.09] as const;
const FREQUENCIES = 8;
const BITS = FREQUENCIES * FREQUENCIES;

interface Interval {
  readonly from: number;
  readonly to: number;
}

const INTERVALS: readonly Interval[] = CUTS.flatMap((from) => CUTS.map((cut) => ({ from, to: 1 - cut })));
const MATRICES: readonly Float64Array[] = INTERVALS.map(matrix);

/** The windows that are hashed; the first is the whole picture. */
export const CROP_WINDOWS: readonly CropWindow[] = INTERVALS.flatMap((vertical) =>
  INTERVALS.map((horizontal) => ({
    left: horizontal.from,
    top: vertical.from,
    right: horizontal.to,
    bottom: vertical.to,
  })),
);

/**
 * pHash of each window in the order of `CROP_WINDOWS`, as pairs of 32 bits, the higher ones first; about 1 ms.
 *
 * @param grey 32 × 32 luma values (`greyPicture`).
 */
export function cropHashes(grey: Uint8Array): Uint32Array {
  const narrowed = MATRICES.map((horizontal) => alongRows(grey, horizontal));
  const hashes = new Uint32Array(CROP_WINDOWS.length * 2);
  const low = new Float64Array(BITS);
  const sorted = new Float64Array(BITS);
  let place = 0;
  for (const vertical of MATRICES) {
    for (const rows of narrowed) {
      alongColumns(rows, vertical, low);
      sorted.set(low);
      sorted.sort();
      const median = (at(sorted, BITS / 2 - 1) + at(sorted, BITS / 2)) / 2;
      hashes[place] = bits(low, 0, median);
      hashes[place + 1] = bits(low, BITS / 2, median);
      place += 2;
    }
  }
  return hashes;
}

/** `A` of the file's head for one interval: `[8, 32]`, row by row. */
function matrix({ from, to }: Interval): Float64Array {
  const matrixOf = new Float64Array(FREQUENCIES * GREY_SIDE);
  const length = to - from;
  for (let x = 0; x < GREY_SIDE; x++) {
    const [start, end] = [from * GREY_SIDE + x * length, from * GREY_SIDE + (x + 1) * length];
    for (let k = Math.floor(start); k < Math.min(GREY_SIDE, Math.ceil(end)); k++) {
      const share = (Math.min(end, k + 1) - Math.max(start, k)) / length;
      for (let u = 0; u < FREQUENCIES; u++) {
        const index = u * GREY_SIDE + k;
        matrixOf[index] = at(matrixOf, index) + share * Math.cos((Math.PI * u * (2 * x + 1)) / (2 * GREY_SIDE));
      }
    }
  }
  return matrixOf;
}

/** grey · Aᵀ: `[32, 8]`. */
function alongRows(grey: Uint8Array, horizontal: Float64Array): Float64Array {
  const result = new Float64Array(GREY_SIDE * FREQUENCIES);
  for (let y = 0; y < GREY_SIDE; y++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let x = 0; x < GREY_SIDE; x++) sum += at(grey, y * GREY_SIDE + x) * at(horizontal, u * GREY_SIDE + x);
      result[y * FREQUENCIES + u] = sum;
    }
  }
  return result;
}

/** A · rows: `[8, 8]`, into `low`. */
function alongColumns(rows: Float64Array, vertical: Float64Array, low: Float64Array): void {
  for (let v = 0; v < FREQUENCIES; v++) {
    for (let u = 0; u < FREQUENCIES; u++) {
      let sum = 0;
      for (let y = 0; y < GREY_SIDE; y++) sum += at(vertical, v * GREY_SIDE + y) * at(rows, y * FREQUENCIES + u);
      // What is zero must not become a random sign.
      low[v * FREQUENCIES + u] = Math.abs(sum) < 1e-6 ? 0 : sum;
    }
  }
}

function bits(low: Float64Array, start: number, median: number): number {
  let hash = 0;
  for (let i = start; i < start + BITS / 2; i++) hash = (hash << 1) | (at(low, i) > median ? 1 : 0);
  return hash >>> 0;
}

/** Indexed read that is known to be in range. */
function at(array: Uint8Array | Float64Array, index: number): number {
  return array[index] as number;
}
