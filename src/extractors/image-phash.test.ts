import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { runBatch } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { imagePhash } from './image-phash.ts';

const models = createModels({ cacheFolder: '/nonexistent', offline: true });
const photo = (name: string): string => testData(`data/photos/${name}`);

describe.skipIf(!hasTestData)('image/phash', () => {
  testExtractor(imagePhash, { models, pictures: [photo('pets.jpg'), photo('owl.jpg')] });

  test('gives a copy nearly the same hashes, and another picture others', async () => {
    const pets = await readFile(photo('pets.jpg'));
    const copy = await sharp(pets).resize(300).jpeg({ quality: 60 }).toBuffer();
    const description = await imagePhash.describe({}, models);
    const items = await Promise.all(
      [pets, copy, await readFile(photo('owl.jpg'))].map((bytes, index) =>
        prepareItem(`${index}`, bytes, description.pixels),
      ),
    );
    const results = await runBatch(await imagePhash.load({}, models), outputOf(description), items);
    for (const hash of ['phash', 'dhash']) {
      const [a = '', b = '', other = ''] = [...results.values()].map((rows) =>
        rows instanceof Error ? '' : String(rows[0]?.columns[hash]),
      );
      expect(a).toMatch(/^[0-9a-f]{16}$/);
      expect(bitsThatDiffer(a, b)).toBeLessThanOrEqual(6);
      expect(bitsThatDiffer(a, other)).toBeGreaterThan(16);
    }
  });
});

function bitsThatDiffer(a: string, b: string): number {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;
}
