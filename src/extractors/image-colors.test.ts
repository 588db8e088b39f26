import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { row } from '../extractor/columns.ts';
import { runBatch } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { imageColors } from './image-colors.ts';

const models = createModels({ cacheFolder: '/nonexistent', offline: true });

describe.skipIf(!hasTestData)('image/colors', () => {
  testExtractor(imageColors, {
    models,
    pictures: [testData('data/photos/pets.jpg'), testData('data/photos/parrot.jpg')],
  });
});

test('image/colors writes the largest share first, and as many as were asked for', async () => {
  const [width, height] = [80, 80];
  // Three quarters pure red, one quarter pure blue.
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i += 1) data[i * 3 + (i < 0.75 * width * height ? 0 : 2)] = 255;
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();

  const description = await imageColors.describe({}, models);
  const items = [await prepareItem('it', bytes, description.pixels)];
  const run = async (count: number) =>
    (await runBatch(await imageColors.load({ count }, models), outputOf(description), items)).get('it');
  const red = row({ color: '#ff0000', color_name: 'red', share: 0.75, red: 255, green: 0, blue: 0 });
  const blue = row({ color: '#0000ff', color_name: 'blue', share: 0.25, red: 0, green: 0, blue: 255 });
  expect(await run(3)).toEqual([red, blue]);
  expect(await run(1)).toEqual([red]);
});
