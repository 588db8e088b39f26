import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('take() runs work of one key in order, also after a failure, and that of others at once', async () => {
  const turns = createTurns();
  const done: string[] = [];
  const step = (name: string, ms: number) => async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    done.push(name);
    return name;
  };
  const failing = turns.take('a', async () => {
    await step('a1', 20)();
    throw new Error('a1 failed');
  });
  const results = Promise.all([
    turns.take('a', step('a2', 1)),
    turns.take('b', step('b1', 1)),
    turns.take('a', step('a3', 0)),
  ]);
  await expect(failing).rejects.toThrow('a1 failed');
  expect(await results).toEqual(['a2', 'b1', 'a3']);
  expect(done).toEqual(['b1', 'a1', 'a2', 'a3']);
});
