import { expect, test } from 'vitest';
import type { Preprocessing } from './preprocessor.ts';
import { spaceOf } from './space.ts';

const preprocessing: Preprocessing = {
  pixels: { resize: 'squash', width: 224, height: 224, kernel: 'bilinear' },
  width: 224,
  height: 224,
  factor: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};
const facts = { visionSha256: 'a'.repeat(64), variant: 'fp32', preprocessing, dimension: 512 } as const;

test('spaceOf() is the same for the same facts, in whatever order the request was written', () => {
  const pixels = { kernel: 'bilinear', height: 224, width: 224, resize: 'squash' } as const;
  expect(spaceOf({ ...facts, preprocessing: { ...preprocessing, pixels } })).toBe(spaceOf(facts));
  expect(spaceOf(facts)).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ['other weights', { ...facts, visionSha256: 'b'.repeat(64) }],
  ['another variant', { ...facts, variant: 'int8' as const }],
  ['another dimension', { ...facts, dimension: 256 }],
  ['another mean', { ...facts, preprocessing: { ...preprocessing, mean: [0.5, 0, 0] as const } }],
  [
    'another filter',
    { ...facts, preprocessing: { ...preprocessing, pixels: { ...preprocessing.pixels, kernel: 'bicubic' } as const } },
  ],
])('spaceOf() differs for %s', (_, other) => {
  expect(spaceOf(other)).not.toBe(spaceOf(facts));
});
