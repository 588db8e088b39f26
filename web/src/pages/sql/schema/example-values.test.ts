import { expect, test } from 'vitest';
import { exampleStatement, exampleValues } from './example-values.ts';

const table = {
  name: 'photos.objects',
  columns: [
    { name: 'content_id', type: 'uuid' },
    { name: 'object_name', type: 'text' },
    { name: 'score', type: 'double precision' },
    { name: 'Seen at', type: 'timestamptz' },
    { name: 'embedding', type: 'vector(512)' },
    { name: 'empty', type: 'integer' },
  ],
};

test('exampleStatement() reads a bounded part, names in quotes where they need them, and no vectors', () => {
  const statement = exampleStatement(table);
  expect(statement).toContain('from "photos.objects" limit 1000)');
  expect(statement).toContain('max("Seen at")');
  expect(statement).not.toMatch(/embedding|content_id/);
  expect(exampleStatement({ name: 'x', columns: [{ name: 'e', type: 'halfvec(3)' }] })).toBeUndefined();
});

test('exampleValues() are ranges of numbers and days, and frequent texts', () => {
  const row = {
    object_name: ['dog', 'x'.repeat(33)],
    score: ['0.30468981', '0.9385'],
    'Seen at': ['2014-01-15 16:31:41+00', '2014-01-15 17:00:00+00'],
    empty: [null, null],
  };
  expect([...exampleValues({ rows: [row] }, table)]).toEqual([
    ['object_name', `dog · ${'x'.repeat(32)}…`],
    ['score', '0.3047 – 0.9385'],
    ['Seen at', '2014-01-15'],
  ]);
  expect([...exampleValues({ rows: [] }, table)]).toEqual([]);
});
