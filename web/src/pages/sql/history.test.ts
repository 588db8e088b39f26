import { expect, test } from 'vitest';
import { type HistoryEntry, parseHistory, withoutStatement, withStatement } from './history.ts';

test('withStatement() puts the newest first, each once, fifty at most', () => {
  let history: HistoryEntry[] = [];
  for (let n = 0; n < 60; n += 1) history = withStatement(history, `select ${n}`, n);
  history = withStatement(history, ' select 20\n', 99);
  expect(history).toHaveLength(50);
  expect(history.slice(0, 2).map(({ query }) => query)).toEqual(['select 20', 'select 59']);
  expect(history.filter(({ query }) => query === 'select 20')).toHaveLength(1);
  expect(withStatement(history, 'x'.repeat(20_001), 100)).toEqual(history);
  expect(withoutStatement(history, 'select 20')[0]?.query).toBe('select 59');
});

test('parseHistory() reads what was written, and lives with what somebody else wrote', () => {
  const history = [{ query: 'select 1', at: 5 }];
  expect(parseHistory(JSON.stringify(history))).toEqual(history);
  for (const broken of [null, '', '{', '{"a":1}', '[1,{"query":2}]']) expect(parseHistory(broken)).toEqual([]);
});
