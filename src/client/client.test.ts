import { describe, expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import {
  type AddProgress,
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  LimitError,
  NotFoundError,
  RemoteFoveaError,
  SqlError,
  type Status,
  TimeoutError,
  UnavailableError,
  UnreadableUrlError,
} from '../contract/index.ts';
import { type AppOptions, createApp, type Services } from '../http/index.ts';
import { connect, createClient, type FoveaClient } from './client.ts';

function setUp(options: Partial<AppOptions> = {}, overrides: Partial<Services> = {}) {
  const services = memoryServices(overrides);
  const app = createApp(services, { version: '1', token: 'home', ...options });
  const client = createClient({ baseUrl: 'http://localhost', fetch: app.request, token: 'home' });
  return { services, app, client };
}

/** A client of a server that always answers so. */
function answering(body: string | ReadableStream<Uint8Array>, init: ResponseInit = {}): FoveaClient {
  return createClient({ baseUrl: 'http://far.example', fetch: () => new Response(body, init), token: 'home' });
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const CAT = new File(['a cat'], 'cat.jpg');

describe('FoveaClient', () => {
  test('adds, lists, labels, finds and deletes a content', async () => {
    const { client } = setUp();
    const { contentId, created } = await client.upload(CAT, { labels: { trip: 'rome', year: 2024 } });
    expect(created).toBe(true);
    expect(await client.contents.get(contentId)).toMatchObject({
      name: 'cat.jpg',
      labels: { trip: 'rome', year: 2024 },
    });
    await client.contents.labels(contentId, { set: { trip: 'oslo' }, remove: ['year'] });
    expect((await client.contents.get(contentId)).labels).toEqual({ trip: 'oslo' });
    expect((await client.contents.list({ label: ['trip=oslo'], limit: 5 })).total).toBe(1);
    expect((await client.contents.list({ label: ['trip=oslo', 'trip=rome'] })).total).toBe(0);
    expect((await client.search('cat')).hits.map((hit) => hit.contentId)).toEqual([contentId]);
    expect((await client.contents.features(contentId)).features[0]?.rows).toEqual([{ ord: 0, name: 'cat.jpg' }]);
    expect(await client.contents.delete([contentId])).toMatchObject({ deleted: 1, unknown: [] });
    expect((await client.contents.list()).contents).toEqual([]);
  });

  test('adds URLs, by the name and with the labels that are given', async () => {
    const { client } = setUp();
    const url = 'https://example.org/a.jpg';
    const { contentId } = await client.addUrl(url, { name: 'own.jpg', labels: { trip: 'rome' }, graph: 'none' });
    expect(await client.contents.get(contentId)).toMatchObject({ name: 'own.jpg', labels: { trip: 'rome' } });
    expect(await client.addUrl(url)).toMatchObject({ contentId, created: false });
    await expect(client.addUrl('file:///etc/passwd')).rejects.toBeInstanceOf(InvalidInputError);
    const missing = client.addUrl('https://example.org/missing');
    await expect(missing).rejects.toBeInstanceOf(UnreadableUrlError);
    await expect(missing).rejects.toMatchObject({ url: 'https://example.org/missing', status: 404 });
    await expect(client.addUrl('')).rejects.toBeInstanceOf(InvalidInputError);
  });

  test('uploads bytes and streams', async () => {
    const { services, client } = setUp();
    const { contentId } = await client.upload(new Uint8Array([1, 2, 3]), { name: 'ü&=.jpg' });
    expect([services.stored.get(contentId), (await client.contents.get(contentId)).name]).toEqual([
      Buffer.from([1, 2, 3]),
      'ü&=.jpg',
    ]);
    const stream = new Blob(['streamed']).stream();
    const { contentId: other } = await client.upload(stream, { name: 'b.jpg' });
    expect(Buffer.from(services.stored.get(other) ?? []).toString()).toBe('streamed');
    expect(() => client.upload(new Uint8Array(1))).toThrow('Cannot upload bytes without a name');
  });

  test('follows the adding of a path', async () => {
    const { client } = setUp();
    const progress = await collect(client.addPath('/photos', { labels: { trip: 'rome' } }));
    expect(progress.map(({ seen, finished }) => [seen, finished])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const names = (await collect(client.contents.each({ limit: 2 }))).map(({ name }) => name);
    expect(names).toEqual(['1.jpg', '2.jpg', '3.jpg']);
  });

  test('stops the adding of a path by stopping to read', async () => {
    let stopped = false;
    const { client } = setUp(
      {},
      {
        async *addPath(): AsyncGenerator<AddProgress> {
          try {
            const totals = { duplicates: 0, unchanged: 0, ignored: {}, failed: 0, problems: [], missing: 0, notes: [] };
            for (let seen = 1; ; seen += 1) yield { ...totals, seen, added: seen, finished: false };
          } finally {
            stopped = true;
          }
        },
      },
    );
    for await (const { seen } of client.addPath('/photos')) if (seen === 2) break;
    await expect.poll(() => stopped, { timeout: 30_000 }).toBe(true);
  });

  test('searches with a picture as bytes, blob or base64', async () => {
    const { client } = setUp();
    await client.upload(CAT);
    for (const image of [new TextEncoder().encode('cat'), new Blob(['cat']), 'Y2F0']) {
      expect((await client.search({ image, limit: 3 })).total).toBe(1);
    }
    await expect(client.search({ image: 'no base64' })).rejects.toThrow('"image" must be base64');
  });

  test('asks with SQL and its parameters', async () => {
    const { client } = setUp();
    const { rows } = await client.sql('select $1, $2', ['a', null], { limit: 3 });
    expect(rows).toEqual([{ value: ['a', null] }]);
  });

  test('asks in words, hears each step, and collects what happened', async () => {
    const { client } = setUp();
    const steps: string[] = [];
    const reply = await client.ask('how many?', { limit: 7, onStep: ({ step }) => steps.push(step) });
    expect(steps).toEqual(['asked', 'sql', 'refused', 'sql', 'rows', 'answer']);
    expect(reply).toEqual({
      question: 'how many?',
      model: 'parrot',
      sql: 'select 7',
      refused: [{ sql: 'slect', code: 'sql', message: 'no SELECT' }],
      result: { columns: [], rows: [{ question: 'how many?' }], truncated: false, elapsedMs: 1 },
      contents: [],
      answer: 'So many',
      notes: ['a note'],
    });
    await expect(client.ask('unconfigured')).rejects.toMatchObject({ code: 'not_configured', examples: ['select 1'] });
    await expect(client.ask('nonsense')).rejects.toMatchObject({ code: 'unanswered', refused: [{ sql: 'x' }] });
    await expect(client.ask('  ')).rejects.toBeInstanceOf(InvalidInputError);
    const cut = answering('{"step":"asked","model":"parrot","finished":false}\n');
    await expect(cut.ask('how many?')).rejects.toBeInstanceOf(UnavailableError);
  });

  test('applies graphs as text and as values', async () => {
    const { client } = setUp();
    expect(await client.graphs.apply('name: kb', { mode: 'merge' })).toMatchObject({
      graph: 'from-text',
      warnings: ['merge'],
    });
    const graph = { name: 'kb', policies: [{ name: 'objects', extractor: 'image/yolo' }] };
    expect(await client.graphs.apply(graph, { dryRun: true })).toMatchObject({ added: ['objects'], created: false });
    await client.graphs.delete('kb');
    expect(await client.graphs.list()).toEqual([]);
  });

  test('gets bytes, parts of them, and thumbnails', async () => {
    const { client } = setUp();
    const { contentId } = await client.upload(CAT);
    const file = await client.original(contentId);
    const { sha256 } = await client.contents.get(contentId);
    expect([file.mimeType, file.sizeBytes, file.etag]).toEqual(['image/jpeg', 5, sha256]);
    expect(new TextDecoder().decode(await file.bytes())).toBe('a cat');
    const part = await client.original(contentId, { range: { start: 2, end: 3 } });
    expect([part.sizeBytes, new TextDecoder().decode(await part.bytes())]).toEqual([2, 'ca']);
    expect(await (await client.thumbnail(contentId, { side: 64 })).bytes()).toHaveLength(5);
    expect(client.thumbnailUrl(contentId, 64, sha256)).toBe(
      `http://localhost/api/v1/namespaces/default/contents/${contentId}/thumbnail?side=64&v=${sha256}`,
    );
  });

  test('hears events until it stops', async () => {
    const { services, client } = setUp();
    const stop = new AbortController();
    const events = client.events(stop.signal);
    const first = events.next();
    while (services.listeners() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    services.emit({ type: 'features', contentIds: ['a'] });
    expect((await first).value).toEqual({ type: 'features', contentIds: ['a'] });
    const next = events.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
    while (services.listeners() > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  });

  test('speaks to another namespace of the same server', async () => {
    const { client } = setUp();
    await client.namespaces.create('other');
    expect(await client.namespaces.list()).toEqual(['default', 'other']);
    expect((await client.withNamespace('other').status()).namespace).toBe('other');
    await client.namespaces.delete('other');
    await expect(client.namespaces.delete('other')).rejects.toThrow('Cannot find namespace "other"');
  });

  test('speaks with the rights of another key', async () => {
    const { client } = setUp();
    await expect(client.withApiKey('wrong').status()).rejects.toBeInstanceOf(ForbiddenError);
    expect((await client.status()).namespace).toBe('default');
  });

  test('lists what there is', async () => {
    const { client } = setUp();
    expect((await client.health()).status).toBe('ok');
    expect(await client.indexes()).toEqual([]);
    expect(await client.tables()).toEqual([]);
    expect(await client.extractors()).toEqual([]);
    expect(await client.models.list()).toEqual([]);
    expect(await client.tasks({ state: 'failed' })).toEqual({ tasks: [], total: 0 });
    expect(await client.retry(['a', 'b'])).toBe(2);
  });

  test('runs what is to happen at close()', async () => {
    let closed = 0;
    const client = createClient({ baseUrl: 'localhost', onClose: async () => void (closed += 1) });
    await client.withNamespace('other').close();
    expect(closed).toBe(1);
    await connect('http://localhost').close();
  });
});

describe('FoveaClient.waitUntilIndexed()', () => {
  const status = async (namespace: string, busy: boolean): Promise<Status> => ({
    ...(await memoryServices().status(namespace)),
    busy,
  });

  test('polls until nothing is left and tells of every status', async () => {
    let polls = 0;
    const { client } = setUp({}, { status: (namespace) => status(namespace, (polls += 1) < 3) });
    const seen: boolean[] = [];
    const last = await client.waitUntilIndexed({ pollMs: 1, onStatus: ({ busy }) => seen.push(busy) });
    expect([seen, last.busy]).toEqual([[true, true, false], false]);
  });

  test('gives up at its limit, and at its signal', async () => {
    const { client } = setUp({}, { status: (namespace) => status(namespace, true) });
    await expect(client.waitUntilIndexed({ pollMs: 5, timeoutMs: 20 })).rejects.toThrow(TimeoutError);
    const stop = new AbortController();
    const wait = client.waitUntilIndexed({ pollMs: 10_000, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 10);
    await expect(wait).rejects.toThrow('enough');
  });
});

describe('errors of the client', () => {
  test('have the class of their code, and their facts', async () => {
    const { client } = setUp(
      {},
      { deleteGraph: async () => Promise.reject(new ConflictError('Cannot delete: in use')) },
    );
    await expect(client.graphs.get('phots')).rejects.toMatchObject({ kind: 'graph', id: 'phots', known: ['photos'] });
    await expect(client.graphs.get('phots')).rejects.toBeInstanceOf(NotFoundError);
    await expect(client.graphs.delete('photos')).rejects.toBeInstanceOf(ConflictError);
    await expect(client.sql('drop table x')).rejects.toBeInstanceOf(SqlError);
    await expect(client.contents.get('no uuid')).rejects.toBeInstanceOf(InvalidInputError);
    const limited = setUp({ maxUploadBytes: 3 }).client.upload(CAT);
    await expect(limited).rejects.toBeInstanceOf(LimitError);
    await expect(limited).rejects.toMatchObject({ limitBytes: 3 });
  });

  test('say where a token or a key is missing', async () => {
    const { app } = setUp({ apiKeys: ['key'] });
    const stranger = createClient({ baseUrl: 'http://localhost', fetch: app.request });
    await expect(stranger.status()).rejects.toBeInstanceOf(ForbiddenError);
    const known = createClient({ baseUrl: 'http://localhost', fetch: app.request, apiKey: 'key' });
    expect((await known.status()).namespace).toBe('default');
    await expect(collect(known.addPath('/photos'))).rejects.toThrow('needs the token of its FOVEA_HOME');
  });

  test('of a server that is not there say so', async () => {
    // A port that nothing listens on.
    const client = connect('http://127.0.0.1:1');
    const failure = client.status();
    await expect(failure).rejects.toBeInstanceOf(UnavailableError);
    await expect(failure).rejects.toThrow('Cannot reach Fovea at http://127.0.0.1:1: is the server running?');
  });

  test('leave an abort what it is', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(connect('http://127.0.0.1:1').status({ signal })).rejects.toThrow('enough');
  });

  test('of what is no Fovea server say so', async () => {
    await expect(answering('<html>', { status: 404 }).status()).rejects.toThrow('is that a Fovea server?');
    await expect(answering('', { status: 502 }).status()).rejects.toBeInstanceOf(UnavailableError);
    await expect(answering('{"a":1}').status()).rejects.toBeInstanceOf(RemoteFoveaError);
    await expect(answering('{"a":1}').status()).rejects.toThrow('Cannot understand what Fovea at http://far.example');
  });

  test('in the middle of adding a path are thrown there', async () => {
    const { client } = setUp();
    await expect(collect(client.addPath('/breaks'))).rejects.toBeInstanceOf(NotFoundError);
    await expect(collect(client.addPath('relative'))).rejects.toBeInstanceOf(InvalidInputError);
  });

  test.each([
    ['between lines', '\n'],
    ['in a line', '\n{"seen": 1, "ad'],
  ])('say when the connection ends %s', async (_, text) => {
    await expect(collect(answering(text).addPath('/photos'))).rejects.toThrow('add it again to go on');
  });

  test.each(['', 'ftp://a', 'http://', 'http://a:b'])('refuse address "%s"', (url) => {
    expect(() => connect(url)).toThrow(InvalidInputError);
  });

  test('take an address without its scheme and with a path', () => {
    expect(connect('localhost:8900/').baseUrl).toBe('http://localhost:8900');
    expect(connect('https://a.example/fovea//').baseUrl).toBe('https://a.example/fovea');
  });
});
