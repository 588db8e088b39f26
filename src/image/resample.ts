/**
 * Resampling with an antialiasing filter, in Pillow's arithmetic, so that a model sees the numbers it was trained on.
 *
 *     filter scale  f = max(1, input / output)          support = filter's radius · f
 *     centre        c = (x + 0.5) · input / output      taps    = [round(c − support), round(c + support)) ∩ [0, input)
 *     weight        w = filter((tap + 0.5 − c) / f)     normalised to sum 1, then rounded to 22 fractional bits
 *
 * A row pass comes first, then a column pass; each sums integers and rounds to 8 bits. The results equal
 * `PIL.Image.resize(size, resample)` bit for bit (`scripts/pillow-parity.py` wrote the hashes that the tests compare).
 * Filters: Keys, "Cubic convolution interpolation for digital image processing", IEEE TASSP 1981, with a = −0.5;
 * Turkowski, "Filters for common resampling tasks", 1990 (Lanczos, three lobes).
 *
 * @module
 */
import type { Kernel } from './pixels.ts';

/** Interleaved RGB, 8 bits a channel: `data[(y · width + x) · 3 + channel]`. */
export interface Raster {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Integer rectangle in pixels; `left + width` is exclusive. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Pillow keeps 8 bits for the value and 2 for overshoot of a 32-bit sum. */
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * Products of 32-bit integers stay integers this way. In the two inner loops reads are `as number`: they are in range by
 * construction, and a check (`?? 0`) makes the whole 1.7 times slower.
 */
const { imul } = Math;

/**
 * Scales `source` (or the part of it named by `from`) to `width × height` and returns the part `window` of that.
 * Only the window is computed, at the cost of the window; the numbers are those of the whole, cropped.
 *
 * @throws RangeError where a side is not a positive integer or a rectangle leaves its picture.
 */
export function resample(
  source: Raster,
  size: { readonly width: number; readonly height: number },
  kernel: Kernel,
  { from = whole(source), window = whole(size) }: { readonly from?: Rectangle; readonly window?: Rectangle } = {},
): Raster {
  checkInside(from, source);
  checkInside(window, size);
  const columns = weights(from.width, size.width, kernel, window.left, window.width);
  const rows = weights(from.height, size.height, kernel, window.top, window.height);
  // The row pass only makes the source rows that the column pass reads.
  const firstRow = rows.first[0] ?? 0;
  const lastRow = (rows.first[window.height - 1] ?? 0) + (rows.count[window.height - 1] ?? 0);
  const strip = { ...from, top: from.top + firstRow, height: lastRow - firstRow };
  const narrow = horizontalPass(source, strip, columns, window.width);
  return {
    data: verticalPass(narrow, window.width, rows, firstRow, window.height),
    width: window.width,
    height: window.height,
  };
}

/** The whole of a picture as a rectangle. */
export function whole(size: { readonly width: number; readonly height: number }): Rectangle {
  return { left: 0, top: 0, width: size.width, height: size.height };
}

/** Taps of each output position: `value[i · taps + k]` weighs input `first[i] + k`, for k < `count[i]`. */
interface Weights {
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly value: Int32Array;
}

function weights(input: number, output: number, kernel: Kernel, start: number, length: number): Weights {
  const { filter, radius } = FILTERS[kernel];
  const scale = input / output;
  const filterScale = Math.max(1, scale);
  const support = radius * filterScale;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const value = new Int32Array(length * taps);
  const raw = new Float64Array(taps);
  // Pillow multiplies by the reciprocal; a division would differ in the last bit.
  const inverse = 1 / filterScale;
  for (let i = 0; i < length; i++) {
    const center = (start + i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(center - support + 0.5));
    const size = Math.min(input, Math.trunc(center + support + 0.5)) - from;
    let sum = 0;
    for (let k = 0; k < size; k++) {
      const weight = filter((k + from - center + 0.5) * inverse);
      raw[k] = weight;
      sum += weight;
    }
    first[i] = from;
    count[i] = size;
    for (let k = 0; k < size; k++) {
      const weight = (sum === 0 ? at(raw, k) : at(raw, k) / sum) * (1 << PRECISION_BITS);
      value[i * taps + k] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
  }
  return { taps, first, count, value };
}

const FILTERS: Readonly<Record<Kernel, { readonly radius: number; readonly filter: (x: number) => number }>> = {
  bilinear: {
    radius: 1,
    filter: (x) => Math.max(0, 1 - Math.abs(x)),
  },
  bicubic: {
    radius: 2,
    filter: (signed) => {
      const x = Math.abs(signed);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    },
  },
  lanczos: {
    radius: 3,
    filter: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0),
  },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

/** Rows of `strip`, each narrowed to `width` pixels. */
function horizontalPass(source: Raster, strip: Rectangle, columns: Weights, width: number): Uint8Array {
  const { taps, first, count, value } = columns;
  const input = source.data;
  const output = new Uint8ClampedArray(strip.height * width * 3);
  for (let y = 0; y < strip.height; y++) {
    const line = ((strip.top + y) * source.width + strip.left) * 3;
    let target = y * width * 3;
    for (let x = 0; x < width; x++) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let position = line + at(first, x) * 3;
      const end = x * taps + at(count, x);
      for (let k = x * taps; k < end; k++) {
        const weight = at(value, k);
        red = (red + imul(input[position] as number, weight)) | 0;
        green = (green + imul(input[position + 1] as number, weight)) | 0;
        blue = (blue + imul(input[position + 2] as number, weight)) | 0;
        position += 3;
      }
      output[target] = red >> PRECISION_BITS;
      output[target + 1] = green >> PRECISION_BITS;
      output[target + 2] = blue >> PRECISION_BITS;
      target += 3;
    }
  }
  return new Uint8Array(output.buffer);
}

/** Columns of `input` (rows of `width` pixels, of which the first is row `firstRow`), each shortened to `height`. */
function verticalPass(input: Uint8Array, width: number, rows: Weights, firstRow: number, height: number): Uint8Array {
  const { taps, first, count, value } = rows;
  const stride = width * 3;
  const sums = new Int32Array(stride);
  const output = new Uint8ClampedArray(height * stride);
  for (let y = 0; y < height; y++) {
    sums.fill(HALF);
    let position = (at(first, y) - firstRow) * stride;
    const end = y * taps + at(count, y);
    for (let k = y * taps; k < end; k++) {
      const weight = at(value, k);
      for (let x = 0; x < stride; x++) {
        sums[x] = (sums[x] as number) + imul(input[position + x] as number, weight);
      }
      position += stride;
    }
    const target = y * stride;
    for (let x = 0; x < stride; x++) output[target + x] = (sums[x] as number) >> PRECISION_BITS;
  }
  return new Uint8Array(output.buffer);
}

function checkInside(part: Rectangle, size: { readonly width: number; readonly height: number }): void {
  const numbers = [part.left, part.top, part.width, part.height, size.width, size.height];
  const fits = part.left + part.width <= size.width && part.top + part.height <= size.height;
  if (!numbers.every(Number.isInteger) || part.left < 0 || part.top < 0 || part.width < 1 || part.height < 1 || !fits) {
    throw new RangeError(
      `Cannot resample ${part.width}×${part.height} at (${part.left}, ${part.top}) of ${size.width}×${size.height}: it must be a part of it`,
    );
  }
}

/** Indexed read that is known to be in range. */
function at(array: Uint8Array | Int32Array | Float64Array, index: number): number {
  return array[index] ?? 0;
}
