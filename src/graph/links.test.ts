import { describe, expect, test } from 'vitest';
import type { OutputSpec } from '../contract/index.ts';
import { linkedPolicyName, policiesSeenFrom, takersOf, wayBetween } from './links.ts';

const VECTORS: OutputSpec = { columns: {}, vectors: { embedding: { dimension: 3, metric: 'cosine' } } };
const policy = (id: string, contentSource?: string, version = 1) => {
  const [graph = '', name = ''] = id.split('.');
  return { graph, name, contentSource, version };
};
const link = (source: string, linkedGraph: string) => {
  const [graph = '', contentSource = ''] = source.split('.');
  return { graph, contentSource, linkedGraph };
};
const ids = (policies: readonly { readonly graph: string; readonly name: string }[]) =>
  policies.map(({ graph, name }) => `${graph}.${name}`);

describe('linkedPolicyName()', () => {
  test('tells policy, graph and source', () => {
    expect(linkedPolicyName('faces', 'embed', policy('photos.objects'), VECTORS)).toBe('embed_of_photos_objects');
  });

  test('is shortened to what the database takes, and still tells sources apart', () => {
    const long = 'objects'.repeat(5);
    const names = [`${long}1`, `${long}2`].map((name) =>
      linkedPolicyName('faces', 'embed', policy(`photos.${name}`), VECTORS),
    );
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(`faces.${name}.embedding`).toHaveLength(60);
    expect(names[0]).toMatch(/^embed_of_photos_objects\w+_[0-9a-f]{6}$/);
  });
});

test('wayBetween() follows links of any source, and ends in circles', () => {
  const links = [link('a.x', 'b'), link('b.', 'c'), link('c.y', 'b')];
  expect(wayBetween(links, 'a', 'c')).toEqual(['a', 'b', 'c']);
  expect(wayBetween(links, 'a', 'a')).toEqual(['a']);
  expect(wayBetween(links, 'c', 'a')).toBeUndefined();
});

test('policiesSeenFrom() names what is of other graphs with its graph, and takes newest versions', () => {
  const all = [policy('a.x'), policy('b.y', 'a.x'), policy('b.z', 'y', 2), policy('b.z', 'gone', 1)];
  const seen = (graph: string) => policiesSeenFrom(graph, all).map(({ name, contentSource }) => [name, contentSource]);
  expect(seen('b').toSorted()).toEqual([
    ['a.x', undefined],
    ['y', 'a.x'],
    ['z', 'y'],
  ]);
  expect(seen('a').toSorted()).toEqual([
    ['b.y', 'x'],
    ['b.z', 'b.y'],
    ['x', undefined],
  ]);
});

test('takersOf() tells what a link made from what somebody wrote, at any depth', () => {
  const all = [
    policy('b.of_link', 'a.x'),
    policy('b.after', 'of_link'),
    policy('c.by_hand', 'a.x'),
    policy('c.apart', 'a.y'),
  ];
  const found = takersOf([policy('a.x')], all, [link('a.x', 'b')]);
  expect([ids(found.linked), ids(found.written)]).toEqual([['b.of_link'], ['c.by_hand', 'b.after']]);
  const further = takersOf([policy('a.x')], all, [link('a.x', 'b'), link('a.x', 'c'), link('b.of_link', 'c')]);
  expect([ids(further.linked), ids(further.written)]).toEqual([['b.of_link', 'c.by_hand'], ['b.after']]);
});
