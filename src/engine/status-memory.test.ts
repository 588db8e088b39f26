import { expect, test } from 'vitest';
import type { Status } from '../contract/index.ts';
import { createStatusMemory } from './status-memory.ts';

const status = (contents: number) => ({ contents }) as Status;

test('get() remembers a status ten times as long as it took, unless it is told to forget', async () => {
  let now = 0;
  let counted = 0;
  const memory = createStatusMemory(() => now);
  const count = async (): Promise<Status> => {
    now += 5;
    return status(++counted);
  };
  expect((await memory.get('a', count)).contents).toBe(1);
  now += 40;
  expect((await memory.get('a', count)).contents).toBe(1);
  expect((await memory.get('b', count)).contents).toBe(2);
  now += 11;
  expect((await memory.get('a', count)).contents).toBe(3);
  memory.forget('a');
  expect((await memory.get('a', count)).contents).toBe(4);
});

test('get() does not remember a failure', async () => {
  const memory = createStatusMemory();
  await expect(memory.get('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect((await memory.get('a', async () => status(1))).contents).toBe(1);
});
