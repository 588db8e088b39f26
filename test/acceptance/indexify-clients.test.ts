/**
 * The TypeScript clients of July and August 2024, unmodified, through every call that they have about pictures, in the order
 * in which they were recorded against a stub. What they return must have what they returned then.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../data.ts';
import { lacking } from '../indexify/recording.ts';
import { servePhotos } from '../indexify/photo-web.ts';
import { libraries, type RunningServer } from './library.ts';

type Call = (...given: readonly unknown[]) => Promise<unknown>;
type OldClient = Readonly<Record<string, Call>>;

interface OldPackage {
  readonly IndexifyClient: {
    createClient(options: { serviceUrl: string }): Promise<OldClient>;
    namespaces(options: { serviceUrl: string }): Promise<unknown>;
  };
  readonly ExtractionGraph: { fromYaml(text: string): unknown };
}

const CLIENTS = ['0.0.59', '0.0.75'] as const;
type Version = (typeof CLIENTS)[number];

const PACKAGES: Readonly<Record<Version, () => Promise<unknown>>> = {
  '0.0.59': () => import('getindexify-july'),
  '0.0.75': () => import('getindexify-august'),
};

/** Calls that a client breaks by itself: how, where that shows, or why it is not made. */
const BROKEN: Readonly<
  Record<string, { readonly in: readonly Version[]; readonly how: RegExp | undefined; readonly why: string }>
> = {
  createNamespace: { in: CLIENTS, how: undefined, why: 'asks port 8900 of this machine, where another server may be' },
  extract: { in: CLIENTS, how: undefined, why: 'asks port 8900 of this machine, where another server may be' },
  'uploadFile([two graphs], path)': {
    in: ['0.0.59'],
    how: /socket hang up|ECONNRESET|EPIPE|aborted/,
    why: 'sends the form again that was read to its end',
  },
  'updateContent(id, path)': { in: CLIENTS, how: /status code 400/, why: 'sends the text [object Object] as the file' },
};

const YOLO = `name: 'imageknowledgebase'
extraction_policies:
  - extractor: 'tensorlake/yolo-extractor'
    name: 'object_detection'
`;
const CLIP = YOLO.replace('yolo', 'clip').replace('object_detection', 'clip_embedding');
const CROPS = `name: 'crops'
extraction_policies:
  - extractor: 'tensorlake/yolo-extractor'
    name: 'objects'
    input_params: { conf: 0.4 }
    labels_eq: 'source:nyc'
  - extractor: 'tensorlake/clip-extractor'
    name: 'crop_embedding'
    content_source: 'objects'
`;
const FILTERED = `name: 'filtered'
description: 'only large ones'
extraction_policies:
  - extractor: 'tensorlake/yolo-extractor'
    name: 'objects'
    filter: ['source=nyc', 'size>=10']
`;
const GRAPH = 'imageknowledgebase';
const POLICY = 'object_detection';
const INDEX = 'imageknowledgebase.clip_embedding.embedding';
const ID = 'd1a6f7c2b3e4f506';

// The adapter knows no database: one is enough.
describe.skipIf(!hasTestData)('unmodified clients of Indexify', () => {
  const newLibrary = libraries(false);
  let images: string;
  let server: RunningServer;
  const path = testData('data/photos/cat_720p.jpg');
  beforeAll(async () => {
    images = await servePhotos();
    server = await (await newLibrary({ FOVEA_PRIVATE_HOSTS: '127.0.0.1' })).serve();
  });

  test.each(CLIENTS)('getindexify %s', async (version) => {
    const { IndexifyClient, ExtractionGraph } = (await PACKAGES[version]()) as OldPackage;
    const { client: ours } = server;
    for (const { name } of await ours.graphs.list()) await ours.graphs.delete(name);
    const recorded = recordedReturns(version);
    const made = new Set<string>();
    const client = await IndexifyClient.createClient({ serviceUrl: server.url });
    /** Makes a call under the name that it has in the recording, and holds its value against the recorded one. */
    const call = async (name: string, run: () => Promise<unknown>): Promise<unknown> => {
      made.add(name);
      const broken = BROKEN[name];
      if (broken?.in.includes(version)) {
        await expect(run(), name).rejects.toThrow(broken.how);
        return undefined;
      }
      const value = await run();
      if (!recorded.has(name)) expect.fail(`"${name}" is not in the recording`);
      expect(lacking(recorded.get(name), value), name).toEqual([]);
      return value;
    };
    const create = (text: string) => client.createExtractionGraph?.(ExtractionGraph.fromYaml(text)) ?? missing();

    await call('IndexifyClient.namespaces({serviceUrl})', () => IndexifyClient.namespaces({ serviceUrl: server.url }));
    await call('extractors()', () => of(client, 'extractors'));
    await call('createExtractionGraph(CLIP yaml, same name)', () => create(CLIP));
    await call('createExtractionGraph(YOLO yaml)', () => create(YOLO));
    await call('createExtractionGraph(labels_eq, input_params, content_source)', () => create(CROPS));
    await call('getExtractionGraphs()', () => of(client, 'getExtractionGraphs'));

    await call('uploadFile(graph, path)', () => of(client, 'uploadFile', GRAPH, path));
    await call('uploadFile(graph, path, labels)', () => of(client, 'uploadFile', GRAPH, path, { source: 'nyc' }));
    const id = await call('uploadFile(graph, path, labels, id)', () => of(client, 'uploadFile', GRAPH, path, {}, ID));
    expect(id).toBe(ID);
    await call('uploadFile([two graphs], path)', () => of(client, 'uploadFile', [GRAPH, 'crops'], path));
    const url = `${images}/kite_and_cold.jpg`;
    const remote = (await of(client, 'ingestRemoteFile', url, 'image/png', {}, GRAPH)) as {
      status: number;
      data: { content_id: string };
    };
    expect(remote).toMatchObject({ status: 200, data: { content_id: expect.stringMatching(/^[0-9a-f]{32}$/) } });
    await call('waitForExtraction(id)', () => of(client, 'waitForExtraction', ID));
    await call('waitForExtraction([ids])', () => of(client, 'waitForExtraction', [ID, remote.data.content_id]));
    await ours.waitUntilIndexed({ timeoutMs: 240_000 });

    await call('indexes()', () => of(client, 'indexes'));
    await call("searchIndex(name,'skateboard',2)", () => of(client, 'searchIndex', INDEX, 'skateboard', 2));
    await call('searchIndex(..., filters, include_content)', () =>
      of(client, 'searchIndex', INDEX, 'skateboard', 2, ['source=nyc'], false),
    );
    // There is no skateboard among the photos of the test data.
    await call('sqlQuery(tutorial)', () => of(client, 'sqlQuery', "select * from ingestion where object_name='cat';"));
    await call('getSchemas()', () => of(client, 'getSchemas'));

    const named = { contentId: ID, graphName: GRAPH, policyName: POLICY };
    const extracted = (await call('getExtractedContent({contentId,graphName,policyName})', () =>
      of(client, 'getExtractedContent', named),
    )) as { contentList: { id: string; content_url: string }[] };
    await call('getExtractedContent({..., blocking:true})', () =>
      of(client, 'getExtractedContent', { ...named, blocking: true }),
    );
    await call('getExtractionPolicyContent({...})', () => of(client, 'getExtractionPolicyContent', named));
    await call('getContentMetadata(id)', () => of(client, 'getContentMetadata', ID));
    await call('getStructuredMetadata(id)', () => of(client, 'getStructuredMetadata', ID));
    const box = extracted.contentList[0]?.id ?? '';
    await call('downloadContent(id)', () => of(client, 'downloadContent', box));
    const whole = await fetch(`${server.url}/namespaces/default/content/${ID}/download`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(readFileSync(path))).toBe(true);

    await call('getTasks(graph, policy)', () => of(client, 'getTasks', GRAPH, POLICY));
    const tasks = await of(client, 'getTasks', GRAPH, POLICY, {
      contentId: ID,
      outcome: 'Success',
      limit: 5,
      returnTotal: true,
    });
    expect(JSON.stringify(tasks)).toContain('"outcome":2');
    await call('listContent(graph)', () => of(client, 'listContent', GRAPH));
    const rows = await of(client, 'listContent', GRAPH, 'default', {
      source: POLICY,
      parentId: ID,
      limit: 5,
      returnTotal: true,
    });
    expect(
      lacking(recorded.get('listContent(graph, ns, {source,parentId,labelsFilter,startId,limit,returnTotal})'), rows),
    ).toEqual([]);

    await call('updateLabels(id, {...})', () => of(client, 'updateLabels', ID, { seen: 'yes' }));
    const [contentId] = (await ours.contents.list({ label: ['seen=yes'] })).contents.map((each) => each.givenId);
    expect(contentId).toBe(ID);
    await call('updateContent(id, path)', () => of(client, 'updateContent', ID, path));
    await call('linkExtractionGraphs(...)', () => of(client, 'linkExtractionGraphs', GRAPH, POLICY, 'crops'));
    const [text] = (await call("addDocuments(graph, 'a text')", () =>
      of(client, 'addDocuments', GRAPH, 'a text'),
    )) as string[];
    expect(await (await fetch(`${server.url}/namespaces/default/content/${text}/download`)).text()).toBe('a text');
    if (version === '0.0.75') {
      await call('getExtractionGraphAnalytics({...})', () =>
        of(client, 'getExtractionGraphAnalytics', { namespace: 'default', extractionGraph: GRAPH }),
      );
      await call('deleteContent(ns,id)', () => of(client, 'deleteContent', 'default', ID));
      await call('deleteExtractionGraph(ns,graph)', () => of(client, 'deleteExtractionGraph', 'default', 'crops'));
    } else {
      await call('deleteDocuments([ids])', () => of(client, 'deleteDocuments', [ID]));
    }
    expect((await fetch(`${server.url}/namespaces/default/content/${ID}/metadata`)).status).toBe(404);
    // A graph of detectors has no index.
    expect(await create(FILTERED)).toMatchObject({ indexes: [] });
    await expect(of(client, 'sqlQuery', 'select fail400')).rejects.toMatchObject({
      response: { status: 500, data: expect.stringMatching(/^Cannot .*fail400/) },
    });
    await expect(of(client, 'searchIndex', 'fail404', 'skateboard', 2)).rejects.toMatchObject({
      response: { status: 500, data: expect.stringMatching(/^Cannot .*"fail404"/) },
    });
    const left = [...recorded.keys()].filter((name) => !made.has(name));
    expect(left.filter((name) => !MADE_OTHERWISE.some((part) => name.startsWith(part)))).toEqual([]);
  });
});

/** Beginnings of calls that are checked above without `call`, or not made (`BROKEN`). */
const MADE_OTHERWISE = [
  'IndexifyClient.create',
  'extract({',
  'ingestRemoteFile(',
  'getTasks(graph, policy, {',
  'listContent(graph, ns, {',
  'createExtractionGraph(answered 500',
  'createExtractionGraph(filter list',
  'sqlQuery(answered',
  'searchIndex(answered',
] as const;

function of(client: OldClient, method: string, ...given: readonly unknown[]): Promise<unknown> {
  // A method of the client's: it needs its `this`.
  return client[method]?.(...given) ?? missing();
}

function missing(): Promise<never> {
  return Promise.reject(new Error('The client has no such method'));
}

/** What the calls of a recording returned, by name. */
function recordedReturns(version: Version): Map<string, unknown> {
  const lines = readFileSync(testData(`wire/getindexify-${version}.jsonl`), 'utf8')
    .split('\n')
    .filter(Boolean);
  const all = lines.map((line) => JSON.parse(line) as { call: string; returns?: { value?: unknown } });
  return new Map(all.flatMap(({ call, returns }) => (returns === undefined ? [] : [[call, returns.value ?? null]])));
}
