import { expect, test } from 'vitest';
import { chipsOf, removeChip, turnChip } from './chips.ts';
import type { SearchParams } from './params.ts';

const of = 'photos.objects.object_name';
const objects = [{ column: { kind: 'object', of, name: undefined, isMany: true } as const, names: ['dog', 'hot dog'] }];

/** Turns the only chip, again and again. */
function turns(params: SearchParams, times: number): SearchParams[] {
  const seen: SearchParams[] = [];
  for (let time = 0, now = params; time < times; time += 1) {
    const [chip] = chipsOf(now);
    if (chip === undefined) throw new Error('The chip has gone');
    now = turnChip(now, chip, objects);
    seen.push(now);
  }
  return seen;
}

test('an object goes from must to words to what is not wanted, and round', () => {
  expect(turns({ facets: { [of]: ['dog'] } }, 3)).toEqual([
    { q: 'dog' },
    { without: { [of]: ['dog'] } },
    { facets: { [of]: ['dog'] } },
  ]);
});

test('words go to what is not wanted and back', () => {
  expect(turns({ q: 'on a beach' }, 2)).toEqual([{ not: ['on a beach'] }, { q: 'on a beach' }]);
  expect(turns({ has: ['no parking'] }, 2)).toEqual([{ q: 'no parking' }, { not: ['no parking'] }]);
  expect(turns({ q: 'a hot dog' }, 1)).toEqual([{ without: { [of]: ['hot dog'] } }]);
});

test('other values are a must or not wanted; SQL stays', () => {
  expect(turns({ facets: { year: [2015] } }, 2)).toEqual([{ without: { year: [2015] } }, { facets: { year: [2015] } }]);
  expect(turns({ where: 'width > 1' }, 1)).toEqual([{ where: 'width > 1' }]);
});

test('removeChip() takes one away and leaves the others', () => {
  const params: SearchParams = {
    q: 'a',
    has: ['d', 'e'],
    not: ['b', 'c'],
    facets: { year: [1, 2] },
    without: { year: [3] },
    where: 'true',
  };
  expect(chipsOf(params).map((chip) => removeChip(params, chip))).toEqual([
    { has: ['d', 'e'], not: ['b', 'c'], facets: { year: [1, 2] }, without: { year: [3] }, where: 'true' },
    { q: 'a', has: ['d', 'e'], not: ['b', 'c'], facets: { year: [2] }, without: { year: [3] }, where: 'true' },
    { q: 'a', has: ['d', 'e'], not: ['b', 'c'], facets: { year: [1] }, without: { year: [3] }, where: 'true' },
    { q: 'a', has: ['e'], not: ['b', 'c'], facets: { year: [1, 2] }, without: { year: [3] }, where: 'true' },
    { q: 'a', has: ['d'], not: ['b', 'c'], facets: { year: [1, 2] }, without: { year: [3] }, where: 'true' },
    { q: 'a', has: ['d', 'e'], not: ['b', 'c'], facets: { year: [1, 2] }, without: { year: [3] } },
    { q: 'a', has: ['d', 'e'], not: ['b', 'c'], facets: { year: [1, 2] }, where: 'true' },
    { q: 'a', has: ['d', 'e'], not: ['c'], facets: { year: [1, 2] }, without: { year: [3] }, where: 'true' },
    { q: 'a', has: ['d', 'e'], not: ['b'], facets: { year: [1, 2] }, without: { year: [3] }, where: 'true' },
  ]);
});
