import { describe, expect, test } from 'vitest';
import { objectOf } from '../../test/json.ts';
import { memoryServices } from '../../test/memory-services.ts';
import { API_ROOT, api, fillPath, type Route, SearchRequest, UnavailableError } from '../contract/index.ts';
import { createApp } from './app.ts';
import { dialect } from './indexify/index.ts';
import type { AppOptions } from './options.ts';
import type { Services } from './services.ts';

const NAMESPACE = `${API_ROOT}/namespaces/default`;

function appWith(options: Partial<AppOptions> = {}, overrides: Partial<Services> = {}) {
  return createApp(memoryServices(overrides), { version: '1.2.3', ...options });
}

function json(value: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    body: typeof value === 'string' ? value : JSON.stringify(value),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

describe('createApp()', () => {
  test('serves every route of the table', async () => {
    const app = appWith({ token: 'secret' });
    const contentId = '00000000-0000-4000-8000-000000000000';
    const keyId = '0123456789ab';
    const names = { graph: 'photos', policy: 'objects', table: 'content', index: 'photos.clip.embedding' };
    const values = { namespace: 'default', contentId, keyId, ...names };
    for (const route of Object.values<Route>(api)) {
      const response = await app.request(`${API_ROOT}${fillPath(route.path, values)}`, {
        method: route.method.toUpperCase(),
        headers: { authorization: 'Bearer secret' },
      });
      const reply = route.reply.kind === 'events' ? '' : await response.text();
      await response.body?.cancel().catch(() => {});
      expect(reply, `${route.method} ${route.path}`).not.toContain('Cannot find address');
      expect(response.status).toBeLessThan(500);
      expect(response.status).not.toBe(405);
    }
  });

  test("serves every address of Indexify's clients", async () => {
    const app = appWith({ token: 'secret' });
    const values = { namespace: 'default', contentId: 'abc', graph: 'g', policy: 'p', index: 'g.p.e', rest: 'a/b' };
    for (const { method, path } of Object.values(dialect)) {
      const response = await app.request(fillPath(path, values).replaceAll('%2F', '/'), {
        method: method.toUpperCase(),
        headers: { authorization: 'Bearer secret' },
      });
      const reply = await response.text();
      expect(reply, `${method} ${path}`).not.toContain('/openapi.json');
      expect(response.status, `${method} ${path}`).not.toBe(405);
    }
  });

  test('has no route beside the table, whose access nobody would check', () => {
    const served = appWith().routes.filter(({ method }) => method !== 'ALL');
    const table = Object.values<Route>(api).map(({ method, path }) => `${method.toUpperCase()} ${API_ROOT}${path}`);
    const old = Object.values(dialect).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    const paths = served.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{\.\+\})?/g, '{$1}')}`);
    expect(paths.toSorted()).toEqual(['GET /', `GET ${API_ROOT}/openapi.json`, ...table, ...old].toSorted());
  });

  test('holds few large bodies at once, and small ones beside them', async () => {
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    let searching = 0;
    const app = appWith(
      { maxJsonBytes: 200 },
      {
        search: async (_namespace, { query }) => {
          searching += 1;
          if (query !== 'small') await ended;
          return { hits: [], total: 0, indexed: { done: 0, total: 0 }, notes: [] };
        },
      },
    );
    const search = (query: string): Promise<Response> => {
      const body = JSON.stringify({ query });
      const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
      return Promise.resolve(app.request(`${NAMESPACE}/search`, { method: 'POST', headers, body }));
    };
    const large = Array.from({ length: 6 }, () => search('large'.repeat(50)));
    await expect.poll(() => searching).toBe(4);
    expect((await search('small')).status).toBe(200);
    expect(searching).toBe(5);
    end();
    expect((await Promise.all(large)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test('answers "GET /" with the text that old clients look for, and people with a page', async () => {
    const app = appWith();
    expect(await (await app.request('/')).text()).toBe('Indexify Server');
    const page = await app.request('/', { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('/api/v1/openapi.json');
  });

  test('names the address that it lacks, and the methods that an address takes', async () => {
    const app = appWith();
    const missing = await app.request(`${NAMESPACE}/serach`);
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: 'not_found', kind: 'address' }]);
    const wrong = await app.request(`${NAMESPACE}/search`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('refuses names that are no namespace before asking for one', async () => {
    const response = await appWith().request(`${API_ROOT}/namespaces/Bad-Name/status`);
    expect(response.status).toBe(400);
    expect(await objectOf(response)).toMatchObject({ code: 'invalid_input' });
  });
});

describe('bodies', () => {
  test.each([
    ['broken JSON', '{"query": "dog"', 'Cannot read the body as JSON'],
    ['an unknown key', { query: 'dog', limits: 3 }, '"limits" is not known here, did you mean "limit"?'],
    ['a wrong value', { query: 'dog', limit: 0 }, '"limit" must be at least 1'],
    ['a list', [], 'it must be an object'],
    ['nothing of what is needed', '', '"query" is missing'],
  ])('refuse %s with a sentence', async (_, body, message) => {
    const response = await appWith().request(`${NAMESPACE}/${body === '' ? 'sql' : 'search'}`, json(body));
    const reply = await objectOf(response);
    expect(response.status).toBe(400);
    expect(reply.code).toBe('invalid_input');
    expect(reply.message).toContain(message);
  });

  test('refuse bytes that are no UTF-8, and types that are no JSON', async () => {
    const app = appWith();
    const bytes = await app.request(`${NAMESPACE}/sql`, {
      ...json(''),
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(bytes.status).toBe(400);
    const form = await app.request(`${NAMESPACE}/sql`, json('query=1', { 'content-type': 'text/plain' }));
    expect((await objectOf(form)).message).toContain('sent with "Content-Type: application/json"');
  });

  test('refuse more bytes than the route takes, said beforehand or not', async () => {
    const app = appWith({ maxJsonBytes: 100 });
    const long = JSON.stringify({ query: 'x'.repeat(200) });
    const said = await app.request(`${NAMESPACE}/sql`, json(long, { 'content-length': String(long.length) }));
    expect([said.status, (await objectOf(said)).limitBytes]).toEqual([413, 100]);
    const streamed = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('"'.padEnd(60))),
    });
    const init: RequestInit = { ...json(''), body: streamed, duplex: 'half' };
    expect((await app.request(`${NAMESPACE}/sql`, init)).status).toBe(413);
    // A search may carry a picture.
    expect((await app.request(`${NAMESPACE}/search`, json({ query: 'x'.repeat(200) }))).status).toBe(200);
  });

  test('reach the engine parsed, with defaults', async () => {
    let seen: unknown;
    const search: Services['search'] = async (_namespace, request) => {
      seen = request;
      throw new UnavailableError('Cannot search: no model');
    };
    const response = await appWith({}, { search }).request(`${NAMESPACE}/search`, json({ query: 'dog' }));
    expect(seen).toEqual(SearchRequest.parse({ query: 'dog' }));
    expect([response.status, await response.json()]).toEqual([
      503,
      { code: 'unavailable', message: 'Cannot search: no model' },
    ]);
  });
});

describe('queries', () => {
  test('take a list as a repeated parameter and numbers as text', async () => {
    let seen: unknown;
    const listContents: Services['listContents'] = async (_namespace, query) => {
      seen = query;
      return { contents: [], total: 0 };
    };
    const app = appWith({}, { listContents });
    await app.request(`${NAMESPACE}/contents?label=a=1&label=b=2&limit=7`);
    expect(seen).toEqual({ label: ['a=1', 'b=2'], filter: [], limit: 7 });
    await app.request(`${NAMESPACE}/contents?label=a=1`);
    expect(seen).toEqual({ label: ['a=1'], filter: [], limit: 50 });
  });

  test.each([
    ['contents?limt=3', '"limt" is not known here, did you mean "limit"?'],
    ['contents?limit=3&limit=4', '"limit" must be a number'],
    ['contents?limit=many', '"limit" must be a number'],
    ['contents?state=broken', '"state" must be one of "waiting", "running", "done", "failed", "open", "indexed"'],
    ['status?verbose=1', '"verbose" is not known here'],
  ])('refuse %s', async (path, message) => {
    const response = await appWith().request(`${NAMESPACE}/${path}`);
    expect(response.status).toBe(400);
    expect((await objectOf(response)).message).toContain(message);
  });
});

describe('errors', () => {
  test('that nobody foresaw tell nothing but an id, and are logged under it', async () => {
    const logged: unknown[] = [];
    const status = async () => {
      throw new TypeError('password is hunter2');
    };
    const app = appWith({ log: (error, facts) => logged.push([error, facts]) }, { status });
    const response = await app.request(`${NAMESPACE}/status`);
    const reply = await objectOf(response);
    expect(response.status).toBe(500);
    expect(reply.code).toBe('internal');
    expect(JSON.stringify(reply)).not.toContain('hunter2');
    expect(logged).toEqual([
      [new TypeError('password is hunter2'), { errorId: reply.errorId, method: 'GET', path: `${NAMESPACE}/status` }],
    ]);
  });

  test('of a database that is away are no fault in here', async () => {
    const logged: unknown[] = [];
    const status = async () => {
      throw Object.assign(new Error('the database system is in recovery mode'), { sqlState: '57P03' });
    };
    const response = await appWith({ log: (error) => logged.push(error) }, { status }).request(`${NAMESPACE}/status`);
    expect([response.status, (await objectOf(response)).code, logged]).toEqual([503, 'unavailable', []]);
  });

  test('of SQL carry their position', async () => {
    const response = await appWith().request(`${NAMESPACE}/sql`, json({ query: 'drop table x' }));
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'sql', position: 0 }]);
  });
});
