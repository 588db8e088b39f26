import { expect, test } from 'vitest';
import { type Chart, chartOf, ticks, valueRange } from './chart.ts';

const columns = (...types: string[]) => types.map((type, index) => ({ name: 'abc'[index] ?? '', type }));
const drawn = (given: Parameters<typeof chartOf>[0]): Chart => {
  const chart = chartOf(given);
  if ('why' in chart) throw new Error(chart.why);
  return chart;
};

test('chartOf() draws counts of a text as bars, in the order of the rows, bigints included', () => {
  const rows = [
    { a: 'dog', b: '12' },
    { a: null, b: 3 },
    { a: 'cat', b: null },
  ];
  const { kind, points, left } = drawn({ columns: columns('text', 'bigint'), rows });
  expect([kind, left]).toEqual(['bars', 1]);
  expect(points.map(({ label, value }) => [label, value])).toEqual([
    ['dog', 12],
    ['null', 3],
  ]);
});

test('chartOf() draws days and numbers as a line in their order', () => {
  const days = [
    { a: '2024-03-01', b: 3 },
    { a: '2024-01-01', b: 1 },
  ];
  expect(drawn({ columns: columns('date', 'bigint'), rows: days })).toMatchObject({
    kind: 'line',
    points: [{ label: '2024-01-01' }, { label: '2024-03-01' }],
  });
  const numbers = [
    { a: 10, b: 3 },
    { a: 9, b: 1 },
  ];
  expect(drawn({ columns: columns('integer', 'real'), rows: numbers }).points.map(({ at }) => at)).toEqual([9, 10]);
});

test('chartOf() passes over ids, and says why a result can not be drawn', () => {
  const rows = [{ a: 'x', b: 'dog', c: 1 }];
  expect(drawn({ columns: columns('uuid', 'text', 'real'), rows })).toMatchObject({
    labels: { name: 'b' },
    kind: 'bars',
  });
  expect(chartOf({ columns: columns('text', 'bigint'), rows: [] })).toMatchObject({ why: 'empty' });
  expect(chartOf({ columns: columns('text', 'text'), rows })).toMatchObject({ why: 'noNumber' });
  expect(chartOf({ columns: columns('uuid', 'jsonb'), rows })).toMatchObject({ why: 'noLabel' });
  expect(chartOf({ columns: columns('text', 'real'), rows: [{ a: 'x', b: null }] })).toEqual({
    why: 'noValue',
    values: 'b',
  });
});

test('valueRange() holds zero, ticks() are round numbers', () => {
  const at = (value: number) => ({ label: '', value, at: 0 });
  expect(valueRange([at(3), at(9)])).toEqual({ low: 0, high: 9 });
  expect(valueRange([at(-3), at(-1)])).toEqual({ low: -3, high: 0 });
  expect(valueRange([at(0)])).toEqual({ low: 0, high: 1 });
  expect(ticks(0, 9, 4)).toEqual([0, 5]);
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(-3, 0, 3)).toEqual([-3, -2, -1, 0]);
});
