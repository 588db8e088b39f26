import { expect, test } from 'vitest';
import { kindOf, parseLabel } from './label-value.ts';

test('parseLabel() keeps the kind of a value', () => {
  expect(parseLabel('007', 'text')).toBe('007');
  expect(parseLabel(' 7.5 ', 'number')).toBe(7.5);
  expect(parseLabel('false', 'boolean')).toBe(false);
});

test('parseLabel() refuses what is no number, and nothing', () => {
  expect(parseLabel('7 km', 'number')).toBeUndefined();
  expect(parseLabel(' ', 'number')).toBeUndefined();
  expect(parseLabel('1e999', 'number')).toBeUndefined();
});

test('kindOf() tells a value that was stored', () => {
  expect([kindOf('7'), kindOf(7), kindOf(true)]).toEqual(['text', 'number', 'boolean']);
});
