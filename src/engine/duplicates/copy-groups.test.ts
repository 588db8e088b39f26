import { expect, test } from 'vitest';
import { groupCopies, type Likeness } from './copy-groups.ts';

const LIKE: Likeness = { correlation: 1, window: { left: 0, top: 0, right: 1, bottom: 1 }, copyIs: 'part' };

/** Groups of numbers, from pairs; `alike` are further pairs that are found when they are asked for. */
async function groups(
  pairs: readonly [number, number][],
  alike: readonly [number, number][] = [],
): Promise<number[][]> {
  const likenesses = new Map<number, Map<number, Likeness>>();
  for (const [keep, copy] of pairs) likenesses.set(keep, (likenesses.get(keep) ?? new Map()).set(copy, LIKE));
  const found = await groupCopies(likenesses, async (keep, copy) =>
    alike.some(([a, b]) => a === keep && b === copy) ? LIKE : undefined,
  );
  return found.map(({ keep, copies }) => [keep, ...copies.map(({ place }) => place)]);
}

test('groupCopies() puts copies under the best of them', async () => {
  expect(
    await groups([
      [4, 9],
      [2, 7],
      [0, 5],
      [0, 3],
    ]),
  ).toEqual([
    [0, 3, 5],
    [2, 7],
    [4, 9],
  ]);
});

test('groupCopies() joins copies of a copy where they are copies of the best, too', async () => {
  expect(
    await groups(
      [
        [0, 1],
        [1, 2],
      ],
      [[0, 2]],
    ),
  ).toEqual([[0, 1, 2]]);
});

test('groupCopies() does not follow a chain to what is like the best no more', async () => {
  const chain = [
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
  ] as [number, number][];
  expect(await groups(chain)).toEqual([
    [0, 1],
    [2, 3],
  ]);
});
