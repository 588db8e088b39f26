import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';

test('canonicalJson() sorts keys at every depth and keeps the order of lists', () => {
  expect(canonicalJson({ b: [2, 1], a: { d: null, c: 'x' }, e: undefined })).toBe('{"a":{"c":"x","d":null},"b":[2,1]}');
});

test('canonicalJson() is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
