import { expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { createApp } from './app.ts';

const DUPLICATES = '/api/v1/namespaces/default/duplicates';

/** Compares three pictures, one a line; tells whether it began, how many were looked at, and whether it was ended. */
function setUp() {
  let [began, looked, ended] = [false, 0, false];
  const services = memoryServices({
    async *duplicates(_namespace, _query, signal) {
      began = true;
      signal.addEventListener('abort', () => {
        ended = true;
      });
      for (; looked < 3; looked += 1) yield { seen: looked, pictures: 3, finished: false };
      yield { seen: 3, pictures: 3, finished: true, found: { notes: [] } };
    },
  });
  return { app: createApp(services, { version: '1' }), state: () => ({ began, looked, ended }) };
}

test('duplicates are told in lines, the last of which has what was found', async () => {
  const lines = (await (await setUp().app.request(DUPLICATES)).text()).trim().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    ...[0, 1, 2].map((seen) => ({ seen, pictures: 3, finished: false })),
    { seen: 3, pictures: 3, finished: true, found: { notes: [] } },
  ]);
});

test('duplicates are compared no further when the caller goes away', async () => {
  const { app, state } = setUp();
  const reader = (await app.request(DUPLICATES)).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect(state().ended).toBe(true);
  expect(state().looked).toBeLessThan(3);
});

test('HEAD of duplicates compares nothing', async () => {
  const { app, state } = setUp();
  const reply = await app.request(DUPLICATES, { method: 'HEAD' });
  expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'application/x-ndjson']);
  expect(state().began).toBe(false);
});
