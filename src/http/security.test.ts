import { describe, expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { createApp } from './app.ts';
import type { AppOptions } from './options.ts';

const HEALTH = '/api/v1/health';
const STATUS = '/api/v1/namespaces/default/status';
const RETRY = '/api/v1/namespaces/default/tasks/retry';

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

  test.each([
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://dev.lan:5173' }, 200],
    [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 200],
    [{ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
  ])('lets a page load what %j asks for: %i', async (headers, status) => {
    const request = requester({ allowedOrigins: ['http://dev.lan:5173'] });
    expect((await request(STATUS, headers)).status).toBe(status);
  });

  test('answers an address by whatever number where keys are asked for: names are what can be made to point elsewhere', async () => {
    const request = requester({ apiKeys: ['key'] });
    for (const host of ['10.0.0.5:8900', '[2001:db8::5]:8900']) {
      expect((await request(STATUS, { host, authorization: 'Bearer key' })).status).toBe(200);
    }
    expect((await request(STATUS, { host: 'other.lan', authorization: 'Bearer key' })).status).toBe(403);
  });
});

describe('secureHeaders()', () => {
  test.each([
    ['an answer', STATUS, {}, 200],
    ['a refused host', STATUS, { host: 'evil.example' }, 403],
    ['a wrong key', STATUS, { authorization: 'Bearer wrong' }, 401],
    ['an unknown address', '/nowhere', {}, 404],
  ])('lets browsers guess nothing of %s', async (_what, path, given, status) => {
    const reply = await requester()(path, given);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('x-content-type-options')).toBe('nosniff');
    expect(reply.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(reply.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(reply.headers.get('content-type')).toContain('application/json');
    expect(reply.headers.get('set-cookie')).toBeNull();
  });
});
