import { expect, test } from 'vitest';
import { CROP_WINDOWS, cropHashes } from './crop-hash.ts';
import { synthetic } from './fixtures/synthetic.ts';
import { greyPicture, hammingDistance, pHash } from './hash.ts';
import { resample } from './resample.ts';

const SIDE = 200;
const scene = resample(synthetic(640, 480), { width: SIDE, height: SIDE }, 'bilinear');

function hashes(grey: Uint8Array): bigint[] {
  const pairs = cropHashes(grey);
  return CROP_WINDOWS.map((_, place) => (BigInt(pairs[2 * place] ?? 0) << 32n) | BigInt(pairs[2 * place + 1] ?? 0));
}

test('cropHashes() begins with the pHash of the whole', () => {
  expect(CROP_WINDOWS[0]).toEqual({ left: 0, top: 0, right: 1, bottom: 1 });
  expect(hashes(greyPicture(scene))[0]).toBe(pHash(scene));
});

test('cropHashes() tells what a picture would hash to with its edges cut off', () => {
  const whole = hashes(greyPicture(scene));
  for (const [left, top, right, bottom] of [
    [0.045, 0.045, 0.955, 0.955],
    [0.09, 0, 1, 0.91],
    [0, 0, 0.91, 1],
  ] as const) {
    const place = CROP_WINDOWS.findIndex(
      (window) => window.left === left && window.top === top && window.right === right && window.bottom === bottom,
    );
    const from = {
      left: Math.round(left * SIDE),
      top: Math.round(top * SIDE),
      width: Math.round((right - left) * SIDE),
      height: Math.round((bottom - top) * SIDE),
    };
    const cut = pHash(resample(scene, { width: 64, height: 64 }, 'bilinear', { from }));
    expect(hammingDistance(whole[place] ?? 0n, cut)).toBeLessThanOrEqual(6);
    expect(hammingDistance(whole[place] ?? 0n, cut)).toBeLessThan(hammingDistance(whole[0] ?? 0n, cut));
  }
});
