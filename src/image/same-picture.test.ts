import { expect, test } from 'vitest';
import { synthetic } from './fixtures/synthetic.ts';
import { greyPicture } from './hash.ts';
import type { Raster } from './resample.ts';
import { resample } from './resample.ts';
import { findPart, isFlat } from './same-picture.ts';

const WHOLE = { left: 0, top: 0, right: 1, bottom: 1 };
const scene = resample(synthetic(640, 480), { width: 200, height: 200 }, 'bilinear');
const changed = (change: (value: number, x: number, y: number) => number): Raster => ({
  ...scene,
  data: scene.data.map((value, index) => change(value, Math.floor(index / 3) % 200, Math.floor(index / 600))),
});

test('findPart() finds the window that a cropped picture shows', () => {
  const cropped = resample(scene, { width: 64, height: 64 }, 'bilinear', {
    from: { left: 14, top: 0, width: 176, height: 188 },
  });
  const { correlation = 0, window = WHOLE } = findPart(greyPicture(scene), greyPicture(cropped), WHOLE) ?? {};
  expect(correlation).toBeGreaterThan(0.97);
  expect(window.left).toBeCloseTo(0.07, 1.5);
  expect(window.top).toBeCloseTo(0, 1.5);
  expect(window.right).toBeCloseTo(0.95, 1.5);
  expect(window.bottom).toBeCloseTo(0.94, 1.5);
});

test('findPart() minds neither brightness nor contrast', () => {
  const { correlation = 0 } =
    findPart(greyPicture(scene), greyPicture(changed((value) => 40 + value / 2)), WHOLE) ?? {};
  expect(correlation).toBeGreaterThan(0.999);
});

test('findPart() tells a picture with something small added, and one that is mirrored, from a copy', () => {
  const painted = changed((value, x, y) => (x >= 75 && x < 100 && y >= 75 && y < 100 ? 255 - value : value));
  const mirrored: Raster = {
    ...scene,
    data: scene.data.map((_, index) => scene.data[index + (199 - 2 * (Math.floor(index / 3) % 200)) * 3] ?? 0),
  };
  expect(findPart(greyPicture(scene), greyPicture(painted), WHOLE)).toBeUndefined();
  expect(findPart(greyPicture(scene), greyPicture(mirrored), WHOLE)).toBeUndefined();
});

test('isFlat() is true of a page of one colour with a few specks', () => {
  const page = new Uint8Array(1024).fill(250);
  page.set([230, 240, 235], 500);
  expect(isFlat(page)).toBe(true);
  expect(isFlat(greyPicture(scene))).toBe(false);
});
