import { expect, test } from 'vitest';
import { byteOffsets, editText, offsetOfCodePoint } from './source-text.ts';

test('offsetOfCodePoint() counts a character beyond 16 bits as two units', () => {
  expect([0, 1, 2, 3, 9].map((index) => offsetOfCodePoint('a😀b', index))).toEqual([0, 1, 3, 4, 4]);
});

test('byteOffsets() counts bytes of UTF-8', () => {
  // a: 1 byte, é: 2, 表: 3, 😀: 4
  expect([0, 1, 3, 6, 10, 11].map(byteOffsets('aé表😀'))).toEqual([0, 1, 2, 3, 5, 5]);
  expect([0, 2, 3, 4].map(byteOffsets('abc'))).toEqual([0, 2, 3, 3]);
});

test('editText() cuts, inserts and replaces, and tells where things were', () => {
  const edited = editText(
    'xx from a, old.b yy',
    [
      { offset: 11, length: 3, replacement: '"ns"' },
      { offset: 8, length: 0, replacement: '"ns".' },
    ],
    3,
    16,
  );
  expect(edited.text).toBe('from "ns".a, "ns".b');
  const at = (word: string): number => edited.original(edited.text.indexOf(word));
  expect([at('from'), at('a'), at(', '), at('.b')]).toEqual([3, 8, 9, 14]);
  // Within a replacement: where it starts.
  expect([edited.original(7), edited.original(15)]).toEqual([8, 11]);
});
