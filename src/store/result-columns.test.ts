import { expect, test } from 'vitest';
import { distinctColumns } from './result-columns.ts';

test('distinctColumns() numbers columns of one name and keeps their order and types', () => {
  const columns = ['name', 'name', 'score', 'name'].map((name, index) => ({ name, type: `t${index}` }));
  expect(distinctColumns(columns)).toEqual([
    { name: 'name', type: 't0' },
    { name: 'name_2', type: 't1' },
    { name: 'score', type: 't2' },
    { name: 'name_3', type: 't3' },
  ]);
});

test('distinctColumns() steps over names that are taken', () => {
  const columns = ['a', 'a_2', 'a', 'a_2'].map((name) => ({ name, type: 'text' }));
  expect(distinctColumns(columns).map(({ name }) => name)).toEqual(['a', 'a_2', 'a_3', 'a_2_2']);
});
