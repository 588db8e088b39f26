/**
 * Which of many 64-bit hashes differ from one in few bits, without looking at all of them.
 *
 * Multi-index hashing: hashes that differ in at most 7 bits differ in at most 1 bit of one of their four 16-bit parts. Each
 * part has a table from its value to the hashes that have it, and 17 values of a part are looked up. Norouzi, Punjani and Fleet,
 * "Fast search in Hamming space with multi-index hashing", CVPR 2012.
 *
 * @module
 */

/** What every lookup finds: four parts, of which one differs in at most one bit. */
export const MAX_DISTANCE = 7;

const PARTS = 4;
const VALUES = 1 << 16;

export interface HammingIndex {
  /**
   * Calls back for every hash within `MAX_DISTANCE`, up to four times for one that several parts find.
   *
   * @param index The place of the found one.
   */
  near(high: number, low: number, visit: (index: number, bits: number) => void): void;
}

/** @param hashes Pairs of 32 bits, the higher ones first. */
export function createHammingIndex(hashes: Uint32Array): HammingIndex {
  const tables = Array.from({ length: PARTS }, (_, part) => table(hashes, part));
  return {
    near(high, low, visit) {
      for (const [part, { starts, items }] of tables.entries()) {
        const value = partOf(high, low, part);
        for (let bit = -1; bit < 16; bit++) {
          const probe = bit === -1 ? value : value ^ (1 << bit);
          const end = at(starts, probe + 1);
          for (let place = at(starts, probe); place < end; place++) {
            const index = at(items, place);
            const bits = distance(high, low, at(hashes, 2 * index), at(hashes, 2 * index + 1));
            if (bits <= MAX_DISTANCE) visit(index, bits);
          }
        }
      }
    },
  };
}

/** Number of bits in which two hashes differ. */
export function distance(highA: number, lowA: number, highB: number, lowB: number): number {
  return ones(highA ^ highB) + ones(lowA ^ lowB);
}

/** Hashes by the value of one part: those of `value` are `items[starts[value] … starts[value + 1])`. */
function table(hashes: Uint32Array, part: number): { starts: Uint32Array; items: Uint32Array } {
  const count = hashes.length / 2;
  const starts = new Uint32Array(VALUES + 1);
  const valueOf = (index: number): number => partOf(at(hashes, 2 * index), at(hashes, 2 * index + 1), part);
  for (let index = 0; index < count; index++) starts[valueOf(index) + 1] = at(starts, valueOf(index) + 1) + 1;
  for (let value = 0; value < VALUES; value++) starts[value + 1] = at(starts, value + 1) + at(starts, value);
  const next = starts.slice();
  const items = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    const value = valueOf(index);
    const place = at(next, value);
    items[place] = index;
    next[value] = place + 1;
  }
  return { starts, items };
}

function partOf(high: number, low: number, part: number): number {
  const half = part < 2 ? high : low;
  return part % 2 === 0 ? half >>> 16 : half & 0xffff;
}

/** Bits that are 1 in 32 (Warren, "Hacker's Delight", 5-1). */
function ones(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Indexed read that is known to be in range. */
function at(array: Uint32Array, index: number): number {
  return array[index] as number;
}
