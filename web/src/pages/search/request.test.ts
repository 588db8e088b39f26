import { expect, test } from 'vitest';
import { requestOf } from './request.ts';

test('a text that hits must have ranks them where nothing else does', () => {
  expect(requestOf({ has: ['no parking', 'exit'] })).toEqual({
    query: 'no parking exit',
    legs: ['text'],
    has: ['no parking', 'exit'],
  });
  expect(requestOf({ q: 'a street', has: ['exit'], not: ['taxi'] })).toEqual({
    query: 'a street',
    has: ['exit'],
    not: ['taxi'],
  });
});

test('without a question everything is listed; a part belongs to the picture that was given, else to the content', () => {
  expect(requestOf({})).toEqual({ where: 'true' });
  const region = [1, 2, 3, 4] as const;
  const box = { xmin: 1, ymin: 2, xmax: 3, ymax: 4 };
  expect(requestOf({ like: 'id', region: [...region] })).toEqual({ like: { contentId: 'id', region: box } });
  expect(requestOf({ image: 'pasted', region: [...region] })).toEqual({ region: box });
});
