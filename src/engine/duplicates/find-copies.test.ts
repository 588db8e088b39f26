import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cropHashes, hashToHex } from '../../image/index.ts';
import type { HashedPicture } from '../../store/index.ts';
import { findCopies } from './find-copies.ts';

/** 32 × 32 of blocks whose greys depend on the number. */
function blocks(number: number): Uint8Array {
  return Uint8Array.from({ length: 1024 }, (_, at) => {
    const block = Math.floor(at / 128) * 8 + Math.floor((at % 32) / 4);
    return Math.imul(block * 31 + number + 1, 0x9e3779b1) >>> 24;
  });
}

function picture(contentId: string, grey: Uint8Array, sizeBytes: number): HashedPicture {
  const [high = 0, low = 0] = cropHashes(grey);
  const phash = hashToHex((BigInt(high) << 32n) | BigInt(low));
  return { contentId, phash, width: 400, height: 300, sizeBytes, createdAt: '2026-01-01T00:00:00Z' };
}

const greys = new Map([
  ...Array.from({ length: 20 }, (_, number) => [`p${number}`, blocks(number)] as const),
  ['copy of p3', blocks(3)] as const,
  ['white', new Uint8Array(1024).fill(255)] as const,
  ['grey', new Uint8Array(1024).fill(99)] as const,
]);
const pictures = [...greys].map(([contentId, grey], at) => picture(contentId, grey, 1000 - at));

test('findCopies() tells how many pictures it looked at, until all were', async () => {
  const told: number[] = [];
  const found = await findCopies({ greys: async () => greys, onProgress: (seen) => told.push(seen) }, pictures);
  expect(found.groups.map(({ keep, copies }) => [keep, ...copies.map((copy) => copy.picture)])).toEqual([
    [pictures[3], pictures[20]],
  ]);
  expect(found.flat).toBe(2);
  expect(told.length).toBeGreaterThan(1);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(pictures.length);
});

test('findCopies() ends with the reason of its signal', async () => {
  const gone = new AbortController();
  let asked = 0;
  const slow = async () => {
    asked += 1;
    gone.abort(new Error('nobody listens'));
    await sleep(20);
    return greys;
  };
  await expect(findCopies({ greys: slow, signal: gone.signal }, pictures)).rejects.toThrow('nobody listens');
  expect(asked).toBe(1);
});
