import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { synthetic } from './fixtures/synthetic.ts';
import type { Kernel } from './pixels.ts';
import { type Raster, resample } from './resample.ts';

interface ParityCase {
  readonly width: number;
  readonly height: number;
  readonly target: { readonly width: number; readonly height: number };
  readonly source: string;
  readonly resized: Readonly<Record<Kernel, string>>;
}

const parity = JSON.parse(readFileSync(new URL('fixtures/pillow-parity.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly ParityCase[];
};

/** A grey picture of one row or more, written as its numbers. */
function grey(rows: readonly (readonly number[])[]): Raster {
  return {
    data: Uint8Array.from(rows.flat().flatMap((value) => [value, value, value])),
    width: rows[0]?.length ?? 0,
    height: rows.length,
  };
}

function greys(raster: Raster): number[] {
  return [...raster.data].filter((_, index) => index % 3 === 0);
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

describe('resample() equals Pillow bit for bit', () => {
  expect(parity.cases.length).toBeGreaterThanOrEqual(14);
  for (const { width, height, target, source, resized } of parity.cases) {
    test(`${width}×${height} to ${target.width}×${target.height}`, () => {
      const picture = synthetic(width, height);
      expect(sha256(picture.data)).toBe(source);
      for (const kernel of ['bilinear', 'bicubic', 'lanczos'] as const) {
        expect([kernel, sha256(resample(picture, target, kernel).data)]).toEqual([kernel, resized[kernel]]);
      }
    });
  }
});

test('resample() halves with a triangle of double width', () => {
  // Weights of output 0: taps at −0.5 … 2 from centre 1: 0.75, 0.75, 0.25 of 1.75.
  expect(greys(resample(grey([[0, 70, 140, 210]]), { width: 2, height: 1 }, 'bilinear'))).toEqual([50, 160]);
});

test('resample() returns the picture itself at its own size', () => {
  const picture = grey([
    [1, 200, 30],
    [40, 5, 60],
  ]);
  for (const kernel of ['bilinear', 'bicubic', 'lanczos'] as const) {
    expect(resample(picture, picture, kernel)).toEqual(picture);
  }
});

test('resample() clamps the overshoot of bicubic', () => {
  const sharpened = greys(resample(grey([[0, 0, 255, 255]]), { width: 8, height: 1 }, 'bicubic'));
  expect(sharpened).toContain(0);
  expect(sharpened).toContain(255);
  expect(sharpened.toSorted((a, b) => a - b)).toEqual(sharpened);
});

test('resample() of a window equals the same window of the whole', () => {
  const picture = synthetic(90, 60);
  const size = { width: 41, height: 133 };
  const window = { left: 7, top: 31, width: 20, height: 9 };
  const all = resample(picture, size, 'bicubic');
  const part = resample(picture, size, 'bicubic', { window });
  for (let y = 0; y < window.height; y++) {
    const start = ((window.top + y) * size.width + window.left) * 3;
    expect(part.data.subarray(y * window.width * 3, (y + 1) * window.width * 3)).toEqual(
      all.data.subarray(start, start + window.width * 3),
    );
  }
});

test('resample() of a part reads nothing outside it', () => {
  const picture = grey([
    [255, 255, 255, 255],
    [255, 10, 10, 255],
    [255, 10, 10, 255],
  ]);
  const from = { left: 1, top: 1, width: 2, height: 2 };
  expect(new Set(greys(resample(picture, { width: 5, height: 5 }, 'lanczos', { from })))).toEqual(new Set([10]));
});

test('resample() refuses a part outside the picture', () => {
  const picture = grey([[1, 2]]);
  const from = { left: 1, top: 0, width: 2, height: 1 };
  expect(() => resample(picture, { width: 2, height: 2 }, 'bilinear', { from })).toThrow(RangeError);
  expect(() => resample(picture, { width: 0, height: 2 }, 'bilinear')).toThrow(RangeError);
});
