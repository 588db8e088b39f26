/**
 * Data sets: loaded with what is known of their pictures, again and after a break; and features that a program hands over,
 * which are tables and indexes like any other, and for which nothing waits.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { FoveaClient, GraphSource, LoadDatasetOptions } from '../../src/client/index.ts';
import type { LoadProgress } from '../../src/contract/index.ts';
import { loadExtractor, open } from '../../src/engine/index.ts';
import { testData } from '../data.ts';
import { startHub } from '../models/loopback-hub.ts';
import { pictureColumn, TEXT, writeParquet } from '../parquet.ts';
import { describeLibrary } from './library.ts';

const PHOTOS = ['owl', 'parrot', 'pets'] as const;
const CLIP = { extractor: 'embedding/clip', params: { model: 'fovea-tiny' } };

describeLibrary('a dataset of one’s own', (newLibrary) => {
  let client: FoveaClient;
  let dimension: number;
  let folder: string;
  let loadedFirst: LoadProgress;
  const ids = new Map<string, string>();
  const vectors = new Map<string, Float32Array>();
  const id = (name: string): string => ids.get(name) ?? '';
  const apply = (params: Record<string, unknown>, policy: string, graph = 'pets') =>
    client.graphs.apply({ name: graph, policies: [{ name: policy, extractor: 'given', params }] } as GraphSource, {
      mode: 'merge',
    });

  beforeAll(async () => {
    const library = await newLibrary({ FOVEA_WORKERS: '0' });
    const { home } = library;
    ({ folder } = library);
    await writePokemon(join(folder, 'Pokemon.parquet'));
    const command = ['dataset', 'load', 'Pokemon.parquet', '--text', 'text_en:en', '--text', 'text_zh:zh', '--json'];
    const ran = await library.fovea(...command, '--label', 'level', '--label', 'kind=test', '--graph', 'none');
    expect(ran.code, ran.stderr).toBe(1);
    loadedFirst = ran.json<LoadProgress>();
    mkdirSync(join(folder, 'hub'));
    copyFileSync(join(folder, 'Pokemon.parquet'), join(folder, 'hub/train-00000-of-00001.parquet'));
    const hub = await startHub({ 'datasets/o/of-the-hub': join(folder, 'hub') });
    const folders = { home, models: [testData('models')], hub: { endpoint: hub.endpoint } };
    client = await open({ ...folders, workers: 0, privateHosts: ['127.0.0.1'] });
    const clip = await loadExtractor(CLIP.extractor, { ...folders, params: CLIP.params });
    dimension = clip.output.vectors.embedding?.dimension ?? 0;
    await client.graphs.apply({ name: 'other', policies: [{ name: 'colors', extractor: 'image/colors' }] });
    for (const name of PHOTOS) {
      const bytes = readFileSync(testData(`data/photos/${name}.jpg`));
      ids.set(name, (await client.upload(bytes, { name: `${name}.jpg` })).contentId);
      const [row] = await clip.extract(bytes);
      vectors.set(name, row?.vectors.embedding ?? new Float32Array());
    }
    await clip.close();
    return async () => {
      await client.close();
      await hub.close();
    };
  });

  const load = async (source: string, options: LoadDatasetOptions = {}): Promise<LoadProgress> => {
    let last: LoadProgress | undefined;
    for await (const progress of client.datasets.load(join(folder, source), { graph: 'none', ...options })) {
      const { seen, added, duplicates, matched, skipped, failed } = progress;
      expect(added + duplicates + matched + skipped + failed).toBe(seen);
      last = progress;
    }
    if (last === undefined) throw new Error('The load told nothing');
    return last;
  };
  const write = (name: string, rows: readonly object[]): string => {
    writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return name;
  };
  const texts = [
    { column: 'text_en', language: 'en' },
    { column: 'text_zh', language: 'zh' },
  ];

  test('a data set is loaded with its texts and labels, and what is wrong with a row is told of that row', async () => {
    expect(loadedFirst).toMatchObject({ graph: 'pokemon', rows: 6, seen: 6, added: 3, duplicates: 1, failed: 2 });
    expect(loadedFirst.written).toEqual({ captions: 4 });
    expect(loadedFirst.problems.map(({ row, code }) => [row, code])).toEqual([
      [3, 'no_image'],
      [4, 'no_picture'],
    ]);
    const { rows } = await client.sql('select name, text_en, text_zh, dataset_row from pokemon order by dataset_row');
    expect(rows).toEqual([
      { name: 'owl.jpg', text_en: 'an owl', text_zh: '猫头鹰', dataset_row: 0 },
      { name: 'pokemon-000001.jpeg', text_en: 'a face', text_zh: null, dataset_row: 1 },
      { name: 'owl.jpg', text_en: 'an owl again', text_zh: null, dataset_row: 2 },
      { name: 'pets.jpg', text_en: 'a dog', text_zh: '狗', dataset_row: 5 },
    ]);
    const { contents } = await client.contents.list({ label: ['kind=test'] });
    expect(contents.map(({ labels }) => labels.level).toSorted()).toEqual([1, 2, 5]);
    const { unreadableFiles } = await client.status();
    expect(unreadableFiles.problems.map(({ message }) => message).toSorted()).toEqual([
      expect.stringMatching(/^Cannot load row 3 of ".*Pokemon.parquet": it has no picture$/),
      expect.stringMatching(/^Cannot load row 4 of ".*Pokemon.parquet": its bytes are text, not a picture$/),
    ]);
    await client.retry();
    expect((await client.status()).unreadableFiles.total).toBe(2);
  });

  test('a data set of the hub is loaded by its name', async () => {
    const loadHub = async (source: string): Promise<LoadProgress | undefined> => {
      let last: LoadProgress | undefined;
      for await (const progress of client.datasets.load(source, { texts, graph: 'none' })) last = progress;
      return last;
    };
    expect(await loadHub('hf://o/of-the-hub/train')).toMatchObject({
      graph: 'of_the_hub',
      seen: 6,
      duplicates: 4,
      failed: 2,
      finished: true,
    });
    expect((await client.sql('select text_en from of_the_hub where text_zh is not null')).rows).toHaveLength(2);
    await expect(loadHub('hf://o/nothing')).rejects.toThrow('Cannot find data set "hf://o/nothing@main"');
  });

  test('a data set that is loaded again adds nothing, and one that was broken off goes on', async () => {
    const again = await load('Pokemon.parquet', { texts });
    expect(again).toMatchObject({ seen: 6, added: 0, duplicates: 4, failed: 2, skipped: 0 });
    expect((await client.sql('select 1 from pokemon')).rows).toHaveLength(4);
    for await (const { seen } of client.datasets.load(join(folder, 'Pokemon.parquet'), { texts, graph: 'none' }))
      if (seen === 2) break;
    const rest = await load('Pokemon.parquet', { texts });
    expect(rest.seen).toBe(6);
    expect(rest.skipped).toBeGreaterThanOrEqual(2);
    expect((await client.sql('select 1 from pokemon')).rows).toHaveLength(4);
    expect(await load('Pokemon.parquet', { texts })).toMatchObject({ skipped: 0, duplicates: 4 });
    expect(await load('Pokemon.parquet', { texts, limit: 3 })).toMatchObject({ rows: 3, seen: 3 });
    await expect(load('Pokemon.parquet', { texts: [{ column: 'text_em' }] })).rejects.toThrow(
      'did you mean "text_en"?',
    );
    await expect(load('Pokemon.parquet', { texts: texts.slice(1) })).rejects.toThrow(
      'Cannot change policy "pokemon.captions"',
    );
  });

  test('pictures by address and by path, and boxes that are a table', async () => {
    const picture = readFileSync(testData('data/photos/cat_720p.jpg'));
    const server = createServer((request, response) => {
      if (request.url === '/cat.jpg') response.end(picture);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const objects = [{ label: 'cat', x1: 10, y1: 20, x2: 300, y2: 400 }];
      const source = write('mixed.jsonl', [
        { image: `${origin}/cat.jpg`, objects },
        { image: `${origin}/gone.jpg`, objects: [] },
        { image: testData('data/photos/kite_and_cold.jpg'), objects: [] },
        { image: 'missing.jpg', objects: [] },
      ]);
      const loaded = await load(source, { boxes: 'objects' });
      expect(loaded).toMatchObject({ graph: 'mixed', seen: 4, added: 2, failed: 2, written: { boxes: 1 } });
      expect(loaded.problems.map(({ row, message }) => [row, message])).toEqual([
        [1, expect.stringContaining('404')],
        [3, expect.stringContaining('missing.jpg')],
      ]);
    } finally {
      server.close();
    }
    const { rows } = await client.sql('select name, object_name, score, x2 from mixed');
    expect(rows).toEqual([{ name: 'cat.jpg', object_name: 'cat', score: null, x2: 300 }]);
  });

  test('vectors of contents that are there, of which one is not of unit length', async () => {
    const rows = PHOTOS.map((name) => ({ file: `some/${name}.jpg`, vector: [...(vectors.get(name) ?? [])] }));
    const long = { file: 'kite_and_cold.jpg', vector: (rows[0]?.vector ?? []).map((value) => value * 3) };
    const source = write('vectors.jsonl', [...rows, long, { file: 'nobody.jpg', vector: long.vector }]);
    const options = { image: null, match: 'file', vectors: ['vector'], space: CLIP, name: 'mine' };
    const loaded = await load(source, options);
    expect(loaded).toMatchObject({ seen: 5, matched: 3, failed: 2, written: { vectors: 3 } });
    expect(loaded.problems.map(({ row, code }) => [row, code])).toEqual([
      [3, 'invalid_input'],
      [4, 'unknown_content'],
    ]);
    expect((await load(source, { ...options, normalize: true })).written).toEqual({ vectors: 4 });
    const { hits } = await client.search({ query: 'a bird', index: 'mine.vectors.vector' });
    expect(hits).toHaveLength(4);
  });

  test('captions are a table, are replaced, and nothing waits for them', async () => {
    const text = { type: 'text', language: 'en' };
    expect(await apply({ columns: { text_en: text } }, 'captions')).toMatchObject({ added: ['captions'] });
    // Nobody has handed rows over yet: that is no policy that took nothing.
    expect((await client.status()).notes.join()).not.toContain('captions');
    const rows = (words: string) =>
      PHOTOS.map((name) => ({ contentId: id(name), rows: [{ columns: { text_en: `${words} ${name}` } }] }));
    await client.features.put('pets.captions', rows('one'));
    expect(await client.features.put('pets.captions', rows('a'))).toEqual({ contents: 3, rows: 3, normalized: 0 });
    const table = await client.sql("select text_en from pets where name = 'owl.jpg'");
    expect(table.rows).toEqual([{ text_en: 'a owl' }]);
    const captions = (await client.status()).policies.find(({ policy }) => policy === 'captions');
    expect(captions).toMatchObject({ waiting: 0, done: 3, failed: 0 });
    await expect(apply({ columns: { text_de: text } }, 'captions')).rejects.toThrow(
      'Cannot change policy "pets.captions" (columns',
    );
    expect((await client.sql('select text_en from pets')).rows).toHaveLength(3);
  });

  test('vectors are found by words where they say what made them, and only by each other where not', async () => {
    await apply({ vectors: { embedding: { dimension } }, space: CLIP }, 'declared');
    await apply({ vectors: { embedding: { dimension } }, space: 'pets.declared' }, 'alike');
    await apply({ vectors: { embedding: { dimension } } }, 'bare');
    for (const policy of ['declared', 'alike', 'bare'])
      await client.features.put(
        `pets.${policy}`,
        PHOTOS.map((name) => ({ contentId: id(name), rows: [{ vectors: { embedding: vectors.get(name) ?? [] } }] })),
      );
    const spaces = new Map((await client.indexes()).map(({ name, space }) => [name, space]));
    expect(spaces.get('pets.alike.embedding')).toBe(spaces.get('pets.declared.embedding'));
    expect(spaces.get('pets.bare.embedding')).not.toBe(spaces.get('pets.declared.embedding'));
    const best = async (request: object) => (await client.search(request)).hits.map(({ name }) => name);
    const words = await best({ query: 'a parrot', index: 'pets.alike.embedding' });
    expect(words).toHaveLength(3);
    const picture = readFileSync(testData('data/photos/parrot.jpg'));
    expect((await best({ image: picture, index: 'pets.declared.embedding' }))[0]).toBe('parrot.jpg');
    expect(await best({ like: { contentId: id('owl') }, index: 'pets.bare.embedding' })).toEqual([
      'parrot.jpg',
      'pets.jpg',
    ]);
    await expect(best({ query: 'a parrot', index: 'pets.bare.embedding' })).rejects.toThrow(
      'its vectors were handed over without saying what made them',
    );
  });

  test.each([
    [{ vectors: { embedding: { dimension: 3 } }, space: 'pets.declared' }, 'it has 3 numbers, and those of the space'],
    [{ vectors: { embedding: { dimension: 3 } }, space: 'photos.clip' }, 'Cannot find space "photos.clip"'],
    [{ vectors: { v: { dimension: 3 } }, space: { extractor: 'image/colors' } }, 'it makes no vectors'],
    [{ columns: { name: { type: 'text' } } }, 'is reserved'],
    [{}, 'needs "columns" or "vectors"'],
  ])('a policy with %j is refused', async (params, message) => {
    await expect(apply(params, 'refused')).rejects.toThrow(message);
  });

  test('what would choose contents for rows that are handed over is refused', async () => {
    const params = { columns: { text: { type: 'text' } } };
    const policy = { name: 'p', extractor: 'given', params, filter: [{ key: 'a', op: '=', value: 1 }] };
    await expect(client.graphs.apply({ name: 'g', policies: [policy] } as GraphSource)).rejects.toThrow(
      '"features/given" takes no contents: its rows are handed over',
    );
  });
});

/** Six rows of which two have no picture, one the same as another; in groups of two. */
async function writePokemon(path: string): Promise<void> {
  const picture = (name: string, path_: string | null = null) => {
    return { bytes: new Uint8Array(readFileSync(testData(`data/photos/${name}.jpg`))), path: path_ };
  };
  await writeParquet(path, {
    schema: [
      ...pictureColumn('image'),
      { ...TEXT, name: 'text_en' },
      { ...TEXT, name: 'text_zh' },
      { name: 'level', type: 'INT32', repetition_type: 'OPTIONAL' },
    ],
    groupRows: 2,
    rows: [
      { image: picture('owl', 'images/owl.jpg'), text_en: 'an owl', text_zh: '猫头鹰', level: 1 },
      { image: picture('face'), text_en: 'a face', level: 2 },
      { image: picture('owl', 'other.jpg'), text_en: 'an owl again' },
      { text_en: 'nothing', level: 3 },
      { image: { bytes: new TextEncoder().encode('no picture'), path: null }, text_en: 'a text', level: 4 },
      { image: picture('pets', 'pets.jpg'), text_en: 'a dog', text_zh: '狗', level: 5 },
    ],
  });
}
