/**
 * The image retrieval tutorial of Indexify, from a new server to the last answer: as its Python client sends it, and with
 * its TypeScript client of July 2024 unchanged.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExtractionGraph, IndexifyClient } from 'getindexify-july';
import { beforeAll, expect, test } from 'vitest';
import { testData } from '../data.ts';
import { servePhotos } from '../indexify/photo-web.ts';
import { scriptedModel } from '../scripted-model.ts';
import { describeLibraries, type Library, type RunningServer } from './library.ts';

const PHOTOS = [
  'cat_720p.jpg',
  'face.jpg',
  'grace_hopper.bmp',
  'hot_dog.jpg',
  'kite_and_cold.jpg',
  'owl.jpg',
  'parrot.jpg',
  'pets.jpg',
];
const YOLO = `name: 'imageknowledgebase'
extraction_policies:
  - extractor: 'tensorlake/yolo-extractor'
    name: 'object_detection'
`;
const CLIP = `name: 'imageknowledgebase'
extraction_policies:
  - extractor: 'tensorlake/clip-extractor'
    name: 'clip_embedding'
`;
const SKATEBOARDS = "select * from ingestion where object_name='skateboard';";

/** What both clients can do, in the tutorial's words. */
interface Tutorial {
  createGraph(yaml: string): Promise<unknown>;
  ingestRemote(url: string): Promise<unknown>;
  upload(path: string): Promise<string>;
  wait(id: string): Promise<unknown>;
  sql(query: string): Promise<Record<string, unknown>[]>;
  indexes(): Promise<{ name: string; embedding_schema: { dim: number; distance: string } }[]>;
  search(
    name: string,
    query: string,
    topK: number,
  ): Promise<{ content_id: string; confidence_score: number; content_metadata: { name: string } }[]>;
}

describeLibraries('the tutorial of Indexify', (newLibrary) => {
  const model = scriptedModel();
  let images: string;
  let library: Library;
  let server: RunningServer;
  beforeAll(async () => {
    images = await servePhotos();
    library = await newLibrary({
      FOVEA_PRIVATE_HOSTS: '127.0.0.1',
      FOVEA_LLM_URL: model.url,
      FOVEA_LLM_MODEL: 'scripted',
    });
    server = await library.serve();
  });

  test.each([
    ['as Python sends it', 'default', asPython],
    ['with getindexify 0.0.59', 'typescript', asTypeScript],
  ] as const)('%s', async (_name, namespace, start) => {
    const client = server.client.withNamespace(namespace);
    await client.namespaces.create(namespace);
    const tutorial = await start(server.url, namespace);
    await tutorial.createGraph(YOLO);
    // Declared a PNG, as the tutorial does; most are JPEG.
    for (const photo of PHOTOS) await tutorial.ingestRemote(`${images}/${photo}`);
    const local = await tutorial.upload(localPhoto(library));
    await tutorial.wait(local);
    await client.waitUntilIndexed({ timeoutMs: 240_000 });
    expect((await client.status()).contents).toBe(PHOTOS.length + 1);

    // The photos of the test data have no skateboard, and its question none to find; a cat they have.
    expect(await tutorial.sql(SKATEBOARDS)).toEqual([]);
    const cats = await tutorial.sql(SKATEBOARDS.replace('skateboard', 'cat'));
    expect(cats.length).toBeGreaterThan(0);
    for (const cat of cats) {
      expect(cat).toMatchObject({
        content_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        object_name: 'cat',
        bounding_box: Array.from({ length: 4 }, () => expect.any(Number)),
      });
    }
    const [first] = cats;
    const same = await tutorial.sql(`select name from content where content_id = '${String(first?.content_id)}'`);
    expect(same).toEqual([{ name: first?.name }]);

    model.script(`\`\`\`sql\n${SKATEBOARDS}\n\`\`\``, 'There are none.');
    expect(await client.ask('Find the photos with a skateboard?')).toMatchObject({
      contents: [],
      answer: 'There are none.',
    });
    model.script(`\`\`\`sql\n${SKATEBOARDS.replace('skateboard', 'cat')}\n\`\`\``, 'Those.');
    const { contents, sql } = await client.ask('Find the photos with a cat?');
    expect(sql).toContain("object_name='cat'");
    expect(new Set(contents.map(({ name }) => name))).toEqual(new Set(cats.map(({ name }) => name)));

    await tutorial.createGraph(CLIP);
    await client.waitUntilIndexed({ timeoutMs: 240_000 });
    const { spec } = await client.graphs.get('imageknowledgebase');
    expect(spec.policies.map(({ name }) => name).toSorted()).toEqual(['clip_embedding', 'object_detection']);
    const [index] = await tutorial.indexes();
    expect(index).toEqual({
      name: 'imageknowledgebase.clip_embedding.embedding',
      embedding_schema: { dim: expect.any(Number), distance: 'cosine' },
    });
    // Found among what was there before its index was.
    const hits = await tutorial.search('imageknowledgebase.clip_embedding.embedding', 'skateboard', 2);
    expect(hits).toHaveLength(2);
    const parrots = await tutorial.search('imageknowledgebase.clip_embedding.embedding', 'a parrot', 3);
    expect(parrots.map(({ content_metadata: { name } }) => name)).toContain('parrot.jpg');
    for (const { confidence_score: score } of [...hits, ...parrots]) {
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
    }
  });
});

/** A photo that no server has: the bytes are no other's. */
function localPhoto({ folder }: Library): string {
  const path = join(folder, 'local.jpg');
  writeFileSync(path, Buffer.concat([readFileSync(testData('data/photos/owl.jpg')), Buffer.from('local')]));
  return path;
}

/** What the Python client makes of each call, as the recordings have it. */
async function asPython(url: string, namespace: string): Promise<Tutorial> {
  const send = async (method: string, path: string, body?: unknown): Promise<never> => {
    const init =
      body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${url}/namespaces/${namespace}/${path}`, { method, ...init });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return JSON.parse(text) as never;
  };
  expect(await (await fetch(url)).text()).toBe('Indexify Server');
  return {
    createGraph: (yaml) => send('POST', 'extraction_graphs', { ...ExtractionGraph.fromYaml(yaml), namespace }),
    ingestRemote: (photo) =>
      send('POST', 'ingest_remote_file', {
        url: photo,
        mime_type: 'image/png',
        labels: {},
        id: null,
        extraction_graph_names: ['imageknowledgebase'],
      }),
    async upload(path) {
      const form = new FormData();
      form.append('labels', '{}');
      form.append('file', new Blob([new Uint8Array(readFileSync(path))], { type: 'image/jpeg' }), 'local.jpg');
      const response = await fetch(`${url}/namespaces/${namespace}/extraction_graphs/imageknowledgebase/extract`, {
        method: 'POST',
        body: form,
      });
      return ((await response.json()) as { content_id: string }).content_id;
    },
    wait: (id) => send('GET', `content/${id}/wait`),
    async sql(query) {
      const { rows } = await (send('POST', 'sql_query', { query }) as Promise<{
        rows: { data: Record<string, unknown> }[];
      }>);
      return rows.map(({ data }) => data);
    },
    indexes: async () => ((await send('GET', 'indexes')) as { indexes: never }).indexes,
    search: async (name, query, k) =>
      ((await send('POST', `indexes/${name}/search`, { query, k, filters: [] })) as { results: never }).results,
  };
}

async function asTypeScript(serviceUrl: string, namespace: string): Promise<Tutorial> {
  const client = await IndexifyClient.createClient({ serviceUrl, namespace });
  const graph = 'imageknowledgebase';
  return {
    createGraph: (yaml) => client.createExtractionGraph(ExtractionGraph.fromYaml(yaml)),
    ingestRemote: (photo) => client.ingestRemoteFile(photo, 'image/png', {}, graph),
    upload: async (path) => String(await client.uploadFile(graph, path)),
    wait: (id) => client.waitForExtraction(id),
    sql: (query) => client.sqlQuery(query) as Promise<Record<string, unknown>[]>,
    indexes: () => client.indexes() as never,
    search: (name, query, topK) => client.searchIndex(name, query, topK) as never,
  };
}
