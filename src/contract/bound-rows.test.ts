import { expect, test } from 'vitest';
import { boundRows } from './bound-rows.ts';

test('boundRows() keeps what fits as it is', () => {
  const rows = [{ a: 1, b: null, c: ['x'] }, { a: 'é' }];
  expect(boundRows(rows, { maxCharacters: 100, maxCellCharacters: 10 })).toEqual({ rows, left: 0 });
});

test('boundRows() cuts long cells, and leaves out what does not fit', () => {
  const rows = [{ a: 'abcdef', v: [1, 2, 3] }, { a: 'b' }, { a: 'c' }];
  expect(boundRows(rows, { maxCharacters: 35, maxCellCharacters: 4 })).toEqual({
    rows: [{ a: 'abcd…', v: '[1,2…' }, { a: 'b' }],
    left: 1,
  });
  expect(boundRows(rows, { maxCharacters: 3, maxCellCharacters: 4 })).toEqual({ rows: [], left: 3 });
});
