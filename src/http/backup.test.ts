import { expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { createApp } from './app.ts';
import type { AppOptions } from './options.ts';

const BACKUP = '/api/v1/backup';
const RESTORE = '/api/v1/restore';

/** Answers as `home`, with a key, or to anybody; counts backups. */
function setUp(options: Partial<AppOptions> = {}) {
  let started = 0;
  const services = memoryServices({
    backup: async () => {
      started += 1;
      return new Blob(['all of it']).stream();
    },
  });
  const app = createApp(services, { version: '1', token: 'home', ...options });
  const request = (path: string, credential: string | undefined, init: RequestInit = {}) =>
    app.request(path, {
      ...init,
      headers: {
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
        'content-type': 'application/json',
      },
    });
  return { request, started: () => started };
}

test('a backup is for who has the token or a key, even where no keys are asked for', async () => {
  const { request, started } = setUp();
  expect((await request(BACKUP, undefined)).status).toBe(403);
  expect((await request(BACKUP, 'wrong')).status).toBe(401);
  const reply = await request(BACKUP, 'home');
  expect([reply.status, await reply.text()]).toEqual([200, 'all of it']);
  expect(reply.headers.get('content-type')).toBe('application/x-tar');
  expect(reply.headers.get('content-disposition')).toMatch(/^attachment; filename="fovea-\d{4}-\d\d-\d\d\.tar"$/);
  expect(reply.headers.get('cache-control')).toBe('no-store');
  const keyed = setUp({ apiKeys: ['k'] });
  expect((await keyed.request(BACKUP, undefined)).status).toBe(401);
  expect((await keyed.request(BACKUP, 'k')).status).toBe(200);
  expect([started(), keyed.started()]).toEqual([1, 1]);
});

test('HEAD of a backup starts none', async () => {
  const { request, started } = setUp();
  expect((await request(BACKUP, 'home', { method: 'HEAD' })).status).toBe(200);
  expect(started()).toBe(0);
});

test('a restore is for who has the token, not for keys: it reads a file of the machine', async () => {
  const { request } = setUp({ apiKeys: ['k'] });
  const init = { method: 'POST', body: JSON.stringify({ path: '/b.tar' }) };
  expect((await request(RESTORE, 'k', init)).status).toBe(403);
  const reply = await request(RESTORE, 'home', init);
  expect((await reply.text()).trim().split('\n')).toHaveLength(2);
  expect((await request(RESTORE, 'home', { method: 'POST', body: '{"path":""}' })).status).toBe(400);
});
