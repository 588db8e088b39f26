import { expect, test } from 'vitest';
import { memoryServices } from '../../../test/memory-services.ts';
import type { ContentProgress } from '../../contract/index.ts';
import { createApp } from '../app.ts';

const ID = 'd1a6f7c2b3e4f506';

/** Waits for a content of which this is what came of it; tells how long it asked to wait, too. */
async function wait(progress: ContentProgress, query = '') {
  const limits: number[] = [];
  const services = memoryServices({
    getContent: async () => ({}) as never,
    waitForContent: async (_namespace, _contentId, { timeoutMs }) => {
      limits.push(timeoutMs);
      return progress;
    },
  });
  const app = createApp(services, { version: '0.0.0' });
  const response = await app.request(`http://localhost/namespaces/default/content/${ID}/wait${query}`);
  return { status: response.status, text: await response.text(), notes: response.headers.get('fovea-warning'), limits };
}

test('wait says that all is done only where it is', async () => {
  const done = await wait({ open: 0, done: 3, failed: 0, waitingFor: [] });
  expect([done.status, JSON.parse(done.text), done.notes]).toEqual([200, { open: 0, done: 3, failed: 0 }, null]);
});

test('wait returns well over tasks that failed, and says so', async () => {
  const failed = await wait({ open: 0, done: 1, failed: 2, waitingFor: [] });
  expect([failed.status, JSON.parse(failed.text)]).toEqual([200, { open: 0, done: 1, failed: 2 }]);
  expect(failed.notes).toContain(`2 tasks of content "${ID}" failed`);
});

test('wait that ended before the work did is an error that counts what is open', async () => {
  const early = await wait({ open: 1, done: 2, failed: 0, waitingFor: [] }, '?timeout=1.5');
  expect([early.status, early.limits]).toEqual([504, [1500]]);
  expect(early.text).toMatch(/^Cannot wait for content "d1a6f7c2b3e4f506": .*1 task still open, 2 are done, 0 failed/);
});

test('wait for what can not run is an error with the reason', async () => {
  const blocked = await wait({ open: 0, done: 2, failed: 0, waitingFor: ['Cannot load model "x": it is not here'] });
  expect([blocked.status, blocked.limits]).toEqual([503, [600_000]]);
  expect(blocked.text).toContain('Cannot load model "x": it is not here');
});

test.each(['?timeout=x', '?timeout=-1', '?timeout=3601', '?timeout='])(
  'wait%s is refused or asked at once',
  async (query) => {
    const { status, text, limits } = await wait({ open: 0, done: 0, failed: 0, waitingFor: [] }, query);
    if (query === '?timeout=') expect([status, limits]).toEqual([200, [0]]);
    else
      expect([status, limits, text.startsWith('Cannot wait for extraction: "timeout" must be')]).toEqual([
        500,
        [],
        true,
      ]);
  },
);
