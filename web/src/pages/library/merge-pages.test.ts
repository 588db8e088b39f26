import { expect, test } from 'vitest';
import { mergePages } from './merge-pages.ts';

/** A content that was created at that second. */
const content = (second: number) => ({
  contentId: `c${second}`,
  createdAt: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`,
});
const contents = (...seconds: readonly number[]) => seconds.map(content);

test('mergePages() puts what is new before what was read', () => {
  const { items, hasGap } = mergePages(contents(9, 8, 7), false, contents(8, 7, 6, 5, 4));
  expect(items).toEqual(contents(9, 8, 7, 6, 5, 4));
  expect(hasGap).toBe(false);
});

test('mergePages() leaves out what has gone from the first page', () => {
  expect(mergePages(contents(9, 7, 6), false, contents(9, 8, 7, 6, 5)).items).toEqual(contents(9, 7, 6, 5));
  expect(mergePages(contents(9), true, contents(9, 8, 7)).items).toEqual(contents(9));
  expect(mergePages([], true, contents(9)).items).toEqual([]);
});

test('mergePages() tells where contents between may be missing', () => {
  expect(mergePages(contents(9, 8), false, contents(5, 4)).hasGap).toBe(true);
  expect(mergePages(contents(9, 8), false, []).hasGap).toBe(false);
});

test('mergePages() orders contents of one moment by id, falling, as the server does', () => {
  const at = (contentId: string) => ({ contentId, createdAt: content(1).createdAt });
  const { items } = mergePages([at('d'), at('c')], false, [at('d'), at('c'), at('b')]);
  expect(items).toEqual([at('d'), at('c'), at('b')]);
});
