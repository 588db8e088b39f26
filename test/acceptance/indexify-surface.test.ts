/**
 * What Indexify's clients get beyond what was recorded: rows as contents, lists by pages, ids in SQL, older addresses, new
 * contents as events.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../src/client/index.ts';
import { openEngine, type Engine } from '../../src/engine/open.ts';
import { testData } from '../data.ts';
import { formOf } from '../indexify/recording.ts';
import { describeLibrary } from './library.ts';

const HOST = 'http://fovea.localhost';
const ROOT = '/namespaces/default';
const GRAPH = `${ROOT}/extraction_graphs/knowledge`;
const GIVEN = 'BEEF';

interface Metadata {
  readonly id: string;
  readonly parent_id: string;
  readonly root_content_id: string;
  readonly source: string;
  readonly mime_type: string;
  readonly labels: Readonly<Record<string, unknown>>;
  readonly extraction_graph_names: readonly string[];
  readonly size: number;
  readonly extracted_metadata: Readonly<Record<string, unknown>>;
}

interface Listed {
  readonly content_list: readonly Metadata[];
  readonly total: number;
}

describeLibrary("the surface of Indexify's clients", (newLibrary) => {
  let engine: Engine;
  const send = (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
    Promise.resolve(engine.fetch(new Request(`${HOST}${path}`, { ...init, method })));
  const get = async <T>(path: string): Promise<T> => {
    const response = await send('GET', path);
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return JSON.parse(text) as T;
  };
  const post = (path: string, body: unknown, method = 'POST'): Promise<Response> =>
    send(method, path, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const upload = async (path: string, file: string, labels: object = {}): Promise<string> => {
    const parts = [
      { name: 'file', filename: file, contentType: 'image/png' },
      { name: 'labels', text: JSON.stringify(labels) },
    ];
    const response = await send('POST', path, { body: formOf(parts, readFileSync(testData(`data/photos/${file}`))) });
    expect(response.status).toBe(200);
    return ((await response.json()) as { content_id: string }).content_id;
  };
  const rowsInSql = async (condition: string): Promise<Record<string, unknown>[]> => {
    const response = await post(`${ROOT}/sql_query`, {
      query: `select * from ingestion where ${condition} order by name, ord`,
    });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return (JSON.parse(text) as { rows: { data: Record<string, unknown> }[] }).rows.map(({ data }) => data);
  };
  const client = () =>
    createClient({ baseUrl: HOST, fetch: (url, init) => Promise.resolve(engine.fetch(new Request(url, init))) });

  let cat: string;
  beforeAll(async () => {
    const library = await newLibrary();
    const { FOVEA_DATABASE_URL: database } = library.environment;
    engine = await openEngine({
      home: library.home,
      models: [testData('models')],
      hub: { offline: true },
      workers: 1,
      ...(database === undefined ? {} : { database }),
    });
    const policies = [
      { extractor: 'tensorlake/yolo-extractor', name: 'objects', input_params: { conf: 0.3 } },
      {
        extractor: 'tensorlake/clip-extractor',
        name: 'crops',
        content_source: 'objects',
        input_params: { model: 'fovea-tiny' },
      },
      { extractor: 'image/colors', name: 'colors' },
    ];
    const made = await post(`${ROOT}/extraction_graphs`, { name: 'knowledge', extraction_policies: policies });
    expect([made.status, await made.json()]).toEqual([200, { indexes: ['knowledge.crops.embedding'] }]);
    cat = await upload(`${GRAPH}/extract`, 'cat_720p.jpg', { size: 12, trip: 'rome' });
    expect(await upload(`${GRAPH}/extract?id=${GIVEN}`, 'kite_and_cold.jpg', { size: 9 })).toBe(GIVEN);
    await upload(`${ROOT}/upload_file`, 'owl.jpg');
    await client().waitUntilIndexed({ timeoutMs: 240_000 });
  });
  afterAll(() => engine.close());

  test('rows of a detector are children: listed, shown, downloaded, each by its id', async () => {
    const boxes = await rowsInSql("policy = 'objects'");
    const kites = boxes.filter(({ content_id: id }) => id === GIVEN);
    expect(kites.length).toBeGreaterThan(1);
    const { content_list: listed, total } = await get<Listed>(`${GRAPH}/content?source=objects&limit=1000`);
    expect(listed.map(({ id }) => id).toSorted()).toEqual(
      boxes.map(({ content_id: id, ord }) => `${String(id)}.knowledge.objects.${String(ord)}`).toSorted(),
    );
    expect(total).toBe(boxes.length);
    const { content_list: children } = await get<Listed>(`${ROOT}/content?parent_id=${GIVEN}&source=objects&limit=100`);
    expect(children).toEqual(listed.filter(({ parent_id: parent }) => parent === GIVEN));
    for (const child of children) {
      expect(child).toMatchObject({
        root_content_id: GIVEN,
        source: 'objects',
        mime_type: 'application/json',
        labels: { size: 9 },
        extraction_graph_names: ['knowledge'],
      });
      expect(await get(`${ROOT}/content/${child.id}/metadata`)).toEqual({ content_metadata: child });
      const row = kites.find(({ ord }) => child.id.endsWith(`.${String(ord)}`));
      const download = await send('GET', `${ROOT}/content/${child.id}/download`);
      const text = await download.text();
      expect(JSON.parse(text)).toEqual({ bbox: row?.bounding_box, class: row?.object_name, score: row?.score });
      expect(Buffer.byteLength(text)).toBe(child.size);
    }
    const { content_tree_metadata: tree } = await get<{ content_tree_metadata: Metadata[] }>(
      `${ROOT}/content/${GIVEN}/content-tree`,
    );
    expect(tree[0]).toMatchObject({ id: GIVEN, source: '', parent_id: '' });
    expect(tree.filter(({ source }) => source === 'objects')).toEqual(children);
    expect(Object.keys(tree[0]?.extracted_metadata ?? {})).toContain('color_name');
    expect(Object.keys(tree[0]?.extracted_metadata ?? {})).not.toContain('object_name');
  });

  test.each(['ingestion', 'objects'])('a list of %s goes on behind "start_id" and ends', async (source) => {
    const all = (await get<Listed>(`${GRAPH}/content?source=${source}&limit=1000`)).content_list.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(2);
    const met: string[] = [];
    for (let start = ''; met.length <= all.length;) {
      const page = await get<Listed>(`${GRAPH}/content?source=${source}&limit=2&start_id=${start}`);
      if (page.content_list.length === 0) break;
      expect(page.total).toBe(all.length);
      met.push(...page.content_list.map(({ id }) => id));
      start = met.at(-1) ?? '';
    }
    expect(met).toEqual(all);
  });

  test('labels filter contents, rows and hits, by operators and types', async () => {
    const ids = async (query: string) =>
      (await get<Listed>(`${GRAPH}/content?${query}`)).content_list.map(({ id }) => id);
    expect(await ids('labels_filter=size%3E%3D10')).toEqual([cat]);
    expect(await ids('labels_filter%5B%5D=size%3C10&labels_filter%5B%5D=size%3E1')).toEqual([GIVEN]);
    expect(await ids('labels_filter=trip!%3Dparis')).toEqual([cat]);
    const rows = await ids('source=objects&limit=100&labels_filter=size%3E%3D10');
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((id) => id.split('.')[0]))).toEqual(new Set([cat]));
    const search = await post(`${ROOT}/indexes/knowledge.crops.embedding/search`, {
      query: 'a thing',
      k: 9,
      filters: ['size<10'],
    });
    const { results } = (await search.json()) as { results: { root_content_metadata: Metadata }[] };
    expect(results.map(({ root_content_metadata: root }) => root.id)).toEqual([GIVEN]);
  });

  test('a hit on a box is that box, with its picture as the root', async () => {
    const search = await post(`${ROOT}/search`, { index: 'knowledge.crops.embedding', query: 'a cat' });
    const { results } = (await search.json()) as {
      results: {
        content_id: string;
        confidence_score: number;
        content_metadata: Metadata;
        root_content_metadata: Metadata;
      }[];
    };
    expect(results.length).toBeGreaterThan(1);
    for (const { content_id: id, content_metadata: box, root_content_metadata: root } of results) {
      expect(id).toMatch(new RegExp(String.raw`^${root.id}\.knowledge\.objects\.\d+$`));
      expect(box).toMatchObject({ id, parent_id: root.id, source: 'objects' });
      expect(root.source).toBe('');
    }
    expect(results.map(({ confidence_score: score }) => score)).toEqual(
      results.map(({ confidence_score: score }) => score).toSorted((a, b) => b - a),
    );
  });

  test('ids are those of SQL, in every form in an address', async () => {
    expect(cat).toMatch(/^[0-9a-f]{32}$/);
    expect((await rowsInSql(`content_id = '${cat}'`)).length).toBeGreaterThan(0);
    const padded = await rowsInSql(`content_id = '${GIVEN.padStart(32, '0')}'`);
    expect(new Set(padded.map(({ content_id: id }) => id))).toEqual(new Set([GIVEN]));
    const short = await post(`${ROOT}/sql_query`, { query: `select * from content where content_id = '${GIVEN}'` });
    expect([short.status, await short.text()]).toEqual([500, expect.stringContaining('with zeros in front')]);
    const forms = [GIVEN, 'beef', GIVEN.padStart(32, '0'), '00000000-0000-0000-0000-00000000beef'];
    for (const form of forms) {
      const { content_metadata: found } = await get<{ content_metadata: Metadata }>(`${ROOT}/content/${form}`);
      expect(found.id).toBe(GIVEN);
    }
  });

  test('tasks tell their outcome, by pages, and are counted', async () => {
    const path = `${GRAPH}/extraction_policies/objects/tasks`;
    interface Tasks {
      readonly tasks: readonly { id: string; outcome: number; extractor: string; input_params: string }[];
      readonly total: number;
    }
    const all = await get<Tasks>(`${path}?outcome=Success`);
    expect(all.total).toBe(3);
    for (const task of all.tasks) {
      expect(task).toMatchObject({ outcome: 2, extractor: 'tensorlake/yolo-extractor', input_params: '{"conf":0.3}' });
    }
    const rest = await get<Tasks>(`${path}?limit=2&start_id=${all.tasks[0]?.id}`);
    expect(rest.tasks.map(({ id }) => id)).toEqual(all.tasks.slice(1).map(({ id }) => id));
    expect((await get<Tasks>(`${path}?outcome=Failed`)).tasks).toEqual([]);
    expect((await get<Tasks>(`${path}?outcome=Unknown`)).total).toBe(0);
    const analytics = await get<{ task_analytics: unknown }>(`${GRAPH}/analytics`);
    expect(analytics.task_analytics).toMatchObject({ objects: { pending: 0, success: 3, failure: 0 } });
    expect(await get(`${ROOT}/active_content`)).toEqual([]);
  });

  test('what a policy finishes comes as events, from an offset on', async () => {
    const gone = new AbortController();
    const path = `${GRAPH}/extraction_policies/objects/new_content`;
    const events = async (offset: number, count: number): Promise<{ content: Metadata; offset: number }[]> => {
      const response = await send('GET', `${path}?offset=${offset}`, { signal: gone.signal });
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      let text = '';
      const found = () => [...text.matchAll(/^data: (.*)\n\n/gm)].map(([, data = '']) => JSON.parse(data) as never);
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString();
        if (found().length >= count) break;
      }
      return found();
    };
    const first = await events(0, 3);
    expect(first.map(({ content }) => content.id)).toEqual(expect.arrayContaining([cat, GIVEN]));
    const offsets = first.map(({ offset }) => offset);
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    const [, second] = first;
    expect((await events(second?.offset ?? 0, 2)).map(({ content }) => content.id)).toEqual(
      first.slice(1).map(({ content }) => content.id),
    );
    gone.abort();
  });

  test('what was said of bytes and is not so is noted; texts are stored', async () => {
    const form = formOf(
      [{ name: 'file', filename: 'parrot.jpg', contentType: 'image/png' }],
      readFileSync(testData('data/photos/parrot.jpg')),
    );
    form.append('labels', '{"mime_type": "image/png"}');
    const wrong = await send('POST', `${GRAPH}/extract`, { body: form });
    expect(wrong.headers.get('fovea-warning')).toContain('was declared image/png; its bytes are image/jpeg');
    const texts = await post(`${ROOT}/add_texts`, {
      documents: [{ text: 'one' }, { text: 'zwei ü', labels: { n: 2 } }],
    });
    const { content_ids: ids } = (await texts.json()) as { content_ids: string[] };
    expect(texts.headers.get('fovea-warning')).toContain('nothing will be extracted from it');
    expect(await (await send('GET', `${ROOT}/content/${ids[1]}/download`)).text()).toBe('zwei ü');
    expect(await get(`${ROOT}/content/${ids[1]}/metadata`)).toMatchObject({
      content_metadata: { mime_type: 'text/plain', labels: { n: 2 }, size: 7 },
    });
    const updated = await send('PUT', `${ROOT}/content/${GIVEN}`, {
      body: formOf([{ name: 'file', filename: 'face.jpg' }], readFileSync(testData('data/photos/face.jpg'))),
    });
    expect([updated.status, await updated.json()]).toEqual([200, {}]);
    const { content_metadata: now } = await get<{ content_metadata: { hash: string } }>(`${ROOT}/content/${GIVEN}`);
    const before = (await get<Listed>(`${GRAPH}/content?labels_filter=size%3C10`)).content_list[0];
    expect(before).toMatchObject({ id: GIVEN, hash: now.hash });
    const removed = await post(`${ROOT}/content`, { content_ids: [...ids, 'ffff'] }, 'DELETE');
    expect([removed.status, await removed.json()]).toEqual([200, null]);
    expect(removed.headers.get('fovea-warning')).toContain('There was no content "ffff"');
    expect((await send('GET', `${ROOT}/content/${ids[0]}/metadata`)).status).toBe(404);
  });

  test('a graph that is sent back as it came is the same; policies of March go into the graph "default"', async () => {
    const { extraction_graphs: graphs } = await get<{ extraction_graphs: { name: string }[] }>(
      `${ROOT}/extraction_graphs`,
    );
    const knowledge = graphs.find(({ name }) => name === 'knowledge');
    const again = await post(`${ROOT}/extraction_graphs`, knowledge);
    expect([again.status, again.headers.get('fovea-warning'), await again.text()]).toEqual([
      200,
      null,
      expect.anything(),
    ]);
    const { policies } = await client().graphs.get('knowledge');
    expect(policies.map(({ version }) => version)).toEqual([1, 1, 1]);
    const march = await post(`${ROOT}/extraction_policies`, {
      extractor: 'embedding/clip',
      name: 'clip',
      input_params: { model: 'fovea-tiny' },
    });
    expect([march.status, await march.json()]).toEqual([200, { index_names: ['default.clip.embedding'] }]);
    const search = await post(`${ROOT}/search`, { index: 'clip.embedding', query: 'a dog', k: 1 });
    expect(search.status).toBe(200);
  });

  test('the server tells of itself', async () => {
    const { extractors } = await get<{ extractors: { name: string; outputs: unknown }[] }>('/extractors');
    const outputs = (name: string) => extractors.find((each) => each.name === name)?.outputs;
    expect(outputs('tensorlake/clip-extractor')).toMatchObject({ embedding: { embedding: { distance: 'cosine' } } });
    expect(outputs('tensorlake/yolo-extractor')).toMatchObject({
      metadata: { metadata: { object_name: { type: 'text' }, bounding_box: { type: 'list' } } },
    });
    expect(await get('/executors')).toMatchObject({ executors: [{ id: expect.any(String) }] });
    expect(await get('/state_changes')).toEqual({ state_changes: [] });
    const assignments = await send('GET', '/task_assignments');
    expect([assignments.status, await assignments.text()]).toEqual([404, expect.stringContaining('none is assigned')]);
    const metrics = await (await send('GET', '/metrics')).text();
    expect(metrics).toMatch(
      /^fovea_tasks\{namespace="default",graph="knowledge",policy="objects",version="1",state="done"\} \d+$/m,
    );
    expect(Object.keys((await get<{ paths: object }>(`${ROOT}/openapi.json`)).paths)).toContain(`${GRAPH}/extract`);
    const { ddls, schemas } = await get<{ ddls: Record<string, string>; schemas: { columns: object }[] }>(
      `${ROOT}/schemas`,
    );
    expect(Object.keys(ddls)).toEqual(expect.arrayContaining(['knowledge', 'ingestion']));
    expect(JSON.stringify(schemas)).toContain('"bounding_box":{"type":"LIST"');
    const page = await send('GET', '/ui/default/extractors');
    // Links to the old dashboard open the page.
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });
});
