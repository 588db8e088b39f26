import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { outputOf } from '../../src/extractor/define.ts';
import { loadModule } from '../../src/extractor/load-module.ts';
import { runBatch } from '../../src/extractor/run-batch.ts';
import type { ExtractorItem } from '../../src/extractor/types.ts';
import { createModels } from '../../src/models/index.ts';

const file = fileURLToPath(new URL('average-color.mjs', import.meta.url));

/** A picture of two pixels, one above the other. */
function picture(id: string, top: readonly number[], bottom: readonly number[]): ExtractorItem {
  const pixels = {
    data: Uint8Array.from([...top, ...bottom]),
    width: 1,
    height: 2,
    toOriginal: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
  };
  return { id, pixels, bytes: new Uint8Array(), mimeType: 'image/png', original: { width: 1, height: 2 } };
}

const [extractor] = await loadModule(file);
if (extractor === undefined) throw new Error('No extractor');
const models = createModels({ cacheFolder: 'unused', offline: true });

describe.skipIf(!hasTestData)('examples/custom-extractor', () => {
  testExtractor(extractor, {
    models,
    pictures: [testData('data/photos/pets.jpg'), testData('data/photos/owl.jpg')],
  });
});

test('examples/custom-extractor is loaded by its path and writes what it declared', async () => {
  expect(extractor.name).toBe('image/average-color');
  const output = outputOf(await extractor.describe({}, models));
  const items = [picture('red and black', [255, 0, 0], [0, 0, 0]), picture('grey', [100, 100, 100], [50, 50, 50])];

  const all = await runBatch(await extractor.load({}, models), output, items);
  expect(all.get('red and black')).toEqual([{ columns: { red: 127.5, green: 0, blue: 0 }, vectors: {} }]);
  expect(all.get('grey')).toEqual([{ columns: { red: 75, green: 75, blue: 75 }, vectors: {} }]);

  const everySecond = await runBatch(await extractor.load({ stride: 2 }, models), output, items);
  expect(everySecond.get('red and black')).toEqual([{ columns: { red: 255, green: 0, blue: 0 }, vectors: {} }]);
});
