import { expect, test } from 'vitest';
import { createHammingIndex, distance, MAX_DISTANCE } from './hamming-index.ts';

/** Numbers of 32 bits that are the same in every run. */
function numbers(count: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0));
}

test('near() finds what a look at all of them finds, with its distance', () => {
  const hashes = Uint32Array.from(numbers(400));
  // Neighbours of number 10: 1 to 9 bits away, of which those up to 7 count, in one part or in all four.
  for (let bits = 1; bits <= 9; bits++) {
    for (const [place, spread] of [
      [20 + bits, 1],
      [40 + bits, 17],
    ] as const) {
      let [high, low] = [hashes[20] ?? 0, hashes[21] ?? 0];
      for (let bit = 0; bit < bits; bit++) {
        const at = (bit * spread) % 64;
        if (at < 32) low ^= 1 << at;
        else high ^= 1 << (at - 32);
      }
      hashes.set([high, low], 2 * place);
    }
  }
  const index = createHammingIndex(hashes);
  const [high = 0, low = 0] = hashes.subarray(20, 22);
  const found = new Map<number, number>();
  index.near(high, low, (place, bits) => found.set(place, bits));
  const wanted = Array.from({ length: 200 }, (_, place): [number, number] => [
    place,
    distance(high, low, hashes[2 * place] ?? 0, hashes[2 * place + 1] ?? 0),
  ]).filter(([, bits]) => bits <= MAX_DISTANCE);
  expect(wanted.length).toBe(15);
  expect([...found].toSorted(([a], [b]) => a - b)).toEqual(wanted);
});

test('distance() counts bits of both halves', () => {
  expect(distance(0xffffffff, 0, 0, 0x80000001)).toBe(34);
});
