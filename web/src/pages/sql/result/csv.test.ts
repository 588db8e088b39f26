import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { toCsv, toJson } from './csv.ts';

const columns = [
  { name: 'name', type: 'text' },
  { name: 'n', type: 'double precision' },
  { name: 'labels', type: 'jsonb' },
];

test('toCsv() is read back as it was written', () => {
  const rows = [
    { name: 'a, "b"\nc', n: -1.5, labels: { x: [1, 'é'] } },
    { name: null, n: null, labels: null },
  ];
  const csv = toCsv({ columns, rows });
  expect(csv.startsWith('name,n,labels\r\n')).toBe(true);
  expect(parse(csv)).toEqual([
    ['name', 'n', 'labels'],
    ['a, "b"\nc', '-1.5', '{"x":[1,"é"]}'],
    ['', '', ''],
  ]);
});

test('toCsv() lets no text be a formula, and leaves numbers alone', () => {
  const rows = ['=1+1', '+1', '-beach', '@sum', '\tx', '＝1', "it's"].map((name) => ({ name, n: -1, labels: null }));
  const read = (parse(toCsv({ columns, rows })) as string[][]).slice(1);
  expect(read.map(([name]) => name)).toEqual(["'=1+1", "'+1", "'-beach", "'@sum", "'\tx", "'＝1", "it's"]);
  expect(read.every(([, n]) => n === '-1')).toBe(true);
});

test('toJson() has every row as it is', () => {
  const rows = [{ name: '=1+1', n: 1, labels: { a: null } }];
  expect(JSON.parse(toJson({ rows }))).toEqual(rows);
  expect(JSON.parse(toJson({ rows: [] }))).toEqual([]);
});
