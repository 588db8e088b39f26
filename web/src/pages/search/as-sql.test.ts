import { expect, test } from 'vitest';
import { asSql } from './as-sql.ts';

test('words are embedded by the index that was searched', () => {
  expect(asSql({ q: "a dog's ball", where: 'width > 10' }, 'photos.clip.embedding')).toBe(
    `select c.content_id, c.name, similarity(e."embedding", embed('photos.clip.embedding', 'a dog''s ball')) as similarity
from "photos.clip" e join content c using (content_id)
where width > 10
order by similarity desc
limit 60`,
  );
});

test('a listing is one of the newest', () => {
  expect(asSql({}, undefined)).toBe(
    'select c.content_id, c.name\nfrom content c\norder by c.created_at desc\nlimit 60',
  );
});

test('what SQL can’t say is undefined', () => {
  const index = 'photos.clip.embedding';
  expect(asSql({ image: 'abc' }, index)).toBeUndefined();
  expect(asSql({ q: 'a', like: 'b' }, index)).toBeUndefined();
  expect(asSql({ q: 'a', not: ['b'] }, index)).toBeUndefined();
  expect(asSql({ has: ['b'] }, index)).toBeUndefined();
  expect(asSql({ q: 'a', regions: true }, index)).toBeUndefined();
  expect(asSql({ q: 'a' }, undefined)).toBeUndefined();
});
