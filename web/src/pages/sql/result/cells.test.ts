import { expect, test } from 'vitest';
import { cellText, columnWidths, contentIds, wholeText } from './cells.ts';

const column = (type: string, name = 'x') => ({ name, type });
const ID = '7ef21bb0-5d81-5b73-9178-22ee9c6b7d9f';

test('cellText() shortens fractions and long texts, and leaves whole numbers as they are', () => {
  expect(cellText(0.123456789, column('real'))).toBe('0.1234568');
  expect(cellText('9007199254740993', column('bigint'))).toBe('9007199254740993');
  expect(cellText(2024, column('integer'))).toBe('2024');
  expect(cellText(null, column('text'))).toBeNull();
  expect(cellText('', column('text'))).toBe('');
  expect(cellText({ a: [1] }, column('jsonb'))).toBe('{"a":[1]}');
  expect(cellText('2014-01-15T16:31:41Z', column('timestamptz'))).toBe('2014-01-15 16:31:41Z');
  expect(cellText('T-shirt', column('text'))).toBe('T-shirt');
  expect(cellText('x'.repeat(300), column('text'))).toHaveLength(201);
  expect(wholeText('x'.repeat(300))).toHaveLength(300);
});

test('columnWidths() follow names and values, within bounds', () => {
  const columns = [column('integer', 'n'), column('text', 'a_long_name'), column('text', 'text'), column('uuid', 'id')];
  const rows = [{ n: 1, a_long_name: 'x', text: 'y'.repeat(100), id: ID }];
  expect(columnWidths({ columns, rows })).toEqual([6, 11, 40, 13]);
  expect(columnWidths({ columns, rows: [] })).toEqual([6, 11, 6, 13]);
});

test('contentIds() are those of the column content_id, once each, and only where they are ids', () => {
  const rows = [{ content_id: ID }, { content_id: null }, { content_id: ID }, { content_id: "x' or true" }];
  expect(contentIds({ columns: [column('uuid', 'content_id')], rows })).toEqual([ID]);
  expect(contentIds({ columns: [column('uuid', 'parent_id')], rows })).toEqual([]);
});
