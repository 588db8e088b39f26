import { describe, expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import type { ApiKey } from '../contract/index.ts';
import { ConflictError, NotFoundError } from '../contract/index.ts';
import { type Caller, checkAccess, errorFor } from './access.ts';
import { createApp } from './app.ts';
import type { AppOptions } from './options.ts';
import type { Services } from './services.ts';

const HEALTH = '/api/v1/health';
const NAMESPACES = '/api/v1/namespaces';
const STATUS = '/api/v1/namespaces/default/status';
const EVENTS = '/api/v1/namespaces/default/events';
const PATHS = '/api/v1/namespaces/default/contents/paths';
const CLAIM = '/api/v1/workers/claim';

const KEYS: Readonly<Record<string, ApiKey>> = {
  reader: { id: '1', name: '', namespace: 'default', access: 'read', createdAt: '' },
  other: { id: '2', name: '', namespace: 'other', access: 'write', createdAt: '' },
};

function requester(options: Partial<AppOptions> = {}, overrides: Partial<Services> = {}) {
  const app = createApp(memoryServices({ findKey: async (text) => KEYS[text], ...overrides }), {
    version: '1',
    ...options,
  });
  return async (path: string, headers: Record<string, string> = {}, body?: unknown, address?: string) => {
    const init =
      body === undefined
        ? { headers }
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } };
    const response = await app.request(path, init, { address });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
}

describe('authenticate()', () => {
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

  test('refuses a wrong key where none is needed, too', async () => {
    const request = requester();
    expect((await request(STATUS)).status).toBe(200);
    for (const authorization of ['Bearer wrong', 'Bearer', 'Bearer reader extra'])
      expect((await request(STATUS, { authorization })).status, authorization).toBe(401);
    // Of another scheme: for a proxy in front.
    expect((await request(STATUS, { authorization: 'Basic YTpi' })).status).toBe(200);
    expect((await request(HEALTH, { authorization: 'Bearer wrong' })).status).toBe(200);
  });

  test("holds a namespace's key to its namespace where none is needed, and lists no other", async () => {
    const request = requester();
    expect((await request(STATUS, { authorization: 'Bearer reader' })).status).toBe(200);
    expect((await request(STATUS, { authorization: 'Bearer other' })).status).toBe(403);
    expect(JSON.parse((await request(NAMESPACES, { authorization: 'Bearer reader' })).text)).toEqual({
      namespaces: [{ name: 'default' }],
    });
    expect(JSON.parse((await request(NAMESPACES, { authorization: 'Bearer other' })).text)).toEqual({ namespaces: [] });
  });

  test('takes a key that Fovea made for what it was made for, even as FOVEA_API_KEY of the server', async () => {
    const made = `fovea_0123456789ab_${'0'.repeat(64)}`;
    const unknown = requester({ apiKeys: [made] });
    expect((await unknown(STATUS)).status).toBe(401);
    expect((await unknown(STATUS, { authorization: `Bearer ${made}` })).status).toBe(401);
    const known = requester(
      { apiKeys: [made] },
      { findKey: async (text) => (text === made ? KEYS['reader'] : undefined) },
    );
    expect((await known(STATUS, { authorization: `Bearer ${made}` })).status).toBe(200);
    expect((await known('/api/v1/keys', { authorization: `Bearer ${made}` })).status).toBe(403);
  });

  test('slows down who guesses, by address, and nobody whose key worked from there before', async () => {
    const request = requester({
      apiKeys: ['key'],
      token: 'home',
      limits: { failures: { perSecond: 0.001, burst: 3 } },
    });
    const from = async (address: string, key: string) =>
      (await request(STATUS, { authorization: `Bearer ${key}` }, undefined, address)).status;
    expect(await from('10.0.0.5', 'reader')).toBe(200);
    for (const guess of ['a', 'b', 'c']) expect(await from('::ffff:10.0.0.5', guess)).toBe(401);
    const refused = await request(STATUS, { authorization: 'Bearer key' }, undefined, '10.0.0.5');
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([429, { code: 'rate_limited' }]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(100);
    expect(await from('10.0.0.5', 'reader')).toBe(200);
    expect(await from('10.0.0.5', 'home')).toBe(200);
    expect(await from('10.0.0.6', 'key')).toBe(200);
    // Of one /64, whoever writes its zeros how.
    for (const host of ['2001:db8::1', '2001:db8:0:0:9::', '2001:db8::7%eth0'])
      expect(await from(host, 'guess')).toBe(401);
    expect(await from('2001:db8:0:0:1:2:3:4', 'key')).toBe(429);
    expect(await from('2001:db8:0:1::1', 'key')).toBe(200);
  });

  test('answers a key so often, and others beside it', async () => {
    const request = requester({ limits: { requests: { perSecond: 0.001, burst: 2 } } });
    const statuses = [];
    for (const key of ['reader', 'reader', 'reader', 'other']) {
      statuses.push((await request(NAMESPACES, { authorization: `Bearer ${key}` })).status);
    }
    expect(statuses).toEqual([200, 200, 429, 200]);
    expect((await request(NAMESPACES)).status).toBe(200);
  });

  test('ends a stream of events when its key is removed, and opens only so many', async () => {
    const keys = new Map(Object.entries(KEYS));
    const services = memoryServices({ findKey: async (text) => keys.get(text) });
    const app = createApp(services, { version: '1', limits: { eventStreams: 1 } });
    const open = () => app.request(EVENTS, { headers: { authorization: 'Bearer reader' } });
    expect((await app.request(EVENTS, { method: 'HEAD' })).status).toBe(200);
    const stream = await open();
    expect((await open()).status).toBe(503);
    keys.delete('reader');
    expect(await stream.text()).toBe('retry: 3000\n\n');
    expect(services.listeners()).toBe(0);
    keys.set('reader', KEYS['reader'] as ApiKey);
    const again = await open();
    expect(again.status).toBe(200);
    await again.body?.cancel();
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
    expect((await requester()(PATHS, {}, { path: '/photos' })).status).toBe(403);
    expect((await requester()(PATHS, { authorization: 'Bearer undefined' }, { path: '/photos' })).status).toBe(401);
  });

  test('lets workers in with the token or a key, never without', async () => {
    const body = { workerId: 'w', maxContents: 1, waitMs: 0 };
    expect((await requester()(CLAIM, {}, body)).status).toBe(403);
    expect((await requester({ token: 'home' })(CLAIM, {}, body)).status).toBe(403);
    expect((await requester({ token: 'home' })(CLAIM, { authorization: 'Bearer home' }, body)).status).toBe(200);
    expect((await requester({ apiKeys: ['key'] })(CLAIM, { authorization: 'Bearer key' }, body)).status).toBe(200);
  });

  const key = (namespace: string | null, access: 'read' | 'write'): Caller => ({
    kind: 'key',
    id: '1',
    namespace,
    access,
  });
  const allows = (caller: Caller, access: Parameters<typeof checkAccess>[1]['access'], namespace?: string): boolean => {
    try {
      checkAccess(caller, { method: 'get', path: '/x', access }, namespace);
      return true;
    } catch {
      return false;
    }
  };
  test.each([
    ['nobody', { kind: 'anybody' } as const, ['open', 'any', 'read', 'write', 'server-read', 'server-write']],
    [
      'home',
      { kind: 'home' } as const,
      ['open', 'any', 'read', 'write', 'server-read', 'server-write', 'trusted', 'home'],
    ],
    ['a key that may read a', key('a', 'read'), ['open', 'any', 'read']],
    ['a key that may write a', key('a', 'write'), ['open', 'any', 'read', 'write']],
    ['a key that may read b', key('b', 'read'), ['open', 'any']],
    ['a key that may write b', key('b', 'write'), ['open', 'any']],
    ['a key that may read all', key(null, 'read'), ['open', 'any', 'read', 'server-read']],
    [
      'a key that may write all',
      key(null, 'write'),
      ['open', 'any', 'read', 'write', 'server-read', 'server-write', 'trusted'],
    ],
  ])('lets %s into routes of "a" and of the server', (_who, caller, allowed) => {
    const all = ['open', 'any', 'read', 'write', 'server-read', 'server-write', 'trusted', 'home'] as const;
    const ofNamespace = (access: string): string | undefined => (['read', 'write'].includes(access) ? 'a' : undefined);
    expect(all.filter((access) => allows(caller, access, ofNamespace(access)))).toEqual(allowed);
    // A route that lacks its namespace is no way around.
    if (caller.kind === 'key' && caller.namespace !== null) expect(allows(caller, 'read')).toBe(false);
  });
});

test("errorFor() tells a namespace's key of no other", () => {
  const gone = new NotFoundError('namespace', 'a', ['b', 'secret']);
  const caller: Caller = { kind: 'key', id: '1', namespace: 'a', access: 'read' };
  expect(JSON.stringify(errorFor(caller, gone))).not.toContain('secret');
  expect(errorFor({ ...caller, namespace: null }, gone)).toBe(gone);
  const other = new ConflictError('Cannot');
  expect(errorFor(caller, other)).toBe(other);
});
