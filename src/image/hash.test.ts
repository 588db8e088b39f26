import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { synthetic } from './fixtures/synthetic.ts';
import { HASH_PIXELS, dHash, hammingDistance, hashToHex, pHash } from './hash.ts';
import { openPicture } from './picture.ts';
import { render } from './render.ts';
import type { Raster } from './resample.ts';

function paint(width: number, height: number, value: (x: number, y: number) => number): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.fill(value(i % width, Math.floor(i / width)), i * 3, i * 3 + 3);
  return { data, width, height };
}

test('dHash() is all ones where every cell is brighter than its left neighbour', () => {
  expect(hashToHex(dHash(paint(9, 8, (x) => x * 20)))).toBe('ffffffffffffffff');
  expect(hashToHex(dHash(paint(9, 8, (x) => 200 - x * 20)))).toBe('0000000000000000');
});

test('dHash() writes rows from the top, the leftmost cell highest', () => {
  // One bright column in the middle of the first row: 4 → 5 rises at bit 4 of 8.
  expect(hashToHex(dHash(paint(9, 8, (x, y) => (y === 0 && x >= 5 ? 255 : 0))))).toBe('0800000000000000');
});

test('hashes of a flat picture are the same whatever its grey', () => {
  for (const hash of [dHash, pHash]) {
    expect(hash(paint(40, 30, () => 90))).toBe(hash(paint(64, 64, () => 200)));
  }
});

test('pHash() of horizontal waves lights the first row only', () => {
  // Frequency 3 along x: coefficient (0, 3) is the only one besides the mean.
  const hash = pHash(paint(32, 32, (x) => 128 + Math.round(100 * Math.cos((Math.PI * 3 * (2 * x + 1)) / 64))));
  expect((hash >> 63n) & 1n).toBe(1n);
  expect((hash >> 60n) & 1n).toBe(1n);
  expect(hash & 0x00ffffffffffffffn).toBe(0n);
});

test('hammingDistance() counts the bits that differ', () => {
  expect(hammingDistance(0b1011n, 0b0010n)).toBe(2);
  expect(hammingDistance(0n, 0xffffffffffffffffn)).toBe(64);
});

test('hashToHex() keeps leading zeroes', () => {
  expect(hashToHex(0xabn)).toBe('00000000000000ab');
});

test('hashes survive resizing and recompression, and differ between pictures', async () => {
  const hashes = async (bytes: Uint8Array) => {
    const pixels = await render(await openPicture(bytes), HASH_PIXELS);
    return [dHash(pixels), pHash(pixels)] as const;
  };
  const { data, width, height } = synthetic(640, 480);
  const scene = sharp(data, { raw: { width, height, channels: 3 } });
  const original = await hashes(await scene.clone().png().toBuffer());
  const copy = await hashes(await scene.clone().resize(300).jpeg({ quality: 60 }).toBuffer());
  const mirrored = await hashes(await scene.clone().flop().png().toBuffer());
  for (const index of [0, 1] as const) {
    expect(hammingDistance(original[index], copy[index])).toBeLessThanOrEqual(6);
    expect(hammingDistance(original[index], mirrored[index])).toBeGreaterThan(16);
  }
});

test.skipIf(!hasTestData)('hashes tell the photos of the test data apart', async () => {
  const hashes: bigint[] = [];
  for (const name of ['cat_720p', 'face', 'hot_dog', 'kite_and_cold', 'owl', 'parrot', 'pets']) {
    const bytes = readFileSync(testData(`data/photos/${name}.jpg`));
    const hash = pHash(await render(await openPicture(bytes), HASH_PIXELS));
    const smaller = await sharp(bytes).resize(200).jpeg({ quality: 70 }).toBuffer();
    expect(hammingDistance(hash, pHash(await render(await openPicture(smaller), HASH_PIXELS)))).toBeLessThanOrEqual(4);
    for (const other of hashes) expect(hammingDistance(hash, other)).toBeGreaterThan(16);
    hashes.push(hash);
  }
});
