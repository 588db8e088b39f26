import { expect, test } from 'vitest';
import { SqlError } from '../../contract/index.ts';
import { sqlValues } from './parameters.ts';

const refuse = (reason: string): SqlError => new SqlError(reason);
const none: ReadonlySet<number> = new Set();

test('sqlValues() keeps scalars and arrays of them, and writes objects as JSON', () => {
  const values = ['a', 1.5, true, null, undefined, 12n, ['x', 1, null], { a: [1] }];
  expect(sqlValues(values, none, refuse)).toEqual(['a', 1.5, true, null, null, '12', ['x', 1, null], '{"a":[1]}']);
});

test('sqlValues() writes arrays as JSON where the statement takes a vector or jsonb', () => {
  expect(
    sqlValues(
      [
        [0.5, 1],
        [0.5, 1],
      ],
      new Set([2]),
      refuse,
    ),
  ).toEqual([[0.5, 1], '[0.5,1]']);
});

test('sqlValues() refuses what is no value, and names it', () => {
  expect(() => sqlValues([1, [[1]]], none, refuse)).toThrow('the array in $2 holds more than');
  expect(() => sqlValues(['a\0'], none, refuse)).toThrow('the value of $1 holds the character NUL');
  expect(() => sqlValues([Symbol.iterator], none, refuse)).toThrow('the value of $1 is a symbol');
});
