import { describe, expect, test } from 'vitest';
import type { ColumnSpec, ColumnValue } from '../contract/index.ts';
import { boolean, box, integer, json, real, reals, row, text, texts, timestamp, vector } from './columns.ts';
import { rowChecker, rowSchema } from './row-schema.ts';

function accepts(spec: ColumnSpec, value: ColumnValue): boolean {
  return rowSchema({ columns: { it: spec }, vectors: {} }).safeParse(row({ it: value })).success;
}

describe('rowSchema()', () => {
  test.each<[string, ColumnSpec, ColumnValue[], ColumnValue[]]>([
    ['text', text(), ['', 'NO PARKING', null], [1, 'a\0b']],
    ['integer', integer({ range: [0, 8] }), [0, 8, null], [9, -1, 1.5, '1']],
    ['integer, exact', integer(), [2 ** 53 - 1, -(2 ** 31) - 1], [2 ** 53]],
    ['real', real({ range: [0, 1] }), [0, 0.5, 1, null], [1.01, Number.NaN, Infinity, '0.5']],
    ['boolean', boolean(), [true, false, null], [0, 'true']],
    [
      'timestamp',
      timestamp(),
      ['2024-05-01T12:00:00Z', '2024-05-01T12:00:00+02:00', null],
      ['2024-05-01T12:00:00', '2024:05:01 12:00:00', 1714564800],
    ],
    ['json', json(), [{ a: [1, { b: null }] }, ['a'], null], [{ a: 'x\0' }, { 'k\0': 1 }, { a: Number.NaN }]],
    [
      'box',
      box(),
      [[0, 0, 10, 20], [1, 1, 1, 1], null],
      [
        [10, 0, 0, 20],
        [0, 0, 10],
        [0, 0, 10, Number.NaN],
      ],
    ],
    ['text[]', texts(), [[], ['a', 'b'], null], [['a\0'], 'a']],
    ['real[]', reals({ range: [0, 1] }), [[], [0, 1], null], [[2], [Number.NaN]]],
  ])('takes what a column of %s may hold and nothing else', (_name, spec, good, bad) => {
    for (const value of good) expect(accepts(spec, value), JSON.stringify(value)).toBe(true);
    for (const value of bad) expect(accepts(spec, value), JSON.stringify(value)).toBe(false);
  });

  test('refuses columns that were not declared and columns that were left out', () => {
    const schema = rowSchema({ columns: { red: real() }, vectors: {} });
    expect(schema.safeParse(row({ red: 1 })).success).toBe(true);
    expect(schema.safeParse(row({ red: 1, green: 2 })).success).toBe(false);
    expect(schema.safeParse(row({})).success).toBe(false);
  });

  test('takes vectors of the declared length whose norm is 1 within a thousandth', () => {
    const schema = rowSchema({ columns: {}, vectors: { embedding: vector(2) } });
    const takes = (...components: number[]) =>
      schema.safeParse(row({}, { embedding: Float32Array.from(components) })).success;
    expect(takes(0.6, 0.8)).toBe(true);
    expect(takes(1.0009, 0)).toBe(true);
    expect(takes(1.002, 0)).toBe(false);
    expect(takes(0, 0)).toBe(false);
    expect(takes(Number.NaN, 1)).toBe(false);
    expect(takes(1)).toBe(false);
    expect(schema.safeParse(row({})).success).toBe(false);
  });
});

describe('rowChecker()', () => {
  test('names the row, the column and the reason', () => {
    const check = rowChecker({ columns: { score: real({ range: [0, 1] }) }, vectors: {} });
    expect(() => check([row({ score: 0 }), row({ score: 2 })])).toThrow(/\[1\]\.columns\.score: .*<=1/);
  });

  test('refuses two rows of one ord, given or by place', () => {
    const check = rowChecker({ columns: {}, vectors: {} });
    expect(() =>
      check([
        { ord: 7, columns: {}, vectors: {} },
        { ord: 3, columns: {}, vectors: {} },
      ]),
    ).not.toThrow();
    expect(() => check([{ ord: 1, columns: {}, vectors: {} }, row({})])).toThrow('two rows have ord 1');
  });
});
