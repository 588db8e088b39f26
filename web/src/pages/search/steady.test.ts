import { expect, test } from 'vitest';
import { steady } from './steady.ts';

const hits = (letters: string): { contentId: string }[] => [...letters].map((contentId) => ({ contentId }));
const text = ({ shown, waiting }: ReturnType<typeof steady<{ contentId: string }>>): string =>
  `${shown.map(({ contentId }) => contentId).join('')} +${waiting}`;

test.each([
  ['at the top what is new comes first', 'abc', 'xabc', false, 'xabc +0'],
  ['further down it waits', 'abc', 'xabc', true, 'abc +1'],
  ['the next page is no insertion', 'abc', 'abcde', true, 'abcde +0'],
  ['the next page comes while others wait', 'abc', 'xyabcde', true, 'abcde +2'],
  ['what was deleted keeps its place until then', 'abc', 'bc', true, 'abc +0'],
  ['nothing was shown before', '', 'abc', true, 'abc +0'],
])('%s', (_claim, shown, latest, isHeld, expected) => {
  expect(text(steady(hits(shown), hits(latest), isHeld))).toBe(expected);
});
