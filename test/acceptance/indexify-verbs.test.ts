/**
 * The verbs of Indexify's command line, with the names and flags that its tutorial and its documentation used.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadExtractor } from '../../src/engine/index.ts';
import { hasTestData, testData } from '../data.ts';
import { end, libraries, type Library, type RunningServer } from './library.ts';

const GRAPH = `name: imageknowledgebase
extraction_policies:
  - { extractor: tensorlake/yolo-extractor, name: object_detection, input_params: { model: yolox-nano } }
  - { extractor: image/phash, name: hash }
`;

describe.skipIf(!hasTestData)("Indexify's verbs", () => {
  const newLibrary = libraries(false);
  let library: Library;
  let server: RunningServer;
  let said = '';

  beforeAll(async () => {
    library = await newLibrary({ FOVEA_WORKERS: '0' });
    const child = library.start('server', '-d', '--port', '0');
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    server = await library.ready(child);
  });

  test('server -d starts as without it, and says so', () => {
    expect(said).toContain('-d changes nothing');
  });

  test.each(['hub://image/yolo', 'tensorlake/yolo-extractor'])('download %s says which model it is', async (name) => {
    const folder = join(testData('models'), 'yolox-nano');
    const ran = await library.fovea('download', name);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toBe(
      `"${name}" is "image/yolo" here; it runs with the model yolox-nano, which is here: ${folder}\n`,
    );
  });

  test('download of what needs no model says so, and of what nobody has says what is near', async () => {
    const none = await library.fovea('download', 'image/phash');
    expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('needs no model')]);
    const hash = await library.fovea('download', 'hub://embedding/hash-embedding');
    expect([hash.code, hash.stderr]).toEqual([1, expect.stringContaining('no equal of it yet')]);
    expect(hash.stderr).toContain('nearest is "image/phash"');
    const slip = await library.fovea('download', 'hub://image/yollo');
    expect([slip.code, slip.stderr]).toEqual([1, expect.stringContaining('did you mean "image/yolo"?')]);
  });

  test('list --type shows the extractors of a type, and types where there is none', async () => {
    const list = async (...args: string[]): Promise<string[]> => {
      const ran = await library.fovea('list', ...args, '--json');
      expect(ran.code, ran.stderr).toBe(0);
      return ran.json<{ name: string }[]>().map(({ name }) => name);
    };
    expect(await list('--type', 'image')).toEqual([
      'image/colors',
      'image/describe',
      'image/exif',
      'image/faces',
      'image/grounding-dino',
      'image/ocr',
      'image/phash',
      'image/yolo',
    ]);
    const none = await library.fovea('list', '--type', 'audio');
    expect([none.code, none.stdout]).toEqual([0, '']);
    expect(none.stderr).toContain('there are "embedding", "features", "image"');
  });

  test('describe tells what an extractor takes and writes', async () => {
    const ran = await library.fovea('describe', 'tensorlake/yolo-extractor', '--json');
    expect(ran.json()).toMatchObject({
      name: 'image/yolo',
      model: 'yolox-nano',
      params: { properties: { conf: { default: 0.25 } } },
      output: { columns: { object_name: { type: 'text' }, bounding_box: { type: 'box' } } },
    });
    const text = await library.fovea('describe', 'image/yolo');
    for (const line of [/^x1 +real +px +left edge/m, /^conf +number +0\.25 +Lowest score/m])
      expect(text.stdout).toMatch(line);
    const wrong = await library.fovea('describe', 'image/yolo', '--params', '{"config": 1}');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('did you mean "conf"?')]);
  });

  test('run-local runs an extractor on a file or a text, with parameters', async () => {
    const file = testData('data/photos/pets.jpg');
    const python = 'indexify_extractors.yolo.yolo_extractor:YoloExtractor';
    const ran = await library.fovea('run-local', python, '--file', file, '--params', '{"conf": 0.5}', '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const [result] = ran.json<{ input: string; rows: { object_name: string }[] }[]>();
    expect(result?.input).toBe(file);
    expect(result?.rows.map(({ object_name: name }) => name)).toEqual(['dog', 'dog']);
    const text = await library.fovea('run-local', 'tensorlake/clip-extractor', '--text', 'a dog', '--json');
    expect(text.json<{ rows: { embedding: number[] }[] }[]>()[0]?.rows[0]?.embedding.length).toBeGreaterThan(100);
    const refused = await library.fovea('run-local', 'image/yolo', '--text', 'a dog');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('it takes image/*')]);
    for (const args of [['image/yolo'], ['image/yolo', '--file', file, '--params', '[1]']])
      expect((await library.fovea('run-local', ...args)).code).toBe(2);
  });

  test('join-server takes the old flags, says which mean nothing, and works for one extractor by its alias', async () => {
    await server.client.graphs.apply(GRAPH);
    await server.client.upload(readFileSync(testData('data/photos/pets.jpg')), { name: 'pets.jpg' });
    const flags = '--coordinator-addr localhost:8950 --advertise-addr localhost:9500 --listen-port 9500 --workers 1';
    const address = ['--ingestion-addr', new URL(server.url).host];
    const worker = library.start('join-server', 'yolo.yolo_extractor:YoloExtractor', ...address, ...flags.split(' '));
    let heard = '';
    worker.stderr?.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await expect
      .poll(async () => (await server.client.sql('select object_name from ingestion')).rows, { timeout: 60_000 })
      .toHaveLength(2);
    expect(heard).toContain('--coordinator-addr, --advertise-addr, --listen-port: of no meaning here');
    const { policies } = await server.client.status();
    expect(policies.find(({ policy }) => policy === 'hash')).toMatchObject({ done: 0 });
    await end(worker, 'SIGTERM');
    expect(worker.exitCode).toBe(0);
    const unknown = await library.fovea('join-server', 'tensorlake/whisper-asr', '--ingestion-addr', server.url);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('sound and speech')]);
  });
});

describe.skipIf(!hasTestData)('loadExtractor()', () => {
  const options = { models: [testData('models')], hub: { offline: true } };

  test('loads by an old name, extracts from a path and from bytes alike, and from texts where it can', async () => {
    const yolo = await loadExtractor('indexify_extractors.yolo.yolo_extractor:YoloExtractor', {
      ...options,
      params: { conf: 0.5 },
    });
    expect(yolo).toMatchObject({ name: 'image/yolo', params: { model: 'yolox-nano', conf: 0.5 } });
    const path = testData('data/photos/pets.jpg');
    const rows = await yolo.extract(path);
    expect(rows.map(({ columns }) => columns.object_name)).toEqual(['dog', 'dog']);
    expect(await yolo.extract(readFileSync(path))).toEqual(rows);
    await expect(yolo.extract(new Uint8Array(9))).rejects.toThrow('Cannot read picture');
    await expect(yolo.extractText('a dog')).rejects.toThrow('it takes image/*');
    await yolo.close();
  });

  test('refuses what it does not know, with the nearest name', async () => {
    await expect(loadExtractor('image/yollo', options)).rejects.toThrow('did you mean "image/yolo"?');
    await expect(loadExtractor('image/yolo', { ...options, params: { confidence: 1 } })).rejects.toThrow('"conf"');
  });
});
