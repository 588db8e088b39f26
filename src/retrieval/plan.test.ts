import { expect, test } from 'vitest';
import { chooseSearchPath, FILTER_FIRST_MAX_ROWS, HNSW_MIN_ROWS } from './plan.ts';

test('chooseSearchPath() scans small indexes exactly', () => {
  expect(chooseSearchPath({ rows: HNSW_MIN_ROWS - 1, hasHnsw: true, limit: 10 })).toEqual({
    path: 'exact',
    efSearch: null,
  });
  expect(chooseSearchPath({ rows: 1_000_000, hasHnsw: false, limit: 10 })).toEqual({ path: 'exact', efSearch: null });
});

test('chooseSearchPath() applies a narrow filter first', () => {
  const facts = { rows: 1_000_000, hasHnsw: true, limit: 10 };
  expect(chooseSearchPath({ ...facts, filteredRows: FILTER_FIRST_MAX_ROWS }).path).toBe('filter-first');
  expect(chooseSearchPath({ ...facts, filteredRows: FILTER_FIRST_MAX_ROWS + 1 })).toEqual({
    path: 'hnsw',
    efSearch: 800,
  });
});

test('chooseSearchPath() widens the HNSW search with the rows asked for, between 600 and 1000', () => {
  const ef = (limit: number) => chooseSearchPath({ rows: 100_000, hasHnsw: true, limit }).efSearch;
  expect([ef(1), ef(10), ef(100), ef(1000)]).toEqual([600, 600, 600, 1000]);
});
