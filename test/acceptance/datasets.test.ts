/**
 * Features that a program hands over, through the client: they are tables and indexes like any other, and nothing waits
 * for them.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import type { FoveaClient, GraphSource } from '../../src/client/index.ts';
import { loadExtractor, open } from '../../src/engine/index.ts';
import { testData } from '../data.ts';
import { describeLibrary } from './library.ts';

const PHOTOS = ['owl', 'parrot', 'pets'] as const;
const CLIP = { extractor: 'embedding/clip', params: { model: 'fovea-tiny' } };

describeLibrary('a dataset of one’s own', (newLibrary) => {
  let client: FoveaClient;
  let dimension: number;
  const ids = new Map<string, string>();
  const vectors = new Map<string, Float32Array>();
  const id = (name: string): string => ids.get(name) ?? '';
  const apply = (params: Record<string, unknown>, policy: string, graph = 'pets') =>
    client.graphs.apply({ name: graph, policies: [{ name: policy, extractor: 'given', params }] } as GraphSource, {
      mode: 'merge',
    });

  beforeAll(async () => {
    const { home } = await newLibrary();
    const folders = { home, models: [testData('models')], hub: { offline: true } };
    client = await open({ ...folders, workers: 0 });
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
    return () => client.close();
  });

  test('captions are a table, are replaced, and nothing waits for them', async () => {
    const text = { type: 'text', language: 'en' };
    expect(await apply({ columns: { text_en: text } }, 'captions')).toMatchObject({ added: ['captions'] });
    const rows = (words: string) =>
      PHOTOS.map((name) => ({ contentId: id(name), rows: [{ columns: { text_en: `${words} ${name}` } }] }));
    await client.features.put('pets.captions', rows('one'));
    expect(await client.features.put('pets.captions', rows('a'))).toEqual({ contents: 3, rows: 3, normalized: 0 });
    const table = await client.sql("select text_en from pets where name = 'owl.jpg'");
    expect(table.rows).toEqual([{ text_en: 'a owl' }]);
    const { policies, notes } = await client.status();
    expect(policies.find(({ policy }) => policy === 'captions')).toMatchObject({ waiting: 0, done: 3, failed: 0 });
    expect(notes.join()).not.toContain('captions');
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
