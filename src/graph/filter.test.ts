import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelFilter } from '../contract/index.ts';
import { formatFilter, matches, mismatch, parseFilter, parseLabelValue } from './filter.ts';

const OPERATORS = ['=', '!=', '>', '<', '>=', '<='] as const;

test.each<[string, LabelFilter]>([
  ['source=google', { key: 'source', op: '=', value: 'google' }],
  ['size>=10', { key: 'size', op: '>=', value: 10 }],
  ['size >= 10', { key: 'size', op: '>=', value: 10 }],
  ['size<=-1.5e3', { key: 'size', op: '<=', value: -1500 }],
  ['public!=true', { key: 'public', op: '!=', value: true }],
  ['zip="01234"', { key: 'zip', op: '=', value: '01234' }],
  ['zip=01234', { key: 'zip', op: '=', value: '01234' }],
  ['note=', { key: 'note', op: '=', value: '' }],
  ['url=http://x/?a=b', { key: 'url', op: '=', value: 'http://x/?a=b' }],
  ['wow!=yes', { key: 'wow', op: '!=', value: 'yes' }],
  ['wow!x=yes', { key: 'wow!x', op: '=', value: 'yes' }],
  ['list=[1]', { key: 'list', op: '=', value: '[1]' }],
  ['huge=1e999', { key: 'huge', op: '=', value: '1e999' }],
  ['gone=null', { key: 'gone', op: '=', value: null }],
])('parseFilter() reads %s', (text, expected) => {
  expect(parseFilter(text)).toEqual(expected);
});

test.each([
  ['source', 'it has no operator'],
  ['', 'it has no operator'],
  ['=google', 'it has no key'],
  ['  >= 3', 'it has no key'],
  ['a==b', '"==" is no operator, did you mean "="?'],
  ['a=>3', 'did you mean ">="?'],
  ['a=<3', 'did you mean "<="?'],
  ['a<>3', 'did you mean "!="?'],
  ['a>>3', 'put it in double quotes'],
])('parseFilter() refuses %s', (text, reason) => {
  expect(() => parseFilter(text)).toThrow(`Cannot read filter "${text}": `);
  expect(() => parseFilter(text)).toThrow(reason);
});

test('parseFilter() reads what formatFilter() wrote', () => {
  const key = fc.stringMatching(/^[a-z_][a-zA-Z0-9_. -]*[a-z0-9]$/);
  const value = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => !Object.is(each, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('"', '=x', '>1', '12', 'true', ' a ', '"a"', '{}', '\n'),
  );
  fc.assert(
    fc.property(key, fc.constantFrom(...OPERATORS), value, (k, op, v) => {
      expect(parseFilter(formatFilter({ key: k, op, value: v }))).toEqual({ key: k, op, value: v });
    }),
  );
});

test('parseLabelValue() keeps leading zeros and versions as texts', () => {
  expect(['007', '1.2.3', ' 7 ', 'True'].map(parseLabelValue)).toEqual(['007', '1.2.3', 7, 'True']);
});

test('matches() needs every condition', () => {
  const labels = { source: 'google', size: 12 };
  expect(matches([], {})).toBe(true);
  expect(matches([parseFilter('source=google'), parseFilter('size>=10')], labels)).toBe(true);
  expect(matches([parseFilter('source=google'), parseFilter('size<10')], labels)).toBe(false);
});

test('matches() compares numbers as numbers', () => {
  expect(matches([parseFilter('n>10')], { n: 9 })).toBe(false);
  expect(matches([parseFilter('n>10')], { n: 10.5 })).toBe(true);
  expect(matches([parseFilter('d>="2024-05"')], { d: '2024-06-01' })).toBe(true);
});

test('matches() finds nothing where the label is missing or of another type, not even with !=', () => {
  for (const op of OPERATORS) {
    expect(matches([{ key: 'a', op, value: 'x' }], {})).toBe(false);
    expect(matches([{ key: 'a', op, value: 9 }], { a: '10' })).toBe(false);
    expect(matches([{ key: 'a', op, value: null }], { a: 'null' })).toBe(false);
    expect(matches([{ key: 'toString', op, value: 'x' }], {})).toBe(false);
  }
});

test('mismatch() says why', () => {
  expect(mismatch(parseFilter('size>=10'), {})).toBe('filter "size>=10" needs label "size", which it does not have');
  expect(mismatch(parseFilter('size>=10'), { size: '12' })).toBe(
    'filter "size>=10" compares with a number, and its label "size" is a text: "12"',
  );
  expect(mismatch(parseFilter('size>=10'), { size: 3 })).toBe('filter "size>=10" does not hold: its label is 3');
  expect(mismatch(parseFilter('size>=10'), { size: 10 })).toBeUndefined();
});
