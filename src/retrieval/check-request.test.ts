import { expect, test } from 'vitest';
import { parseInput, SearchRequest, type SearchInput } from '../contract/index.ts';
import { checkRequest } from './check-request.ts';

const check = (input: unknown) => checkRequest(parseInput(SearchRequest, input, 'search'));
const LIKE = { contentId: '00000000-0000-4000-8000-000000000001' };
const BOX = { xmin: 0, ymin: 0, xmax: 9, ymax: 9 };

test.each<[unknown, string]>([
  [{ query: '' }, 'must have at least 1 character'],
  [{ query: ' \n ' }, 'there are only blanks'],
  [{ query: 'a'.repeat(2001) }, 'must have at most 2000 characters'],
  [{ query: 'ab\u0000' }, 'character 3 is U+0000'],
  [{ query: '\u0089PNG' }, 'character 1 is U+0089'],
  [{ query: 'a\uD800' }, 'character 2 is U+D800'],
  [{ query: 'a', region: BOX }, 'Cannot search by "region" without "image"'],
  [{ like: { ...LIKE, region: { ...BOX, xmax: 0 } } }, 'xmax must be larger than xmin'],
  [{ query: 'a', index: 'x', indexes: ['y'] }, '"index" and "indexes" both'],
  [{ query: 'a', weights: { text: -1 } }, '"weights.text" must be at least 0'],
  [{ query: 'a', weights: { text: null } }, '"weights.text" must be a number'],
  [{ query: 'a', weights: { text: Number.NaN } }, '"weights.text" must be a number'],
  [{ query: 'a', weights: { txt: 1 } }, 'did you mean "text"'],
  [{ query: 'a', weights: { image: 1 } }, 'Cannot weigh "image" by 1: the search has no "image"'],
  [{ query: 'a', like: LIKE, weights: { text: 0, like: 0 } }, 'all are 0 ("text", "like")'],
  [{ query: 'text:""' }, 'Cannot search with this text: there are only blanks'],
  [{ query: 'street text:"!!!"' }, 'Cannot search with the text "!!!": it has no letters and no numbers'],
  [{ has: ['a\u0000'] }, 'character 2 is U+0000'],
  [{ query: 'a', legs: ['vectors'] }, '"legs.0" must be one of "vector", "text"'],
  [{ query: 'a', fusion: { k: -1 } }, '"fusion.k" must be at least 0'],
  [{ query: 'a', fusion: { weights: { vector: Number.NaN } } }, 'must be a number'],
])('checkRequest() refuses %j', (input, message) => {
  expect(() => check(input)).toThrow(message);
});

test.each(['🐕🏖️', 'كلب على الشاطئ', '一只狗', 'line\none'])('checkRequest() takes the words %j', (query) => {
  expect(check({ query }).query).toBe(query);
});

test('checkRequest() leaves out parts with the weight 0', () => {
  const input: SearchInput = { query: 'a', image: 'AAAA', region: BOX, like: LIKE, weights: { image: 0, like: 2 } };
  expect(check(input)).toMatchObject({ query: 'a', like: LIKE });
  expect(check(input)).not.toHaveProperty('image');
  expect(check(input)).not.toHaveProperty('region');
});
