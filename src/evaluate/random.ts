/**
 * Seeded random numbers: xoshiro128** 1.1 of Blackman and Vigna ("Scrambled linear pseudorandom number generators", TOMS
 * 2021), its state filled from the seed by splitmix32. The same seed gives the same numbers everywhere.
 *
 * @module
 */

/** @returns Whole numbers in [0, 2³²). */
export function randomSource(seed: number): () => number {
  const fill = splitmix32(seed);
  const state = Uint32Array.from({ length: 4 }, fill);
  let [a = 0, b = 0, c = 0, d = 0] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
