import { expect, test } from 'vitest';
import { identifier, literal } from './sql-names.ts';

test('identifier() puts names into quotes where they need them', () => {
  const names = ['name', 'photos.objects', 'Trip', 'order', 'my-graph', 'a"b', '1st', 'color_name2'];
  expect(names.map(identifier)).toEqual([
    'name',
    '"photos.objects"',
    '"Trip"',
    '"order"',
    '"my-graph"',
    '"a""b"',
    '"1st"',
    'color_name2',
  ]);
});

test('literal() doubles quotes', () => {
  expect(literal("it's")).toBe("'it''s'");
});
