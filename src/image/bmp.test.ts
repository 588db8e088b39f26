import { expect, test } from 'vitest';
import { decodeBmp } from './bmp.ts';

/** A bitmap with a 40-byte header. */
function bmp(
  width: number,
  height: number,
  bits: number,
  palette: readonly number[],
  rows: readonly (readonly number[])[],
): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM', 'latin1');
  header.writeUInt32LE(54 + palette.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(palette.length / 4, 46);
  return Buffer.concat([header, Buffer.from(palette), ...rows.map((row) => Buffer.from(row))]);
}

const pixels = (bytes: Uint8Array): number[] => [...decodeBmp(bytes).data];

test('decodeBmp() reads 24 bits bottom up, blue first, rows padded to four bytes', () => {
  const bytes = bmp(
    1,
    2,
    24,
    [],
    [
      [3, 2, 1, 0],
      [6, 5, 4, 0],
    ],
  );
  expect(pixels(bytes)).toEqual([4, 5, 6, 1, 2, 3]);
});

test('decodeBmp() reads a negative height top down', () => {
  const bytes = bmp(
    1,
    -2,
    24,
    [],
    [
      [3, 2, 1, 0],
      [6, 5, 4, 0],
    ],
  );
  expect(pixels(bytes)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('decodeBmp() ignores the fourth channel of 32 bits', () => {
  expect(pixels(bmp(1, 1, 32, [], [[3, 2, 1, 99]]))).toEqual([1, 2, 3]);
});

test('decodeBmp() widens the five bits of 16-bit colours to eight', () => {
  const value = (31 << 10) | (0 << 5) | 16;
  expect(pixels(bmp(1, 1, 16, [], [[value & 255, value >> 8, 0, 0]]))).toEqual([255, 0, 132]);
});

test.each([
  [1, [0b01000000, 0, 0, 0]],
  [4, [0x01, 0, 0, 0]],
  [8, [0, 1, 0, 0]],
] as const)('decodeBmp() looks up %i-bit colours in the palette', (bits, row) => {
  expect(pixels(bmp(2, 1, bits, [30, 20, 10, 0, 60, 50, 40, 0], [row]))).toEqual([10, 20, 30, 40, 50, 60]);
});

test('decodeBmp() refuses a bitmap that ends early, and one that is compressed', () => {
  expect(() => decodeBmp(bmp(1, 2, 24, [], [[3, 2, 1, 0]]))).toThrow('the BMP file is incomplete');
  const compressed = bmp(1, 1, 8, [0, 0, 0, 0], [[0, 0, 0, 0]]);
  compressed.writeUInt32LE(1, 30);
  expect(() => decodeBmp(compressed)).toThrow('BMP pictures with compression are not supported');
});
