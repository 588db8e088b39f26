/**
 * `fovea import indexify` from a server made of recorded replies: graphs, contents under their ids, labels; what fails is told
 * by content, and done again it copies only what lacks.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type ImportedNamespace, importIndexify } from '../../src/engine/index.ts';
import type { Content } from '../../src/contract/index.ts';
import { hasTestData, testData } from '../data.ts';
import {
  type Fault,
  oldGraph,
  type OldIndexifyServer,
  type OldPicture,
  startOldServer,
} from '../old-indexify-server.ts';
import { describeLibrary, type Library, type RunningServer } from './library.ts';

const NANOID = 'V1StGXR8_Z5jdHi6';
const photo = (name: string): Uint8Array => new Uint8Array(readFileSync(testData(`data/photos/${name}.jpg`)));

/** Seven pictures and a text, in two graphs. */
function photos(): OldPicture[] {
  const graphs = ['imageknowledgebase'];
  return [
    {
      id: 'd1a6f7c2b3e4f506',
      graphs: [...graphs, 'crops'],
      bytes: photo('pets'),
      labels: { source: 'nyc', size: 10, seen: true },
    },
    { id: 'd1a6f7c2b3e4f507', graphs, bytes: photo('owl'), labels: { tags: ['a', 'b'], nothing: null } },
    { id: '0A', graphs, bytes: photo('parrot'), mimeType: 'image/png' },
    { id: NANOID, graphs, bytes: photo('face'), name: 'https://example.org/images/face.jpg?x=1', remote: true },
    { id: 'd1a6f7c2b3e4f508', graphs, bytes: photo('cat_720p') },
    { id: 'd1a6f7c2b3e4f509', graphs: ['crops'], bytes: photo('pets') },
    { id: 'd1a6f7c2b3e4f50a', graphs, bytes: new TextEncoder().encode('a text'), mimeType: 'text/plain' },
    { id: 'd1a6f7c2b3e4f50b', graphs, bytes: photo('hot_dog') },
  ];
}

const graphs = (): unknown[] => [
  oldGraph('imageknowledgebase', [
    {
      name: 'object_detection',
      extractor: 'tensorlake/yolo-extractor',
      input_params: { conf: 0.4, model_name: 'yolov8n.pt' },
    },
    { name: 'describe', extractor: 'yenicelik/identity-hash-extractor' },
    { name: 'described', extractor: 'tensorlake/ner', content_source: 'describe' },
    {
      name: 'clip_embedding',
      extractor: 'tensorlake/clip-extractor',
      filter: ['source=nyc'],
      filters_eq: { source: 'nyc' },
    },
    { name: 'of_descriptions', extractor: 'tensorlake/clip-extractor', content_source: 'describe' },
  ]),
  oldGraph('crops', [
    { name: 'objects', extractor: 'hub://image/yolo', filters_eq: { source: 'nyc' } },
    { name: 'strange', extractor: 'tensorlake/yolo-extractor', input_params: { conf: 7 } },
    { name: 'crop_embedding', extractor: 'tensorlake/clip-extractor', content_source: 'objects' },
  ]),
];

const FAULTS: Readonly<Record<string, Fault>> = {
  d1a6f7c2b3e4f507: 'error',
  '0A': 'missing',
  [NANOID]: 'page',
  d1a6f7c2b3e4f508: 'breaks off',
  d1a6f7c2b3e4f50b: 'other bytes',
};

describeLibrary('fovea import indexify', (newLibrary) => {
  let library: Library;
  let server: RunningServer;
  let old: OldIndexifyServer;
  let contents: OldPicture[];
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_WORKERS: '0' });
    server = await library.serve();
    contents = photos();
    old = await startOldServer({
      namespaces: { default: { graphs: graphs(), contents }, empty: { graphs: [], contents: [] } },
    });
    return () => old.close();
  });
  const imported = async (code: number, ...args: string[]): Promise<ImportedNamespace> => {
    const ran = await library.fovea('import', 'indexify', '--url', old.url, ...args, '--json');
    expect(ran.code, ran.stderr).toBe(code);
    const [first] = ran.json<ImportedNamespace[]>();
    if (first === undefined) throw new Error('No namespace was imported');
    return first;
  };

  const contentsHere = async (): Promise<Map<string, Content>> => {
    const here = new Map<string, Content>();
    for await (const content of server.client.contents.each()) here.set(content.givenId ?? '', content);
    return here;
  };

  test('tells by content what could not be copied, and copies all else', async () => {
    for (const [id, fault] of Object.entries(FAULTS)) old.faults.set(id, fault);
    const { contents: counts, graphs: made } = await imported(1, '--namespace', 'default');
    expect(counts).toMatchObject({ seen: 8, copied: 2, present: 0, failed: 5, skipped: { 'text/plain': 1 } });
    expect(Object.fromEntries(counts.problems.map(({ contentId, message }) => [contentId, message]))).toEqual({
      d1a6f7c2b3e4f507: expect.stringContaining('500, failed to read content'),
      '0A': expect.stringContaining('404, content not found'),
      [NANOID]: expect.stringContaining('no picture'),
      d1a6f7c2b3e4f508: expect.stringContaining('broke off'),
      d1a6f7c2b3e4f50b: expect.stringContaining('other bytes'),
    });
    expect(made.map(({ graph, added }) => [graph, added])).toEqual([
      ['imageknowledgebase', ['object_detection', 'clip_embedding']],
      ['crops', ['objects', 'crop_embedding']],
    ]);
    const leftOut = made.flatMap((each) => each.leftOut).join('\n');
    for (const words of [
      /"describe" was left out: "yenicelik\/identity-hash-extractor": .*nearest is "image\/phash"/,
      /"described" was left out: "tensorlake\/ner": .*texts/,
      /"of_descriptions" was left out: it takes from "describe"/,
      /parameters of policy "object_detection": "model_name: yolov8n.pt" was ignored: .*"model"/,
      /"crops": policy "strange" was left out: .*1/,
    ])
      expect(leftOut).toMatch(words);
  });

  test('done again, it copies only what lacks', async () => {
    old.faults.clear();
    old.downloads.length = 0;
    const { contents: counts, graphs: made } = await imported(0, '--namespace', 'default');
    expect(counts).toMatchObject({ seen: 8, copied: 5, present: 2, failed: 0, problems: [] });
    expect(old.downloads.toSorted()).toEqual(Object.keys(FAULTS).toSorted());
    expect(made.flatMap(({ added }) => added)).toEqual([]);
  });

  test('keeps bytes, ids, labels, names and policies', async () => {
    const here = await contentsHere();
    const pictures = contents.filter(({ mimeType }) => mimeType !== 'text/plain');
    expect(here.size).toBe(pictures.length);
    for (const { id, bytes } of pictures) {
      const content = [...here.values()].find((each) => each.givenId === id || each.labels.indexify_id === id);
      expect(content?.sha256, id).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(here.get('d1a6f7c2b3e4f506')?.labels).toEqual({ source: 'nyc', size: 10, seen: true });
    expect(here.get('d1a6f7c2b3e4f507')?.labels).toEqual({ tags: '["a","b"]' });
    const remote = [...here.values()].find(({ labels }) => labels.indexify_id === NANOID);
    expect([remote?.name, remote?.mimeType]).toEqual(['face.jpg', 'image/jpeg']);
    const { spec } = await server.client.graphs.get('imageknowledgebase');
    expect(spec.policies).toMatchObject([
      { name: 'object_detection', extractor: 'image/yolo', params: { conf: 0.4 } },
      { name: 'clip_embedding', filter: [{ key: 'source', op: '=', value: 'nyc' }] },
    ]);
    expect((await server.client.graphs.get('crops')).spec.policies).toMatchObject([
      { name: 'objects', filter: [{ key: 'source', op: '=', value: 'nyc' }] },
      { name: 'crop_embedding', contentSource: 'objects' },
    ]);
  });

  test('brings labels and bytes up to date that changed there, and leaves what changed here', async () => {
    const [first, second] = contents;
    if (first === undefined || second === undefined) throw new Error('No contents');
    first.labels = { ...first.labels, source: 'rome' };
    second.bytes = photo('kite_and_cold');
    await server.client.graphs.apply(
      'name: crops\nextraction_policies:\n  - { name: objects, extractor: image/yolo, input_params: { conf: 0.9 } }\n',
      { mode: 'merge' },
    );
    old.downloads.length = 0;
    const { contents: counts } = await imported(0, '--namespace', 'default');
    expect(counts).toMatchObject({ copied: 0, updated: 1, present: 6, failed: 0 });
    expect(old.downloads).toEqual([second.id]);
    const here = await contentsHere();
    expect(here.get(first.id)?.labels).toMatchObject({ source: 'rome', size: 10 });
    expect(here.get(second.id)?.sha256).toBe(createHash('sha256').update(second.bytes).digest('hex'));
    const { spec } = await server.client.graphs.get('crops');
    expect(spec.policies.find(({ name }) => name === 'objects')?.params).toEqual({ conf: 0.9 });
  });

  test('says what it did, in words', async () => {
    const ran = await library.fovea('import', 'indexify', '--url', old.url.replace('http://', ''));
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain('default: 8 contents; 0 copied, 7 here already, 1 left there, being text/plain');
    expect(ran.stdout).toContain('graph crops: 0 policies made, 2 here already');
    expect(ran.stdout).toContain('empty: 0 contents; 0 copied');
    expect(ran.stderr).toContain('policy "describe" was left out');
  });

  test.each(['may', 'july'] as const)('lists in the form of %s, also where pages repeat nothing', async (form) => {
    const other = await startOldServer({
      form,
      repeats: form === 'july',
      namespaces: { 'Old-1': { graphs: graphs(), contents: photos() } },
    });
    try {
      const [one] = await importIndexify(server.client, { url: other.url, into: `of_${form}` });
      expect(one?.contents).toMatchObject({ seen: 8, copied: 7, problems: [] });
      await expect(importIndexify(server.client, { url: other.url })).rejects.toThrow(
        'import it alone, into another name',
      );
    } finally {
      await other.close();
    }
  });

  test('refuses what is no such server, what it has not, and what does not answer', async () => {
    const gone = await startOldServer({ namespaces: {} });
    await gone.close();
    for (const [args, words] of [
      [['--url', old.url, '--namespace', 'photos'], 'known: "default", "empty"'],
      [['--url', old.url, '--into', 'one'], 'Cannot import 2 namespaces'],
      [['--url', gone.url], 'ECONNREFUSED'],
      [['--url', 'ftp://old'], "write the server's address"],
    ] as const) {
      const ran = await library.fovea('import', 'indexify', ...args);
      expect([args, ran.code, ran.stderr]).toEqual([args, 1, expect.stringContaining(words)]);
    }
    expect((await library.fovea('import', 'indexify')).code).toBe(2);
  });
});

describe.skipIf(!hasTestData)('importIndexify()', () => {
  const other = createServer((request, response) => {
    if (request.url === '/namespaces') response.end('<html>a page</html>');
    else response.end('Indexify Server');
  });
  afterAll(() => void other.close());

  test('is told what is no Indexify server', async () => {
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(importIndexify(connect('http://127.0.0.1:1'), { url })).rejects.toThrow('its answer is no JSON');
  });
});
