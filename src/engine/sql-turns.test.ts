import { expect, test } from 'vitest';
import { createSqlLimit, createSqlTurns } from './sql-turns.ts';

/** Work that says when it begins and goes on until it is let. */
function controlled(begun: string[]) {
  const ends = new Map<string, () => void>();
  return {
    work: (name: string) => () => {
      begun.push(name);
      return new Promise<string>((resolve) => {
        ends.set(name, () => resolve(name));
      });
    },
    end: async (name: string) => {
      await expect.poll(() => ends.has(name)).toBe(true);
      ends.get(name)?.();
    },
  };
}

test('statement() runs one at a time, also after a failure', async () => {
  const turns = createSqlTurns();
  const begun: string[] = [];
  const { work, end } = controlled(begun);
  const failing = turns.statement(() => Promise.reject(new Error('no')));
  const first = turns.statement(work('a'));
  const second = turns.statement(work('b'));
  await expect(failing).rejects.toThrow('no');
  await expect.poll(() => begun).toEqual(['a']);
  await end('a');
  expect(await first).toBe('a');
  await end('b');
  expect(await second).toBe('b');
});

test('statement() waits for searches, and search() for none', async () => {
  const turns = createSqlTurns({ patienceMs: 600_000 });
  const begun: string[] = [];
  const { work, end } = controlled(begun);
  const running = turns.statement(work('running'));
  await expect.poll(() => begun).toEqual(['running']);
  const search = turns.search(work('search'));
  const next = turns.statement(work('next'));
  await end('running');
  await running;
  expect(begun).toEqual(['running', 'search']);
  await end('search');
  await search;
  await end('next');
  expect(await next).toBe('next');
});

test('statement() has its turn when searches never pause', async () => {
  const turns = createSqlTurns({ patienceMs: 1 });
  const begun: string[] = [];
  const { work, end } = controlled(begun);
  const search = turns.search(work('search'));
  const statement = turns.statement(work('statement'));
  await end('statement');
  expect(await statement).toBe('statement');
  await end('search');
  await search;
});

test('statement() refuses what would wait behind too many', async () => {
  const turns = createSqlTurns({ maxWaiting: 1 });
  const begun: string[] = [];
  const { work, end } = controlled(begun);
  const first = turns.statement(work('first'));
  await expect.poll(() => begun).toEqual(['first']);
  const second = turns.statement(work('second'));
  await expect(turns.statement(work('third'))).rejects.toMatchObject({ code: 'unavailable' });
  await end('first');
  await end('second');
  expect(await Promise.all([first, second])).toEqual(['first', 'second']);
});

test('createSqlLimit() runs so many statements at once, refuses more, and never a search', async () => {
  const turns = createSqlLimit({ maxStatements: 2 });
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const running = [turns.statement(() => ended), turns.statement(() => ended)];
  await expect(turns.statement(async () => 1)).rejects.toThrow('Cannot run this SQL: 2 statements wait already');
  expect(await turns.search(async () => 2)).toBe(2);
  end();
  await Promise.all(running);
  expect(await turns.statement(async () => 3)).toBe(3);
});
