import { expect, test } from 'vitest';
import { chooseIndex, type SearchIndex } from './choose-index.ts';

const index = (name: string, facts: Partial<SearchIndex> = {}): SearchIndex => ({
  name,
  policyId: 1,
  version: 1,
  output: 'embedding',
  dimension: 2,
  extractor: 'embedding/clip',
  params: {},
  space: 's',
  ofRegions: false,
  ofTexts: false,
  isHandedOver: false,
  ...facts,
});

test.each([
  ['the only one', [index('b.clip.e')], 'b.clip.e', undefined],
  ['that of whole pictures', [index('a.boxes.e', { ofRegions: true }), index('b.clip.e')], 'b.clip.e', undefined],
  ['the first by name', [index('b.clip.e'), index('a.clip.e')], 'a.clip.e', 'others: b.clip.e'],
  [
    'one that all contents get, before vectors that were loaded',
    [index('a.vectors.v', { isHandedOver: true }), index('b.clip.e')],
    'b.clip.e',
    'others: a.vectors.v',
  ],
  [
    'one that takes words, before one that takes none',
    [
      index('a.vectors.v', { isHandedOver: true, extractor: 'features/given' }),
      index('b.vectors.v', { isHandedOver: true }),
    ],
    'b.vectors.v',
    undefined,
  ],
  [
    'that takes words, though it is of boxes',
    [index('a.who.e', { queries: ['image'] }), index('b.parts.e', { ofRegions: true })],
    'b.parts.e',
    undefined,
  ],
])('chooseIndex() takes %s', (_what, indexes, name, note) => {
  const chosen = chooseIndex(indexes, undefined, ['text']);
  expect(chosen.index.name).toBe(name);
  if (note === undefined) expect(chosen.note).toBeUndefined();
  else expect(chosen.note).toContain(note);
});
