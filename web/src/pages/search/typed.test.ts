import { expect, test } from 'vitest';
import type { FacetColumn } from './facet-columns.ts';
import { completed, settledPart, understand, unfinished } from './typed.ts';

const object: FacetColumn = { kind: 'object', of: 'photos.objects.object_name', name: undefined, isMany: true };
const year: FacetColumn = { kind: 'year', of: 'year', name: undefined, isMany: false };
const trip: FacetColumn = { kind: 'label', of: 'labels.trip', name: 'trip', isMany: false };
const columns = [object, year, trip];

test.each([
  ['a dog at night', { words: 'a dog at night', values: [], has: [], not: [] }],
  [
    'object:dog at night',
    { words: 'at night', values: [{ of: object.of, value: 'dog', mode: 'must' }], has: [], not: [] },
  ],
  [
    'a -object:"hot dog" x',
    { words: 'a x', values: [{ of: object.of, value: 'hot dog', mode: 'without' }], has: [], not: [] },
  ],
  ['year:2015', { words: '', values: [{ of: 'year', value: 2015, mode: 'must' }], has: [], not: [] }],
  [
    'label:trip="new york"',
    { words: '', values: [{ of: trip.of, value: 'new york', mode: 'must' }], has: [], not: [] },
  ],
  ['beach -car -"no parking"', { words: 'beach', values: [], has: [], not: ['car', 'no parking'] }],
  ['street text:"no parking" -text:free', { words: 'street', values: [], has: ['no parking'], not: ['free'] }],
  ['text:a=b text:', { words: 'text:', values: [], has: ['a=b'], not: [] }],
  ['well-known x-ray', { words: 'well-known x-ray', values: [], has: [], not: [] }],
  ['time 10:30 lens:x label:other=y', { words: 'time 10:30 lens:x label:other=y', values: [], has: [], not: [] }],
  ['- object: ""', { words: '- object: ""', values: [], has: [], not: [] }],
])('understand(%j)', (text, understood) => {
  expect(understand(text, columns)).toEqual(understood);
});

test('unfinished() is what stands at the end', () => {
  expect(unfinished('night object:do', columns)).toEqual({
    column: object,
    mode: 'must',
    start: 'do',
    before: 'night ',
  });
  expect(unfinished('-object:"hot d', columns)).toEqual({
    column: object,
    mode: 'without',
    start: 'hot d',
    before: '',
  });
  expect(unfinished('label:trip=ro', columns)).toMatchObject({ column: trip, start: 'ro' });
  expect(unfinished('object:dog ', columns)).toBeUndefined();
  expect(unfinished('no:thing', columns)).toBeUndefined();
});

test.each([
  ['a dog ', ['a dog ', '']],
  ['a dog -ca', ['a dog ', '-ca']],
  ['a dog -ca ', ['a dog -ca ', '']],
  ['object:hot', ['', 'object:hot']],
  ['a -object:"hot d', ['a ', '-object:"hot d']],
  ['well-known', ['well-known', '']],
])('settledPart(%j)', (text, parts) => {
  expect(settledPart(text)).toEqual(parts);
});

test('completed() is understood as the value', () => {
  const text = completed('night -object:ho', columns, 'hot dog');
  expect(understand(text, columns)).toEqual({
    words: 'night',
    values: [{ of: object.of, value: 'hot dog', mode: 'without' }],
    has: [],
    not: [],
  });
  expect(completed('label:trip=r', columns, 'rome')).toBe('label:trip="rome"');
});
