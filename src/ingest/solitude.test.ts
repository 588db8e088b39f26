import { expect, test } from 'vitest';
import { createSolitude } from './solitude.ts';

test('createSolitude() runs work beside other work, and what must be alone with nothing beside it', async () => {
  const solitude = createSolitude();
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => (): Promise<void> => {
    log.push(name);
    return new Promise((resolve) => ends.set(name, resolve));
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const all = [solitude(false, work('a')), solitude(false, work('b')), solitude(true, work('c'))];
  await turn();
  all.push(solitude(false, work('d')), solitude(true, work('e')));
  await turn();
  expect(log).toEqual(['a', 'b']);
  ends.get('a')?.();
  await turn();
  expect(log).toEqual(['a', 'b']);
  ends.get('b')?.();
  await turn();
  expect(log).toEqual(['a', 'b', 'c']);
  ends.get('c')?.();
  await turn();
  expect(log).toEqual(['a', 'b', 'c', 'd']);
  ends.get('d')?.();
  await turn();
  ends.get('e')?.();
  await Promise.all(all);
  expect(log).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('createSolitude() goes on behind work that fails', async () => {
  const solitude = createSolitude();
  await expect(solitude(true, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(solitude(false, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await solitude(true, async () => 'yes')).toBe('yes');
});
