import { expect, test } from 'vitest';
import { extend, NOTHING, select, toggle, without } from './selection.ts';

const all = ['a', 'b', 'c', 'd'].map((contentId) => ({ contentId, name: contentId, labels: {} }));
const [a, b, c, d] = all as [(typeof all)[0], (typeof all)[0], (typeof all)[0], (typeof all)[0]];
const ids = (selection: typeof NOTHING) => [...selection.items.keys()];

test('toggle() selects and deselects', () => {
  const one = toggle(toggle(NOTHING, b), c);
  expect(ids(one)).toEqual(['b', 'c']);
  expect(ids(toggle(one, b))).toEqual(['c']);
});

test('extend() selects a range in either direction from what was selected last', () => {
  expect(ids(extend(toggle(NOTHING, b), d, all))).toEqual(['b', 'c', 'd']);
  expect(ids(extend(toggle(NOTHING, c), a, all)).toSorted()).toEqual(['a', 'b', 'c']);
  // The anchor stays, so that a range can grow on.
  expect(ids(extend(extend(toggle(NOTHING, b), c, all), d, all))).toEqual(['b', 'c', 'd']);
});

test('extend() without a beginning selects one', () => {
  expect(ids(extend(NOTHING, c, all))).toEqual(['c']);
});

test('select() adds, without() takes away', () => {
  expect(ids(without(select(toggle(NOTHING, a), [b, c]), new Set(['a', 'c'])))).toEqual(['b']);
});
