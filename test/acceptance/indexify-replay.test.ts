/**
 * The Python clients of July and August 2024, request by request as they were recorded, with the ids of this server put in.
 * Each reply must have what the client got then: every key, with a value of that type.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../data.ts';
import { bodyOf, type Exchange, lacking, PYTHON, readRecording } from '../indexify/recording.ts';
import { servePhotos } from '../indexify/photo-web.ts';
import { libraries, type RunningServer } from './library.ts';

/** Replies that differ on purpose, by the call that they answer. */
const DIFFERENT: Readonly<Record<string, { readonly status: number; readonly text?: RegExp }>> = {
  // The server of July 2024 had lost this route.
  'get_content_metadata(id)': { status: 200 },
  // A picture: the stub answered every download with a box.
  'download_content(id)': { status: 200 },
  // Graphs are merged; the name is not taken.
  'create_extraction_graph(answered 500 with a text)': { status: 200 },
  // The sentence is shown to a Python user in a 5xx only.
  'sql_query(answered 400 with JSON)': { status: 500, text: /^Cannot .*fail400/ },
  'search_index(answered 404 with JSON)': {
    status: 500,
    text: /^Cannot .*"fail404".*imageknowledgebase\.clip_embedding\.embedding/,
  },
};
/** Lists that are empty: nothing is there yet, or a graph of detectors has no index. */
const EMPTY: Readonly<Record<string, string>> = {
  'IndexifyClient(service_url)': '.extraction_graphs',
  "create_namespace('photos')": '.extraction_graphs',
  'create_extraction_graph(YOLO yaml)': '.indexes',
  'create_extraction_graph(filter list)': '.indexes',
  'create_extraction_graph(filters_eq)': '.indexes',
};

// The adapter knows no database: one is enough.
describe.skipIf(!hasTestData)('recorded Python clients', () => {
  const newLibrary = libraries(false);
  let images: string;
  let server: RunningServer;
  const photo = readFileSync(testData('data/photos/cat_720p.jpg'));
  beforeAll(async () => {
    images = await servePhotos();
    server = await (await newLibrary({ FOVEA_PRIVATE_HOSTS: '127.0.0.1' })).serve();
  });

  test.each(PYTHON)('%s', async (name) => {
    const { client } = server;
    for (const graph of await client.graphs.list()) await client.graphs.delete(graph.name);
    const put = replacer(images);
    const replies = new Map<string, unknown>();
    let checked = 0;
    for (const exchange of readRecording(name)) {
      const { call, request, reply } = exchange;
      if (call.startsWith('wait') || call.startsWith('list')) await client.waitUntilIndexed({ timeoutMs: 120_000 });
      const response = await fetch(`${server.url}${put.in(request.path)}`, {
        ...bodyOf(putInBody(exchange, put.in), photo),
        method: request.method,
      });
      const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
      const body: unknown = isJson ? await response.json() : await response.text();
      const { status, text } = DIFFERENT[call] ?? { status: reply.status };
      expect(response.status, `${call}: ${JSON.stringify(body)}`).toBe(status);
      replies.set(`${request.method} ${call}`, body);
      put.learn(reply.body, body);
      if (text !== undefined) expect(body).toMatch(text);
      if (call in DIFFERENT) continue;
      if (reply.body === null) expect(body).toBeNull();
      const faults = lacking(reply.body, body).filter((fault) => fault !== `${EMPTY[call]} is empty`);
      expect(faults, call).toEqual([]);
      checked += 1;
    }
    expect(checked).toBeGreaterThan(35);
    expect(replies.get('GET download_content(id)')).toEqual(expect.any(String));
    expect(replies.get("POST upload_file([two graphs], path, id='d1a6f7c2b3e4f506')")).toEqual({
      content_id: 'd1a6f7c2b3e4f506',
    });
  });
});

/** Puts this server's ids and addresses in place of recorded ones, and learns ids from its replies. */
function replacer(images: string) {
  const ids = new Map<string, string>([
    ['http://127.0.0.1:9/images/skate.jpg', `${images}/kite_and_cold.jpg`],
    // There is no skateboard among the photos of the test data.
    ["object_name='skateboard'", "object_name='cat'"],
  ]);
  return {
    in: (text: string) => [...ids].reduce((put, [recorded, actual]) => put.replaceAll(recorded, actual), text),
    learn(recorded: unknown, actual: unknown) {
      // The remote photo's id, and that of the first box; the photo's own is sent along.
      const remote = (recorded as { content_id?: string } | null)?.content_id;
      if (remote === 'd1a6f7c2b3e4f507') ids.set(remote, (actual as { content_id: string }).content_id);
      const tree = (actual as { content_tree_metadata?: { id: string; source: string }[] } | null)
        ?.content_tree_metadata;
      const box = tree?.find(({ source }) => source === 'object_detection');
      if (box !== undefined) ids.set('e2b7a8d3c4f50617', box.id);
    },
  };
}

function putInBody(exchange: Exchange, put: (text: string) => string): Exchange {
  const { request } = exchange;
  if (request.body === undefined || 'multipart' in request.body) return exchange;
  return { ...exchange, request: { ...request, body: JSON.parse(put(JSON.stringify(request.body))) as never } };
}
