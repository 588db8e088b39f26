import { expect, test } from 'vitest';
import { createCursorStore } from './cursor.ts';
import type { RankedHit } from './ranked-hit.ts';

const hit = (contentId: string): RankedHit => ({
  contentId,
  score: 0.5,
  similarity: 0.5,
  ord: null,
  rowsOf: undefined,
  evidence: undefined,
});
const ranking = (rest: string[]) => ({
  namespace: 'default',
  hits: [hit('a'), hit('b')],
  rest: async () => rest.map(hit),
  total: 9,
  coverage: 9,
  explained: undefined,
  lookouts: [],
});

test('complete() keeps the first page in front and repeats none of it', async () => {
  const cursors = createCursorStore();
  const cursor = cursors.keep(ranking(['new', 'b', 'a', 'c']), 2);
  const { key, offset } = cursors.resolve(cursor, 'default');
  expect(offset).toBe(2);
  expect((await cursors.complete(key)).map(({ contentId }) => contentId)).toEqual(['a', 'b', 'new', 'c']);
});

test('resolve() refuses a cursor after ten minutes, of another namespace, or made up', () => {
  let now = 0;
  const cursors = createCursorStore(() => now);
  const cursor = cursors.keep(ranking([]), 2);
  expect(() => cursors.resolve(cursor, 'other')).toThrow('unknown or older than 10 minutes');
  expect(() => cursors.resolve('made-up', 'default')).toThrow('search again');
  now = 600_001;
  expect(() => cursors.resolve(cursor, 'default')).toThrow('older than 10 minutes');
});
