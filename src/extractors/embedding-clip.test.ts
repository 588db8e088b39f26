import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { runBatch } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { embeddingClip } from './embedding-clip.ts';

const models = createModels({ cacheFolder: '/nonexistent', localFolders: [testData('models')], offline: true });
const photo = (name: string): string => testData(`data/photos/${name}`);
const photos = ['cat_720p.jpg', 'pets.jpg', 'kite_and_cold.jpg', 'grace_hopper.bmp'] as const;

describe.skipIf(!hasTestData)('embedding/clip', () => {
  describe.each(['fovea-tiny', 'mini-clip'])('with %s', (model) => {
    testExtractor(embeddingClip, {
      models,
      params: { model },
      pictures: [photo(photos[0]), photo(photos[1])],
      batchTolerance: 1e-4,
    });
  });

  test('finds the photo that the words describe', async () => {
    const description = await embeddingClip.describe({ model: 'mini-clip' }, models);
    const loaded = await embeddingClip.load(description.params, models);
    const items = await Promise.all(
      photos.slice(0, 3).map(async (name) => prepareItem(name, await readFile(photo(name)), description.pixels)),
    );
    const results = await runBatch(loaded, outputOf(description), items);
    const queries = ['two dogs', 'a person is flying a kite'];
    const vectors = await loaded.encodeText?.(queries);
    await loaded.close();
    const best = vectors?.map((query) => {
      const scores = [...results].map(([id, rows]) => {
        const vector = rows instanceof Error ? undefined : rows[0]?.vectors['embedding'];
        return { id, score: vector?.reduce((sum, x, i) => sum + x * (query[i] ?? 0), 0) ?? Number.NaN };
      });
      return scores.toSorted((a, b) => b.score - a.score)[0]?.id;
    });
    expect(best).toEqual(['pets.jpg', 'kite_and_cold.jpg']);
  });

  test('pins the model that auto was resolved to, and its space', async () => {
    const description = await embeddingClip.describe({}, models);
    expect(description.params).toEqual({ model: description.model });
    expect(description.model).not.toBe('auto');
    const pinned = await embeddingClip.describe(description.params, models);
    expect(pinned.space).toBe(description.space);
    expect((await embeddingClip.describe({ model: 'mini-clip' }, models)).space).not.toBe(description.space);
  });
});
