import { describe, expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { createApp } from './app.ts';
import type { AppOptions } from './options.ts';

const HEALTH = '/api/v1/health';
const STATUS = '/api/v1/namespaces/default/status';
const RETRY = '/api/v1/namespaces/default/tasks/retry';
const PATHS = '/api/v1/namespaces/default/contents/paths';
const CLAIM = '/api/v1/workers/claim';

function requester(options: Partial<AppOptions> = {}) {
  const app = createApp(memoryServices(), { version: '1', ...options });
  return async (path: string, headers: Record<string, string> = {}, body?: unknown) => {
    const init =
      body === undefined
        ? { headers }
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const response = await app.request(path, init);
    const text = await response.text();
    return { status: response.status, text, headers: response.headers };
  };
}

describe('guard()', () => {
  test.each(['localhost:8900', '127.0.0.1:8900', '[::1]:8900', 'LOCALHOST', 'localhost.'])(
    'answers loopback by the name %s',
    async (host) => {
      expect((await requester()(HEALTH, { host })).status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example:8900',
    '127.0.0.1.evil.example',
    'evil.example:127.0.0.1',
    '10.0.0.5:8900',
    '',
  ])('refuses host "%s", which a hostile name server may have pointed here', async (host) => {
    const { status, text } = await requester()(HEALTH, { host });
    expect([status, text]).toEqual([403, expect.stringContaining(`Cannot answer requests for host \\"${host}\\"`)]);
  });

  test('answers configured hosts, and any with "*"', async () => {
    expect((await requester({ allowedHosts: ['Photos.lan'] })(HEALTH, { host: 'photos.lan:80' })).status).toBe(200);
    expect((await requester({ allowedHosts: ['photos.lan'] })(HEALTH, { host: 'other.lan' })).status).toBe(403);
    expect((await requester({ allowedHosts: ['*'] })(HEALTH, { host: 'other.lan' })).status).toBe(200);
  });

  test.each([
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'http://localhost:3000' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'http://localhost:8900' }, 200],
    [{ origin: 'http://dev.lan:5173' }, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{}, 200],
  ])('lets %j change things: %i', async (headers, status) => {
    const request = requester({ allowedOrigins: ['http://dev.lan:5173'] });
    expect((await request(RETRY, { host: 'localhost:8900', ...headers }, {})).status).toBe(status);
  });

  test('lets no other site read or embed what it answers', async () => {
    const { headers } = await requester()(STATUS, { origin: 'http://evil.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('asks for an API key everywhere but at /health where keys are set', async () => {
    const request = requester({ apiKeys: ['k1', 'k2'], token: 'home' });
    expect((await request(HEALTH)).status).toBe(200);
    for (const path of ['/', '/api/v1/openapi.json', STATUS, '/nowhere']) {
      const { status, headers } = await request(path);
      expect([path, status, headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer']);
    }
    for (const authorization of ['Bearer k', 'Bearer k11', 'Basic k1', 'Bearer', 'k1']) {
      expect((await request(STATUS, { authorization })).status).toBe(401);
    }
    for (const authorization of ['Bearer k1', 'bearer k2', 'Bearer home']) {
      expect((await request(STATUS, { authorization })).status).toBe(200);
    }
  });
});

describe('checkAccess()', () => {
  test('tells workers elsewhere no paths of this machine', async () => {
    const app = createApp(memoryServices(), { version: '1', token: 'home' });
    await app.request('/api/v1/namespaces/default/contents?name=a.jpg', { method: 'POST', body: 'bytes' });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer home' };
    const body = JSON.stringify({ workerId: 'w', maxContents: 1, waitMs: 0 });
    const text = await (await app.request(CLAIM, { method: 'POST', body, headers })).text();
    expect(text).toContain('image/jpeg');
    expect(text).not.toContain('secret');
  });

  test("lets only holders of the home's token add paths", async () => {
    const request = requester({ token: 'home', apiKeys: ['key'] });
    expect((await request(PATHS, { authorization: 'Bearer key' }, { path: '/photos' })).status).toBe(403);
    expect((await request(PATHS, { authorization: 'Bearer home' }, { path: '/photos' })).status).toBe(200);
    const { status, text } = await requester({ token: 'home' })(PATHS, {}, { path: '/photos' });
    expect([status, text]).toEqual([403, expect.stringContaining('needs the token of its FOVEA_HOME')]);
    // A server without a token takes paths from nobody.
    expect((await requester()(PATHS, { authorization: 'Bearer undefined' }, { path: '/photos' })).status).toBe(403);
  });

  test('lets workers in with the token or a key, never without', async () => {
    const body = { workerId: 'w', maxContents: 1, waitMs: 0 };
    expect((await requester()(CLAIM, {}, body)).status).toBe(403);
    expect((await requester({ token: 'home' })(CLAIM, {}, body)).status).toBe(403);
    expect((await requester({ token: 'home' })(CLAIM, { authorization: 'Bearer home' }, body)).status).toBe(200);
    expect((await requester({ apiKeys: ['key'] })(CLAIM, { authorization: 'Bearer key' }, body)).status).toBe(200);
  });
});
