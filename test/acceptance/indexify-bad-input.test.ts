/**
 * The recorded requests with a part missing, of another type, given twice, or enormous: each is answered, and an error is a
 * sentence that says what could not be done. Then the mistakes that people make.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { openEngine, type Engine } from '../../src/engine/open.ts';
import { hasTestData, testData } from '../data.ts';
import { bodyOf, type Exchange, formOf, partsOf, readRecording, RECORDINGS } from '../indexify/recording.ts';
import { libraries } from './library.ts';

const HOST = 'http://fovea.localhost';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const HUGE = 'x'.repeat(300_000);
const LARGER_THAN_TAKEN = 'x'.repeat(2_000_000);
const OTHER_TYPES: readonly unknown[] = [null, -1.5, '', [[]], { a: { b: [1] } }, HUGE];

interface Mutation {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly init: RequestInit;
}

// The adapter knows no database: one is enough.
describe.skipIf(!hasTestData)('bad input of Indexify clients', () => {
  const newLibrary = libraries(false);
  let engine: Engine;
  const photo = readFileSync(testData('data/photos/pets.jpg'));
  const send = (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
    Promise.resolve(engine.fetch(new Request(`${HOST}${path}`, { ...init, method })));
  const sendJson = (method: string, path: string, body: unknown): Promise<Response> =>
    send(method, path, { headers: JSON_TYPE, body: JSON.stringify(body) });
  const createGraph = (name: string, ...policies: object[]): Promise<Response> =>
    sendJson('POST', '/namespaces/default/extraction_graphs', { name, extraction_policies: policies });
  const client = () =>
    createClient({ baseUrl: HOST, fetch: (url, init) => Promise.resolve(engine.fetch(new Request(url, init))) });

  beforeAll(async () => {
    const library = await newLibrary();
    engine = await openEngine({
      home: library.home,
      models: [testData('models')],
      hub: { offline: true },
      workers: 1,
    });
    const colors = { extractor: 'image/colors', name: 'object_detection' };
    expect((await createGraph('imageknowledgebase', colors)).status).toBe(200);
    expect((await createGraph('crops', { extractor: 'image/phash', name: 'objects' })).status).toBe(200);
  });
  afterAll(() => engine.close());

  test('every recorded request, broken in every way, is answered with what it asks for or with a sentence', async () => {
    const mutations = uniqueExchanges().flatMap((exchange) => mutationsOf(exchange, photo));
    expect(mutations.length).toBeGreaterThan(300);
    const faults: string[] = [];
    let refused = 0;
    for (const { what, method, path, init } of mutations) {
      const gone = new AbortController();
      const response = await send(method, path, { ...init, signal: gone.signal });
      const text = await response.text();
      gone.abort();
      if (response.ok) continue;
      refused += 1;
      if (!/^(Cannot |\{"code":"\w+","message":"Cannot )/.test(text) || text.includes('went wrong inside')) {
        faults.push(`${method} ${path.slice(0, 100)} ${what}: ${response.status} ${text.slice(0, 200)}`);
      }
      if (/\n\s+at |node_modules|\.ts:\d/.test(text)) faults.push(`a stack: ${text.slice(0, 200)}`);
    }
    expect(faults).toEqual([]);
    expect(refused).toBeGreaterThan(150);
    expect((await send('GET', '/')).status).toBe(200);
  });

  test('two clients that create the same graph at once are both answered well', async () => {
    const policy = { extractor: 'image/colors', name: 'colors' };
    const replies = await Promise.all([1, 2, 3, 4].map(() => createGraph('twins', policy)));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { policies } = await client().graphs.get('twins');
    expect(policies.map(({ name, version }) => [name, version])).toEqual([['colors', 1]]);
  });

  test('a namespace that is not there is a 404 that names those that are; nothing makes it', async () => {
    const requests = [
      send('GET', '/namespaces/nosuch/extraction_graphs'),
      send('GET', '/namespaces/No-Such/content'),
      sendJson('POST', '/namespaces/nosuch/sql_query', { query: 'select 1' }),
      sendJson('POST', '/namespaces/nosuch/extraction_graphs', {
        name: 'g',
        extraction_policies: [{ extractor: 'image/colors', name: 'c' }],
      }),
      send('POST', '/namespaces/nosuch/upload_file', { body: formOf(PHOTO_PARTS, photo) }),
      sendJson('POST', '/namespaces/nosuch/add_texts', { documents: [{ text: 'a text' }] }),
    ];
    for (const response of await Promise.all(requests)) {
      expect([response.status, await response.text()]).toEqual([
        404,
        expect.stringMatching(/^Cannot find namespace "(nosuch|No-Such)": known: .*"default"/),
      ]);
    }
    expect(await client().namespaces.list()).not.toContain('nosuch');
  });

  test('mistakes of people are sentences with what would help, under a status whose body Python shows', async () => {
    const upload = (path: string): Promise<Response> => send('POST', path, { body: formOf(PHOTO_PARTS, photo) });
    const ours = '/namespaces/default/extraction_graphs';
    const cases: readonly (readonly [Promise<Response>, number, RegExp])[] = [
      [
        createGraph('wrong', { extractor: 'tensorlake/yolo-extractr', name: 'o' }),
        500,
        /did you mean "tensorlake\/yolo-extractor"/,
      ],
      [createGraph('content', { extractor: 'image/colors', name: 'c' }), 500, /name "content" is reserved/],
      [createGraph('wrong', { extractor: 'image/colors' }), 500, /needs "name"/],
      [upload(`${ours}/nosuch/extract`), 500, /^Cannot find graph "nosuch": known: .*"imageknowledgebase"/],
      [upload(`${ours}/crops/extract?id=not-hex`), 500, /1 to 32 hex digits/],
      [sendJson('POST', '/namespaces/default/indexes/nosuch/search', { query: 'a dog' }), 500, /"nosuch"/],
      [sendJson('POST', '/namespaces/default/sql_query', { query: 'drop table content' }), 500, /^Cannot /],
      [
        send('GET', `${ours}/crops/content/abc/extraction_policies/objcts`),
        500,
        /Cannot find policy "objcts": known: "objects"/,
      ],
      [send('GET', '/namespaces/default/content/zebra/metadata'), 404, /^Cannot find content "zebra"/],
      [sendJson('POST', `${ours}/crops/extract_remote`, { url: 'file:///etc/passwd' }), 500, /of the kind "file:"/],
      [sendJson('POST', `${ours}/crops/extract_remote`, { url: 'http://127.0.0.1:1/a.jpg' }), 500, /loopback address/],
    ];
    for (const [request, status, sentence] of cases) {
      const response = await request;
      expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(sentence)]);
      expect(response.headers.get('content-type')).toContain('text/plain');
    }
  });

  test('what older graphs have beside is accepted, and noted in a header', async () => {
    const response = await createGraph('legacy', {
      extractor: 'hub://image/yolo',
      name: 'objects',
      id: 'a1',
      graph_name: 'legacy',
      content_sorce: 'x',
      labels_eq: 'source:nyc',
      input_params: { model_name: 'yolov8n.pt', conf: 0.4, iou: 0.6 },
    });
    expect(response.status).toBe(200);
    const notes = response.headers.get('fovea-warning') ?? '';
    expect(notes).toContain('"content_sorce" is not known here and was ignored, did you mean "content_source"?');
    expect(notes).toContain('"model_name: yolov8n.pt" was ignored');
    expect(notes).toContain('"labels_eq" is an old key');
    const { spec } = await client().graphs.get('legacy');
    expect(spec.policies[0]).toMatchObject({
      params: { conf: 0.4, iou: 0.6 },
      filter: [{ key: 'source', value: 'nyc' }],
    });
  });

  test('old parameters are known under every name of their extractor', async () => {
    const extractor = 'indexify_extractors.yolo.yolo_extractor:YoloExtractor';
    const response = await createGraph('by_class', {
      extractor,
      name: 'objects',
      input_params: { model_name: 'yolov8n.pt' },
    });
    expect([response.status, response.headers.get('fovea-warning')]).toEqual([
      200,
      expect.stringContaining('"model_name: yolov8n.pt" was ignored'),
    ]);
  });

  test('a wait for a content whose task failed returns at once and says so', async () => {
    const broken = await send('POST', '/namespaces/default/extraction_graphs/crops/extract', {
      body: formOf(PHOTO_PARTS, photo.subarray(0, 2000)),
    });
    const { content_id: id } = (await broken.json()) as { content_id: string };
    await client().waitUntilIndexed({ timeoutMs: 60_000 });
    const response = await send('GET', `/namespaces/default/content/${id}/wait`);
    expect(response.status).toBe(200);
    const state = (await response.json()) as { open: number; failed: number };
    expect(state.open).toBe(0);
    expect(state.failed).toBeGreaterThan(0);
    expect(response.headers.get('fovea-warning')).toMatch(/tasks? of content ".*" failed/);
  });

  test('links that make a cycle are refused', async () => {
    const link = (from: string, policy: string, to: string): Promise<Response> =>
      sendJson('POST', `/namespaces/default/extraction_graphs/${from}/links`, {
        content_source: policy,
        linked_graph_name: to,
      });
    const itself = await link('crops', 'objects', 'crops');
    expect([itself.status, await itself.text()]).toEqual([500, expect.stringMatching(/^Cannot /)]);
    const unknown = await link('crops', 'objects', 'nosuch');
    expect([unknown.status, await unknown.text()]).toEqual([500, expect.stringMatching(/"nosuch"/)]);
  });
});

const PHOTO_PARTS = [{ name: 'file', filename: 'photo.jpg', contentType: 'image/jpeg' }];

/** One of each method, path and body. */
function uniqueExchanges(): Exchange[] {
  const all = RECORDINGS.flatMap(readRecording).filter(({ request }) => !request.path.includes('/namespaces/photos'));
  return [
    ...new Map(
      all.map((each) => [
        `${each.request.method} ${each.request.path.replace('/namespaces/default/namespaces', '/namespaces')} ${Object.keys(each.request.body ?? {}).join()}`,
        each,
      ]),
    ).values(),
  ];
}

function mutationsOf(exchange: Exchange, photo: Uint8Array): Mutation[] {
  const { method, path, body } = exchange.request;
  const make = (what: string, init: RequestInit, at = path): Mutation => ({ what, method, path: at, init });
  const json = (what: string, value: unknown): Mutation =>
    make(what, { headers: JSON_TYPE, body: JSON.stringify(value) });
  const own = (): RequestInit => bodyOf(exchange, photo);
  const mutated = [
    ...mutatedPaths(path).map((other) => make('path', own(), other)),
    ...mutatedQueries(path, method === 'DELETE').map((other) => make('query', own(), other)),
  ];
  const parts = partsOf(exchange);
  if (parts !== undefined) {
    const form = (what: string, ...others: typeof parts): Mutation => make(what, { body: formOf(others, photo) });
    const [first] = parts;
    mutated.push(
      ...parts.map((_part, at) => form(`without part ${at}`, ...parts.filter((_, other) => other !== at))),
      ...(first === undefined
        ? []
        : [form('a part twice', first, ...parts), form('all parts twice', ...parts, ...parts)]),
      form('labels that are none', { name: 'labels', text: '[1]' }, ...parts),
      form('labels that are no JSON', { name: 'labels', text: '{' }, ...parts),
      form('enormous labels', { name: 'labels', text: HUGE }, ...parts),
      form('a field that is unknown', { name: 'nosuch', text: HUGE.slice(0, 1000) }, ...parts),
      make('no form', { headers: { 'Content-Type': 'multipart/form-data; boundary=x' }, body: 'no form' }),
      json('JSON', {}),
    );
  } else if (body !== undefined) {
    mutated.push(
      ...['', '{', '[]', 'null', '"text"', '7'].map((text) => make(`body ${text}`, { headers: JSON_TYPE, body: text })),
      make('text', { headers: { 'Content-Type': 'text/plain' }, body: '{}' }),
      json('an enormous body', { ...body, more: LARGER_THAN_TAKEN }),
      ...Object.keys(body).flatMap((key) => [
        json(`without ${key}`, { ...body, [key]: undefined }),
        ...OTHER_TYPES.map((value) => json(`${key}: ${JSON.stringify(value).slice(0, 20)}`, { ...body, [key]: value })),
      ]),
      ...mutatedPolicies(body).map((policies) => json('policies', { ...body, extraction_policies: policies })),
    );
  }
  return mutated;
}

function mutatedPolicies({ extraction_policies: policies }: Readonly<Record<string, unknown>>): unknown[] {
  if (!Array.isArray(policies)) return [];
  const [first] = policies as Record<string, unknown>[];
  if (first === undefined) return [];
  return [
    [...policies, ...policies],
    [null],
    [[]],
    ...Object.keys(first).flatMap((key) => OTHER_TYPES.map((value) => [{ ...first, [key]: value }])),
  ];
}

/** Each segment that names something, with another name; ids enormous. */
function mutatedPaths(path: string): string[] {
  const [place = '', query = ''] = path.split('?');
  const names = ['imageknowledgebase', 'object_detection', 'd1a6f7c2b3e4f506', 'e2b7a8d3c4f50617', 'fail404'];
  const others = [
    'nosuch',
    '%00',
    '%ff',
    '..%2f..',
    '%F0%9F%90%B6',
    'a.b.c.0',
    'abc.crops.objects.1e9',
    'f'.repeat(5000),
  ];
  return names
    .filter((name) => place.includes(name))
    .flatMap((name) => others.map((other) => `${place.replace(name, other)}${query === '' ? '' : `?${query}`}`));
}

/** Each parameter missing, twice, and with other values. */
function mutatedQueries(path: string, deletes: boolean): string[] {
  const [place = '', query] = path.split('?');
  if (query === undefined) return deletes ? [] : [`${place}?nosuch=1&id=zz`];
  const pairs = query.split('&');
  return pairs.flatMap((pair, at) => {
    const [name = ''] = pair.split('=');
    const rest = pairs.filter((_, other) => other !== at);
    const others = ['', '-1', 'x', '9'.repeat(30), '%00', 'a%3C%3E%3Db', HUGE.slice(0, 4000)].map(
      (value) => `${name}=${value}`,
    );
    return [rest, [...pairs, pair], ...others.map((other) => [...rest, other])].map(
      (all) => `${place}?${all.join('&')}`,
    );
  });
}
