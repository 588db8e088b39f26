/**
 * Generated requests to every route of a real engine on both databases. A failure prints the seed and the request:
 * `FOVEA_FUZZ_SEED=<seed>` repeats it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API_ROOT } from '../../src/contract/index.ts';
import { openEngine, type Engine } from '../../src/engine/open.ts';
import { describeLibraries } from '../acceptance/library.ts';
import { testData } from '../data.ts';
import { makeRequest, type MadeRequest, type OpenApi, type RequestSource } from './http-request.ts';
import { Random, seedOfRun } from './random.ts';

const COUNT = 700;
const SEED = seedOfRun(10);
const HOST = 'http://fovea.localhost';
/** Bodies of streams that never end are read so far. */
const MAX_CHUNKS = 3;

interface Answer {
  readonly status: number;
  readonly text: string;
}

describeLibraries(`the HTTP interface, fuzzed with seed ${SEED}`, (newLibrary) => {
  let engine: Engine;
  let source: RequestSource;
  const notes: string[] = [];

  const send = async ({ method, target, headers, body }: MadeRequest): Promise<Answer> => {
    const gone = new AbortController();
    const request = new Request(`${HOST}${target}`, {
      method,
      headers: { ...headers, authorization: `Bearer ${engine.lock.token}` },
      signal: gone.signal,
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    const response = await engine.fetch(request);
    if (response.body === null) return { status: response.status, text: '' };
    const reader = response.body.getReader();
    let text = '';
    for (let chunk = 0; chunk < MAX_CHUNKS; chunk += 1) {
      const { done, value } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString('latin1');
      // Events wait for something to happen.
      if (response.headers.get('content-type') === 'text/event-stream') break;
    }
    await reader.cancel().catch(() => undefined);
    gone.abort();
    return { status: response.status, text };
  };
  const get = async (target: string): Promise<unknown> =>
    JSON.parse((await send({ operation: '', method: 'GET', target, headers: {}, body: undefined })).text);

  beforeAll(async () => {
    const library = await newLibrary();
    const photos = library.photos('photos', 'parrot.jpg', 'owl.jpg');
    const { FOVEA_DATABASE_URL: database } = library.environment;
    engine = await openEngine({
      home: library.home,
      models: [testData('models')],
      hub: { offline: true },
      workers: 0,
      onNote: (note) => notes.push(note),
      ...(database === undefined ? {} : { database }),
    });
    const post = (path: string, body: unknown): Promise<Answer> =>
      send({
        operation: '',
        method: 'POST',
        target: `${API_ROOT}/namespaces/default/${path}`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(body)),
      });
    const added = await post('contents/paths', { path: photos });
    expect(added.status, added.text).toBe(200);
    const { contents } = (await get(`${API_ROOT}/namespaces/default/contents`)) as {
      contents: { contentId: string }[];
    };
    const claim = JSON.parse(
      (
        await send({
          operation: '',
          method: 'POST',
          target: `${API_ROOT}/workers/claim`,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from('{"workerId":"w","maxContents":1,"waitMs":0}'),
        })
      ).text,
    ) as { token: string; policies: { policyId: number }[] };
    expect(claim.token).not.toBe('');
    source = {
      document: (await get(`${API_ROOT}/openapi.json`)) as OpenApi,
      root: API_ROOT,
      pictures: [
        readFileSync(join(photos, 'owl.jpg')).subarray(0, 60_000),
        Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      ],
      known: {
        namespace: ['default', 'default', 'default', 'default', 'other', 'nosuch', 'Bad Name'],
        contentId: [...contents.map(({ contentId }) => contentId), '00000000-0000-4000-8000-000000000000'],
        contentIds: [...contents.map(({ contentId }) => contentId), '00000000-0000-4000-8000-000000000000'],
        graph: ['photos', 'nope'],
        name: ['photos', 'clip', 'more', 'x-1'],
        extractor: ['image/exif', 'image/colors', 'embedding/clip', 'nope', './own.mjs'],
        contentSource: ['clip', 'objects', 'nope'],
        index: ['photos.clip.embedding', 'nope'],
        where: ['width > 1', 'true', "name like '%", 'nope = 1', '1 = 1) or (true', "labels->>'a' = '1'"],
        labels: ['a=1', 'a', '=', 'a\0=1'],
        label: ['a=1', 'a', '=', 'a\0=1'],
        cursor: ['x', '00', 'e30='],
        text: ['name: g\npolicies:\n  - name: p\n    extractor: image/exif\n', 'name: [', '&a [*a]', '{}'],
        // A real one of the whole disk would be walked.
        path: [photos, `${photos}/owl.jpg`, '/nowhere', 'relative', `${photos}\0`, ''],
        // None that leads out of this machine.
        url: [
          'http://127.0.0.1:9/a.jpg',
          'http://[::1]',
          'http://0x7f.1/',
          'file:///etc/passwd',
          'http://a:b@c/',
          '//x',
          '',
        ],
        model: ['auto', 'tiny', 'nope/nope', '/nowhere'],
        workerId: ['w', ''],
        token: [claim.token, 'nope'],
        policyId: [0, ...claim.policies.map(({ policyId }) => policyId), 999],
        version: [0, 1, 2],
        rows: [
          { columns: { object_name: 'a', score: 'x', ord: 1 }, vectors: {} },
          { columns: { hash: 1e300, camera: { a: 1 }, taken_at: 'never' }, vectors: { embedding: 'AACAPwAAgD8=' } },
          { ord: 0, columns: { nope: 1 }, vectors: { embedding: 'AADAfwAAwH8=', nope: '' } },
          { ord: 0, columns: {}, vectors: {} },
        ],
        // A long poll.
        waitMs: [0, 1],
        timeoutMs: [1, 200],
      },
    };
  });
  afterAll(() => engine.close());

  test('answers every request with what it asks for or a reason, never with 500', async () => {
    const random = new Random(SEED);
    const statuses: Record<number, number> = {};
    const operations = new Set<string>();
    for (let index = 0; index < COUNT; index += 1) {
      const request = withoutHarm(makeRequest(random, source));
      if (request === undefined) continue;
      const shown = `seed ${SEED}, request ${index}: ${request.method} ${request.target} ${JSON.stringify(request.headers)} ${Buffer.from(
        request.body ?? [],
      )
        .toString('latin1')
        .slice(0, 500)}`;
      const { status, text } = await send(request).catch((error: unknown) => {
        throw new Error(`${shown}: ${String(error)}`, { cause: error });
      });
      statuses[status] = (statuses[status] ?? 0) + 1;
      operations.add(request.operation);
      expect(status, `${shown}: ${text} ${notes.at(-1)}`).not.toBe(500);
      expect(text, shown).not.toMatch(/the database does not answer|its process ended/);
      if (status < 400 || status === 416) continue;
      expect(JSON.parse(text), shown).toMatchObject({
        code: expect.stringMatching(/^[a-z_]+$/),
        message: expect.stringMatching(/^Cannot .+/),
      });
    }
    expect(notes.filter((note) => note.startsWith('Error '))).toEqual([]);
    expect(await get(`${API_ROOT}/health`)).toMatchObject({ status: 'ok', database: { ok: true } });
    // Requests that were all refused, or went to a few routes only, would prove nothing.
    expect(operations.size).toBeGreaterThan(25);
    expect(statuses[200]).toBeGreaterThan(COUNT / 10);
  });
});

/** Leaves out what would walk the disk or wait for minutes. */
function withoutHarm(request: MadeRequest): MadeRequest | undefined {
  const text = Buffer.from(request.body ?? []).toString('latin1');
  if (request.operation === 'addPath' && /"path":\s*"(\/etc|\/"|\.\.|file:)/.test(text)) return undefined;
  if (request.operation === 'claim' && /"waitMs":\s*\d{3}/.test(text)) return undefined;
  return request;
}
