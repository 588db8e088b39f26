import { expect, test } from 'vitest';
import type { FoveaEvent } from '../contract/index.ts';
import { createEventHub } from './events.ts';

const added = (id: string): FoveaEvent => ({ type: 'content', contentIds: [id], change: 'added' });

test('listen() yields events of its namespace in order and ends with the signal', async () => {
  const hub = createEventHub();
  const stop = new AbortController();
  const heard: FoveaEvent[] = [];
  const listening = (async () => {
    for await (const event of hub.listen('a', stop.signal)) heard.push(event);
  })();
  await Promise.resolve();
  hub.emit('a', added('1'));
  hub.emit('b', added('2'));
  hub.emit('a', added('3'));
  await expect.poll(() => heard.length, { timeout: 30_000 }).toBe(2);
  stop.abort();
  await listening;
  expect(heard).toEqual([added('1'), added('3')]);
});
