import { expect, test } from 'vitest';
import { parseInput, SearchRequest, type SearchInput } from '../contract/index.ts';
import { readTextFields } from './text-fields.ts';

const read = (input: SearchInput) => readTextFields(parseInput(SearchRequest, input, 'search'));
const ID = '00000000-0000-4000-8000-000000000001';

test.each<[string, string | undefined, string[], string[]]>([
  ['street text:"NO PARKING"', 'street', ['NO PARKING'], []],
  ['a text:"no  entry" sign -text:tow', 'a sign', ['no  entry'], ['tow']],
  ['Text:exit TEXT:way', 'exit way', ['exit', 'way'], []],
  ['-text:"for sale"', undefined, [], ['for sale']],
  ['text:禁止停车', '禁止停车', ['禁止停车'], []],
  ['context:"a" my-text:b text: x', 'context:"a" my-text:b text: x', [], []],
  ['text:"never closed', 'text:"never closed', [], []],
])('readTextFields() takes %j apart', (query, words, has, not) => {
  const request = read({ query });
  expect([request.query, request.has, request.not]).toEqual([words, has, not]);
});

test('readTextFields() adds to what was given, and ranks by its words where nothing else is asked for', () => {
  expect(read({ query: 'text:exit', has: ['way'], not: ['fire'] })).toMatchObject({
    has: ['way', 'exit'],
    not: ['fire'],
  });
  expect(read({ query: 'text:exit' }).legs).toEqual(['text']);
  expect(read({ query: 'text:exit', index: 'a.b.c' }).legs).toBeUndefined();
  expect(read({ query: 'text:exit', like: { contentId: ID } })).not.toHaveProperty('query');
});
