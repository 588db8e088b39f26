/**
 * Every route of the API, called by everybody: what is let in follows from the access that the route declares, by the
 * table below, so that a new route is walked as soon as it is in the contract. Then, what a namespace's key can learn of
 * another namespace through its own routes: nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, type FoveaClient } from '../../src/client/index.ts';
import { type Access, API_ROOT, api, fillPath, type FoveaEvent, type Route } from '../../src/contract/index.ts';
import { openEngine, type Engine } from '../../src/engine/open.ts';
import { dialect } from '../../src/http/indexify/index.ts';
import { testData } from '../data.ts';
import { describeLibraries } from './library.ts';

const HOST = 'http://fovea.localhost';
const MINE = 'alpha';
const OTHER = 'bravo';

/** Who calls, and what on: `mine` is the namespace of the callers' keys. */
const CALLERS = ['nobody', 'wrong', 'reader', 'writer', 'all-reader', 'all-writer', 'home'] as const;
type CallerName = (typeof CALLERS)[number];
type Outcome = 'in' | 401 | 403;

/** What each caller gets, in the order of `CALLERS`, on `mine` and on the other namespace, where keys are asked for. */
const OUTCOMES: Readonly<Record<Access, { readonly mine: readonly Outcome[]; readonly other: readonly Outcome[] }>> = {
  open: both('in', 'in', 'in', 'in', 'in', 'in', 'in'),
  any: both(401, 401, 'in', 'in', 'in', 'in', 'in'),
  read: { mine: [401, 401, 'in', 'in', 'in', 'in', 'in'], other: [401, 401, 403, 403, 'in', 'in', 'in'] },
  write: { mine: [401, 401, 403, 'in', 403, 'in', 'in'], other: [401, 401, 403, 403, 403, 'in', 'in'] },
  'server-read': both(401, 401, 403, 403, 'in', 'in', 'in'),
  'server-write': both(401, 401, 403, 403, 403, 'in', 'in'),
  trusted: both(401, 401, 403, 403, 403, 'in', 'in'),
  home: both(401, 401, 403, 403, 403, 403, 'in'),
};

function both(...outcomes: readonly Outcome[]) {
  return { mine: outcomes, other: outcomes };
}

/** A route from the root of the server: of the API, or of the dialect of Indexify's clients. */
type RootRoute = Pick<Route, 'method' | 'path' | 'access'> & { readonly takesJson: boolean };

const ROUTES: readonly (readonly [string, RootRoute])[] = [
  ...Object.entries<Route>(api).map(([name, { method, path, access, body }]) => {
    return [name, { method, path: `${API_ROOT}${path}` as const, access, takesJson: body !== undefined }] as const;
  }),
  ...Object.entries(dialect).map(([name, route]) => {
    return [`indexify ${name}`, { ...route, takesJson: route.method !== 'get' }] as const;
  }),
];

/** Changes that a read is sent as, because its question doesn't fit an address. */
const READS_WITH_BODY: ReadonlySet<string> = new Set([
  'search',
  'sql',
  'ask',
  'facets',
  'indexify searchIndex',
  'indexify search',
  'indexify sql',
]);

describe('the table of routes', () => {
  test.each(ROUTES)('%s declares an access that fits what it does', (name, { method, path, access }) => {
    const isRead = method === 'get' || READS_WITH_BODY.has(name);
    const inNamespace =
      path.replace(API_ROOT, '').startsWith('/namespaces/{namespace}/') || name === 'indexify getNamespace';
    expect(Object.keys(OUTCOMES)).toContain(access);
    if (inNamespace) expect(isRead ? ['read'] : ['write', 'home']).toContain(access);
    else expect(['read', 'write']).not.toContain(access);
    if (!isRead) expect(['write', 'server-write', 'trusted', 'home']).toContain(access);
  });
});

describeLibraries('routes by key', (newLibrary) => {
  let engine: Engine;
  let home: FoveaClient;
  let ids: Readonly<Record<typeof MINE | typeof OTHER, string>>;
  const credentials = new Map<CallerName, string>();
  /** What only the other namespace has. */
  let secrets: readonly string[];

  const send = (caller: CallerName, method: string, path: string, init: RequestInit = {}): Promise<Response> => {
    const credential = credentials.get(caller);
    const headers = new Headers(init.headers);
    if (credential !== undefined) headers.set('Authorization', `Bearer ${credential}`);
    return Promise.resolve(engine.fetch(new Request(`${HOST}${path}`, { ...init, method, headers })));
  };
  const sendJson = (caller: CallerName, path: string, body: unknown): Promise<Response> =>
    send(caller, 'POST', `${API_ROOT}${path}`, {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  beforeAll(async () => {
    const library = await newLibrary();
    const { FOVEA_DATABASE_URL: database } = library.environment;
    const options = {
      home: library.home,
      models: [testData('models')],
      hub: { offline: true },
      workers: 1,
      ...(database === undefined ? {} : { database }),
    };
    // The walk sends hundreds of wrong keys from one place.
    const limits = { failures: { perSecond: 1000, burst: 10_000 } };
    engine = await openEngine(options, { needsKey: true, limits });
    const fetch = (url: string, init: RequestInit) => engine.fetch(new Request(url, init));
    home = createClient({ baseUrl: HOST, fetch, token: engine.lock.token });
    const photos = library.photos('photos-of-bravo', 'owl.jpg', 'parrot.jpg');
    const added = [];
    for (const namespace of [MINE, OTHER] as const) {
      const client = home.withNamespace(namespace);
      await client.namespaces.create(namespace);
      await client.graphs.apply(`name: ${namespace}graph
extraction_policies:
  - { extractor: image/colors, name: ${namespace}colors }
  - { extractor: embedding/clip, name: ${namespace}clip, input_params: { model: fovea-tiny } }
`);
      const bytes = readFileSync(join(photos, namespace === MINE ? 'owl.jpg' : 'parrot.jpg'));
      const labels = { [`${namespace}key`]: `${namespace}value` };
      added.push(await client.upload(bytes, { name: `${namespace}-portrait.jpg`, labels }));
    }
    for await (const _ of home.withNamespace(OTHER).addPath(photos)) void _;
    for (const namespace of [MINE, OTHER]) await home.withNamespace(namespace).waitUntilIndexed({ timeoutMs: 120_000 });
    ids = { [MINE]: added[0]?.contentId ?? '', [OTHER]: added[1]?.contentId ?? '' };
    secrets = [
      ids[OTHER],
      'photos-of-bravo',
      '"bravo"',
      'ns_bravo',
      'bravo-portrait',
      'bravokey',
      'bravovalue',
      'bravograph',
      'bravoclip',
      'bravocolors',
    ];
    const made = async (namespace: string | null, access: 'read' | 'write') =>
      (await home.keys.create({ namespace, access })).key;
    credentials.set('wrong', `fovea_0123456789ab_${'0'.repeat(64)}`);
    credentials.set('reader', await made(MINE, 'read'));
    credentials.set('writer', await made(MINE, 'write'));
    credentials.set('all-reader', await made(null, 'read'));
    credentials.set('all-writer', await made(null, 'write'));
    credentials.set('home', engine.lock.token);
  }, 300_000);
  afterAll(() => engine.close());

  /** Calls a route as far as its access goes: what is sent fits no schema, and names nothing that can be deleted. */
  const knock = async (caller: CallerName, route: RootRoute, namespace: string): Promise<[number, string]> => {
    const deletes = route.method === 'delete';
    const values = {
      namespace,
      contentId: ids[OTHER],
      graph: 'nosuchgraph',
      policy: 'nosuchpolicy',
      index: 'nosuchindex',
      table: 'nosuchtable',
      rest: 'page',
      keyId: '0123456789ab',
    };
    const isLetIn = caller === 'home' || caller === 'all-writer';
    const path = fillPath(route.path, deletes && isLetIn ? { ...values, namespace: 'nosuch' } : values);
    const init = !route.takesJson ? {} : { headers: { 'Content-Type': 'application/json' }, body: '{"nosuchfield":1}' };
    const gone = new AbortController();
    const response = await send(caller, route.method.toUpperCase(), path, { ...init, signal: gone.signal });
    const isStream = response.headers.get('content-type') === 'text/event-stream';
    const text = response.ok || isStream ? '' : await response.text();
    await (text === '' ? response.body?.cancel() : undefined);
    gone.abort();
    return [response.status, text];
  };
  const everything = async (): Promise<unknown> => ({
    namespaces: await home.namespaces.list(),
    keys: await home.keys.list(),
    libraries: await Promise.all(
      [MINE, OTHER].map(async (namespace) => {
        const client = home.withNamespace(namespace);
        const { tasks } = await client.tasks({ limit: 1000 });
        return [await client.contents.list(), await client.graphs.list(), tasks.map(({ state }) => state)];
      }),
    ),
  });

  test('the description of the API has every route of the table, with its access', async () => {
    const description = (await (await send('reader', 'GET', `${API_ROOT}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string; 'x-access': string }>>;
    };
    const told = Object.values(description.paths).flatMap((methods) =>
      Object.values(methods).map((operation) => [operation.operationId, operation['x-access']]),
    );
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(Object.entries<Route>(api).map(([name, { access }]) => [name, access])),
    );
  });

  test.each(ROUTES)('%s lets in who it declares', async (_name, route) => {
    const before = await everything();
    const outcomes: Record<string, Outcome> = {};
    const expected: Record<string, Outcome> = {};
    for (const namespace of [MINE, OTHER]) {
      for (const [at, caller] of CALLERS.entries()) {
        const [status, text] = await knock(caller, route, namespace);
        // The dialect tells with 500 what its clients show their users (decision 0015).
        if (!text.startsWith('Cannot ') || text.includes('went wrong inside'))
          expect(status, `${caller} on ${namespace}: ${text}`).toBeLessThan(500);
        outcomes[`${caller} on ${namespace}`] = status === 401 || status === 403 ? status : 'in';
        expected[`${caller} on ${namespace}`] =
          OUTCOMES[route.access][namespace === MINE ? 'mine' : 'other'][at] ?? 403;
      }
    }
    expect(outcomes).toEqual(expected);
    expect(await everything()).toEqual(before);
  });

  test("another namespace's name says nothing: one that isn't there is refused in the same words", async () => {
    for (const [, route] of ROUTES.filter(([, { path }]) => path.includes('{namespace}'))) {
      for (const caller of ['reader', 'writer'] as const) {
        const named = {
          graph: 'bravograph',
          policy: 'bravocolors',
          index: 'bravograph.bravoclip.embedding',
          table: 'bravograph',
        };
        const path = fillPath(route.path, { namespace: 'NAME', contentId: ids[OTHER], ...named });
        const replies = [OTHER, 'zulu9'].map(async (namespace) => {
          const init = route.method === 'get' ? {} : { body: '{}', headers: { 'Content-Type': 'application/json' } };
          const reply = await send(caller, route.method.toUpperCase(), path.replace('NAME', namespace), init);
          return [reply.status, (await reply.text()).replaceAll(namespace, 'NAME')];
        });
        const [there, missing] = await Promise.all(replies);
        expect(there).toEqual(missing);
      }
    }
  });

  test("nothing of another namespace comes through one's own routes", async () => {
    const base = `/namespaces/${MINE}`;
    const others = home.withNamespace(OTHER);
    const [bravoCursor, bravoPage] = [
      (await others.contents.list({ limit: 1 })).cursor,
      (await others.search({ query: 'a bird', limit: 1 })).cursor,
    ];
    expect([bravoCursor, bravoPage]).toEqual([expect.any(String), expect.any(String)]);
    const gets = [
      '/namespaces',
      '/extractors',
      ...['', '/metadata', '/download', '/content-tree', '/wait'].map((end) => `${base}/content/${ids[OTHER]}${end}`),
      `${base}/content/${ids[OTHER]}.bravograph.bravocolors.0/metadata`,
      ...['/extraction_graphs', '/content', '/tasks', '/indexes', '/schemas', '/active_content'].map(
        (end) => `${base}${end}`,
      ),
      `${base}/content?parent_id=${ids[OTHER]}`,
      `${base}/content?source=bravocolors`,
      `${base}/content?start_id=${ids[OTHER]}`,
      `${base}/extraction_graphs/bravograph/content`,
      `${base}/extraction_graphs/bravograph/analytics`,
      ...[
        '/namespaces',
        '/extractors',
        ...['', '/features', '/original', '/thumbnail'].map((end) => `${base}/contents/${ids[OTHER]}${end}`),
        `${base}/contents`,
        `${base}/contents?cursor=${encodeURIComponent(bravoCursor ?? '')}`,
        `${base}/contents?label=bravokey%3Dbravovalue`,
        `${base}/graphs`,
        `${base}/graphs/bravograph`,
        `${base}/graphs/bravogrph`,
        `${base}/status`,
        `${base}/tasks`,
        `${base}/tasks?state=done`,
        `${base}/indexes`,
        `${base}/tables`,
      ].map((path) => `${API_ROOT}${path}`),
    ];
    const posts: readonly (readonly [string, unknown])[] = [
      ['search', { query: 'a bird' }],
      ['search', { like: { contentId: ids[OTHER] } }],
      ['search', { query: 'a bird', cursor: bravoPage }],
      ['search', { query: 'a bird', index: 'bravograph.bravoclip.embedding' }],
      ['search', { query: 'a bird', index: 'bravo' }],
      ['search', { query: 'a bird', where: "name like '%portrait%' and exists (select 1 from ns_bravo.content)" }],
      ['search', { query: 'a bird', label: ['bravokey=bravovalue'] }],
      ...[
        'select * from ns_bravo.content',
        'select * from ns_bravo._content',
        'select * from bravograph',
        'select * from bravograp',
        'select * from "bravograph.bravoclip"',
        'select * from content',
        'select * from ingestion',
        'select * from location',
        'select name from fovea.namespace',
        'select * from fovea.api_key',
        'select nspname from pg_catalog.pg_namespace',
        'select * from information_schema.schemata',
        "select to_regclass('ns_bravo.content')::text",
        "select 'ns_bravo.content'::regclass::text",
        "select * from query_to_xml('select * from ns_bravo.content', true, true, '')",
        "select set_config('search_path', 'ns_bravo', false)",
        'select bravoclip from content',
      ].map((query) => ['sql', { query }] as const),
      [
        'graphs',
        {
          text: 'name: alphagraph\nextraction_policies:\n  - { extractor: image/colors, name: more, content_source: bravocolors }\n',
          dryRun: true,
        },
      ],
      [
        'graphs',
        {
          text: 'name: bravograph\nextraction_policies:\n  - { extractor: image/colors, name: bravocolour }\n',
          dryRun: true,
        },
      ],
      [
        'graphs',
        {
          text: `name: files\nextraction_policies:\n  - { extractor: embedding/clip, name: files, input_params: { model: ${testData('models/mini-clip')} } }\n`,
          dryRun: true,
        },
      ],
      ['contents/labels', { contentIds: [ids[OTHER]], set: { taken: 'over' } }],
      ['contents/delete', { contentIds: [ids[OTHER]] }],
      ['tasks/retry', { contentIds: [ids[OTHER]] }],
    ];
    const before = JSON.stringify(await others.contents.list());
    const leaks: string[] = [];
    const check = async (request: string, response: Response): Promise<void> => {
      const reply = `${JSON.stringify([...response.headers])} ${await response.text()}`;
      for (const secret of secrets)
        if (reply.includes(secret) && !request.includes(secret)) leaks.push(`${request}: ${reply.slice(0, 500)}`);
    };
    let answered = 0;
    for (const path of gets) {
      const response = await send('reader', 'GET', path);
      if (response.ok) answered += 1;
      if (path.includes(ids[OTHER]) && !path.includes('start_id')) expect(response.status, path).toBe(404);
      await check(path, response);
    }
    for (const [path, body] of posts) {
      const response = await sendJson('writer', `${base}/${path}`, body);
      if (JSON.stringify(body).includes(bravoPage ?? '')) expect(response.status).toBe(400);
      if (response.ok) answered += 1;
      await check(JSON.stringify(body), response);
    }
    expect(leaks).toEqual([]);
    // What should be answered is; the silence is not that of a server that refuses everything.
    expect(answered).toBeGreaterThan(15);
    expect(JSON.stringify(await others.contents.list())).toBe(before);
    const hits = (await (await sendJson('reader', `${base}/search`, { query: 'a bird' })).json()) as {
      hits: { contentId: string }[];
    };
    expect(hits.hits.map(({ contentId }) => contentId)).toEqual([ids[MINE]]);
    const path = await sendJson(
      'writer',
      `${base}/graphs`,
      posts.find(([, body]) => JSON.stringify(body).includes('mini-clip'))?.[1],
    );
    expect([path.status, await path.text()]).toEqual([403, expect.stringContaining("paths of the server's machine")]);
  });

  test('events of another namespace are not heard, nor is it told that it has the same bytes', async () => {
    const stop = new AbortController();
    const fetch = (url: string, init: RequestInit) => engine.fetch(new Request(url, init));
    const writer = createClient({ baseUrl: HOST, fetch, apiKey: credentials.get('writer'), namespace: MINE });
    const heard: FoveaEvent[] = [];
    const listening = (async () => {
      for await (const event of writer.events(stop.signal)) heard.push(event);
    })().catch(() => undefined);
    const bytes = readFileSync(testData('data/photos/face.jpg'));
    const theirs = await home.withNamespace(OTHER).upload(bytes, { name: 'bravo-face.jpg' });
    const mine = await writer.upload(bytes, { name: 'alpha-face.jpg' });
    expect(mine.created).toBe(true);
    expect(mine.contentId).not.toBe(theirs.contentId);
    // Until it listens, it hears nothing: label it again and again.
    await expect
      .poll(async () => {
        await home.withNamespace(OTHER).contents.labels(theirs.contentId, { set: { bravo: true } });
        await writer.contents.labels(mine.contentId, { set: { alpha: true } });
        return heard.length;
      })
      .toBeGreaterThan(2);
    stop.abort();
    await listening;
    expect(JSON.stringify(heard)).not.toContain(theirs.contentId);
    expect(JSON.stringify(heard)).toContain(mine.contentId);
  });
});
