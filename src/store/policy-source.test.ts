import { expect, test } from 'vitest';
import { sourceVersion, takeOverGroups } from './policy-source.ts';

const version = (name: string, number: number, state: 'active' | 'building', contentSource?: string) => ({
  graph: 'g',
  name,
  version: number,
  state,
  contentSource,
});

test('sourceVersion() gives old versions the old source and new ones the new', () => {
  const [old, next] = [version('objects', 1, 'active'), version('objects', 2, 'building')];
  const all = [next, old, { ...next, graph: 'other', version: 9 }];
  expect(sourceVersion(version('boxes', 1, 'active', 'objects'), all)).toBe(old);
  expect(sourceVersion(version('boxes', 2, 'building', 'objects'), all)).toBe(next);
  expect(sourceVersion(version('boxes', 2, 'building', 'objects'), [old])).toBe(old);
  expect(sourceVersion(version('boxes', 1, 'active', 'objects'), [next])).toBe(next);
  expect(sourceVersion(old, all)).toBeUndefined();
});

test('sourceVersion() finds the version of another graph, and takeOverGroups() keeps it with what takes from it', () => {
  const [old, next] = [version('objects', 1, 'active'), version('objects', 2, 'building')];
  const taker = { ...version('boxes', 2, 'building', 'g.objects'), graph: 'h' };
  const namesake = { ...next, graph: 'h' };
  expect(sourceVersion(taker, [old, next, namesake])).toBe(next);
  expect(takeOverGroups([next, namesake, taker])).toEqual([[namesake], [next, taker]]);
});

test('takeOverGroups() keeps together what takes from each other, at any depth', () => {
  const a = version('a', 2, 'building');
  const b = version('b', 2, 'building', 'a');
  const c = version('c', 2, 'building', 'b');
  const alone = version('alone', 2, 'building', 'steady');
  const elsewhere = { ...b, graph: 'h' };
  expect(takeOverGroups([a, c, alone, b, elsewhere])).toEqual([[alone], [a, c, b], [elsewhere]]);
  expect(takeOverGroups([])).toEqual([]);
});
