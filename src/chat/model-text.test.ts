import { expect, test } from 'vitest';
import { plainText, withoutThoughts } from './model-text.ts';

test('withoutThoughts() leaves what was said', () => {
  expect(withoutThoughts('<think>hm\n</think>\n\nThree dogs.')).toBe('Three dogs.');
  expect(withoutThoughts('hm</thinking>Three dogs.')).toBe('Three dogs.');
  expect(withoutThoughts('Three dogs.')).toBe('Three dogs.');
});

test('plainText() keeps words and line breaks, and nothing that controls a terminal', () => {
  expect(plainText(' a\u0007b\nc\u001B[31m ', 100)).toBe('a\uFFFDb\nc\uFFFD[31m');
  expect(plainText('abcdef', 3)).toBe('abc…');
});
