import { expect, test } from 'vitest';
import type { ContentProgress } from '../contract/index.ts';
import { createContentWaits } from './content-waits.ts';
import { createEventHub } from './events.ts';

const NEVER = new AbortController().signal;
const OPEN: ContentProgress = { open: 1, done: 0, failed: 0, waitingFor: [] };
const DONE: ContentProgress = { open: 0, done: 1, failed: 0, waitingFor: [] };

/** A library of contents, with the questions that are asked of it. */
function library() {
  const contents = new Map<string, ContentProgress>();
  const asked: string[][] = [];
  const events = createEventHub();
  const waits = createContentWaits(events, async (_namespace, ids) => {
    asked.push([...ids].toSorted());
    return contents;
  });
  const wait = (contentId: string, { timeoutMs = 60_000, signal = NEVER } = {}) =>
    waits.wait('default', contentId, { timeoutMs, signal });
  const finish = (contentId: string): void => {
    contents.set(contentId, DONE);
    events.emit('default', { type: 'features', contentIds: [contentId] });
  };
  return { contents, asked, events, waits, wait, finish };
}

test('wait() ends when the content does, asks once for all who wait, and not for what nobody waits for', async () => {
  const { contents, asked, events, wait, finish } = library();
  for (const id of ['a', 'b']) contents.set(id, OPEN);
  const waiting = [wait('a'), wait('a'), wait('b')];
  await expect.poll(() => asked.at(-1)).toEqual(['a', 'b']);
  const before = asked.length;
  for (let count = 0; count < 100; count += 1) events.emit('default', { type: 'features', contentIds: ['other'] });
  finish('a');
  expect(await Promise.all(waiting.slice(0, 2))).toEqual([DONE, DONE]);
  expect(asked.length - before).toBeLessThan(4);
  finish('b');
  expect(await waiting[2]).toEqual(DONE);
});

test('wait() answers at once for what is done, has gone, or can run no more', async () => {
  const { contents, wait } = library();
  const stuck = { open: 0, done: 2, failed: 1, waitingFor: ['"photos.clip" waits: its model is missing'] };
  contents.set('done', DONE).set('stuck', stuck);
  expect(await Promise.all([wait('done'), wait('stuck'), wait('gone')])).toEqual([DONE, stuck, undefined]);
});

test('wait() tells how far it is when its time is over', async () => {
  const { contents, wait } = library();
  contents.set('a', OPEN);
  const long = wait('a');
  expect(await wait('a', { timeoutMs: 0 })).toEqual(OPEN);
  expect(await wait('a', { timeoutMs: 20 })).toEqual(OPEN);
  contents.set('a', DONE);
  // Nobody tells: it looks again by itself.
  expect(await long).toEqual(DONE);
});

test('who goes away, or is sent away at the end, waits no longer', async () => {
  const { contents, waits, wait } = library();
  contents.set('a', OPEN);
  const gone = new AbortController();
  const left = expect(wait('a', { signal: gone.signal })).rejects.toThrow('enough');
  const staying = expect(wait('a')).rejects.toThrow('Cannot wait for content "a": Fovea is stopping');
  gone.abort(new Error('enough'));
  await left;
  waits.close();
  await staying;
  await expect(wait('a')).rejects.toThrow('is stopping');
  await expect(wait('a', { signal: gone.signal })).rejects.toThrow('enough');
});

test('a database that fails rejects who waits, and the next one is asked for anew', async () => {
  let fails = true;
  const waits = createContentWaits(createEventHub(), async () => {
    if (fails) throw new Error('it is away');
    return new Map([['a', DONE]]);
  });
  const limits = { timeoutMs: 60_000, signal: NEVER };
  await expect(waits.wait('default', 'a', limits)).rejects.toThrow('it is away');
  fails = false;
  expect(await waits.wait('default', 'a', limits)).toEqual(DONE);
});
