import { expect, test } from 'vitest';
import type { Pixels } from '../image/pixels.ts';
import { bgrPlanes, normalisingPlanes, planarTensor } from './normalise.ts';

const identity = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
/** Two pixels: (255, 0, 51) and (0, 102, 255). */
const pixels: Pixels = { data: Uint8Array.of(255, 0, 51, 0, 102, 255), width: 2, height: 1, toOriginal: identity };

test('planarTensor() puts red, green and blue in planes, (value · factor − mean) / std', () => {
  const tensor = planarTensor([pixels], normalisingPlanes(1 / 255, [0.5, 0, 0], [0.5, 1, 2]), 2, 1);
  expect([...tensor].map((value) => Math.round(value * 1000) / 1000)).toEqual([1, -1, 0, 0.4, 0.1, 0.5]);
});

test('planarTensor() with bgrPlanes() turns the channels round and keeps 0 to 255', () => {
  expect([...planarTensor([pixels], bgrPlanes(), 2, 1)]).toEqual([51, 255, 0, 102, 255, 0]);
});

test('planarTensor() puts pictures one behind the other', () => {
  expect(planarTensor([pixels, pixels], bgrPlanes(), 2, 1)).toHaveLength(12);
});

test('planarTensor() refuses pictures of another size', () => {
  expect(() => planarTensor([pixels], bgrPlanes(), 1, 2)).toThrow('Cannot feed 2×1 pixels to a model that takes 1×2');
});
