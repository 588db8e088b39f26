import { expect, test } from 'vitest';
import { ConnectionQueue, type Priority } from './connection-queue.ts';

/** Asks for the connection in this order while it is taken; returns the order in which it was given. */
async function order(asked: readonly Priority[]): Promise<string[]> {
  const queue = new ConnectionQueue();
  const given: string[] = [];
  const { promise: freed, resolve: free } = withResolvers();
  const holder = queue.hold('write', () => freed);
  const all = asked.map((priority, index) =>
    queue.hold(priority, async () => {
      given.push(`${priority}${index}`);
    }),
  );
  free();
  await Promise.all([holder, ...all]);
  return given;
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test('hold() lets searches pass writes, each in the order of asking', async () => {
  expect(await order(['write', 'search', 'write', 'search'])).toEqual(['search1', 'search3', 'write0', 'write2']);
});

test('hold() gives a write its turn after eight searches have passed it', async () => {
  const given = await order(['write', ...Array.from({ length: 10 }, (): Priority => 'search'), 'write']);
  expect(given.indexOf('write0')).toBe(8);
  expect(given.at(-1)).toBe('write11');
});

test('hold() gives the connection on when the work throws', async () => {
  const queue = new ConnectionQueue();
  await expect(queue.hold('write', () => Promise.reject(new Error('stop')))).rejects.toThrow('stop');
  expect(await queue.hold('write', async () => 1)).toBe(1);
});
