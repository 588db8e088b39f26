import { expect, test } from 'vitest';
import { UnavailableError } from '../contract/index.ts';
import { createGate } from './gate.ts';

test('createGate() works on so many at once, lets some wait in their order, and refuses the rest', async () => {
  const gate = createGate('another upload', 2, 2);
  const ends: (() => void)[] = [];
  const begun: number[] = [];
  const enter = (id: number): Promise<number> =>
    gate.enter(async () => {
      begun.push(id);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (id === 1) throw new Error('broken');
      return id;
    });
  const works = [1, 2, 3, 4].map(enter);
  works[0]?.catch(() => undefined);
  expect(begun).toEqual([1, 2]);
  await expect(enter(5)).rejects.toThrow(
    new UnavailableError('Cannot take another upload: 2 are being worked on and 2 wait; try again later'),
  );
  // One that fails gives its place on, too.
  ends[0]?.();
  await expect(works[0]).rejects.toThrow('broken');
  expect(begun).toEqual([1, 2, 3]);
  ends[1]?.();
  await works[1];
  expect(begun).toEqual([1, 2, 3, 4]);
  for (const end of ends) end();
  expect(await Promise.all(works.slice(1))).toEqual([2, 3, 4]);
  const last = enter(6);
  ends.at(-1)?.();
  expect(await last).toBe(6);
});
