import { expect, test } from 'vitest';
import { FUNCTIONS as ALLOWED } from '../../../../../src/store/door/allowed.ts';
import { FUNCTIONS } from './functions.ts';

test('every function that is completed is one that the server lets through, once', () => {
  const names = FUNCTIONS.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !ALLOWED.has(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});
