import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { writeTinyBert } from '../../test/models/tiny-models.ts';
import { outputOf } from '../extractor/define.ts';
import { textItem } from '../extractor/prepare-item.ts';
import { runBatch } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { textEmbed } from './text-embed.ts';

/** Made before tests are collected: the suite wants parameters. */
const model = await writeTinyBert(join(await mkdtemp(join(tmpdir(), 'fovea-text-')), 'tiny-e5'));
const models = createModels({ cacheFolder: '/nonexistent', offline: true });

describe('text/embed', () => {
  testExtractor(textEmbed, { models, params: { model }, texts: ['a red photo', 'green'], batchTolerance: 1e-6 });

  test('puts a question and what answers it into one space, each with its prefix', async () => {
    const description = await textEmbed.describe({ model }, models);
    const loaded = await textEmbed.load(description.params, models);
    const items = ['red', 'green', 'blue'].map((text) => ({ id: text, ...textItem(text) }));
    const results = await runBatch(loaded, outputOf(description), items);
    const [query = new Float32Array()] = (await loaded.encodeText?.(['a photo of red'])) ?? [];
    await loaded.close();
    const scores = [...results].map(([id, rows]) => {
      const vector = rows instanceof Error ? undefined : rows[0]?.vectors.embedding;
      return { id, score: vector?.reduce((sum, x, i) => sum + x * (query[i] ?? 0), 0) ?? Number.NaN };
    });
    expect(scores.toSorted((a, b) => b.score - a.score)[0]?.id).toBe('red');
    // With the same prefix the two would be one vector.
    expect(scores[0]?.score).toBeLessThan(0.99);
  });

  test('says that it takes texts where it is given a picture', async () => {
    const loaded = await textEmbed.load({ model }, models);
    const { text: _text, ...picture } = { id: 'p', ...textItem('') };
    expect(String((await loaded.run([picture])).get('p'))).toContain('it takes texts that another policy writes');
    await loaded.close();
  });
});
