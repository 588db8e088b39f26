import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { writeTinyPpocr } from '../../test/models/tiny-ppocr.ts';
import type { FeatureRow } from '../contract/index.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { runBatch } from '../extractor/run-batch.ts';
import type { LoadedExtractor } from '../extractor/types.ts';
import { createModels } from '../models/index.ts';
import { imageOcr } from './image-ocr.ts';

const models = createModels({ cacheFolder: '/nonexistent', localFolders: [testData('models')], offline: true });
const params = { model: 'ppocr' };
const signs = testData('models/ppocr/sample.jpg');

const textOf = ({ columns }: FeatureRow): unknown => columns['text'];

describe.skipIf(!hasTestData)('image/ocr', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-ocr-'));
  const pictures = [join(folder, 'blank.png'), join(folder, 'sign.png')] as const;
  let loaded: LoadedExtractor;

  beforeAll(async () => {
    const background = { width: 64, height: 48, channels: 3 as const, background: '#fff' };
    await sharp({ create: background }).png().toFile(pictures[0]);
    await sharp(signs).extract({ left: 500, top: 380, width: 200, height: 40 }).png().toFile(pictures[1]);
    loaded = await imageOcr.load(params, models);
  });
  afterAll(async () => {
    await loaded.close();
    rmSync(folder, { recursive: true });
  });

  async function read(bytes: Uint8Array): Promise<readonly FeatureRow[]> {
    const description = await imageOcr.describe(params, models);
    const item = await prepareItem('it', bytes, description.pixels);
    const rows = (await runBatch(loaded, outputOf(description), [item])).get('it');
    if (rows === undefined || rows instanceof Error) throw rows ?? new Error('No result');
    return rows;
  }

  testExtractor(imageOcr, { models, params, pictures });

  test('reads the two signs of a photo exactly, and orders what it reads', async () => {
    const rows = await read(await readFile(signs));
    const [ministry, tourism, coast, ...others] = rows;
    expect([tourism, coast].map((row) => row?.columns['text'])).toEqual(['Japan Tourism Agency', 'Japan Coast Guard']);
    expect(ministry?.columns['text']).toMatch(/^Ministry of ?Land, Infrastructure/);
    expect(others).toEqual([]);
    expect(coast?.columns['score']).toBeGreaterThan(0.9);
    expect(coast?.columns['bounding_box']).toEqual(['x1', 'y1', 'x2', 'y2'].map((side) => coast?.columns[side]));
  });

  test('reads text in every direction in one picture, each from its own beginning', async () => {
    const words = ['Harbour', 'Station', 'Museum', 'Library'];
    const turned = words.map(
      (word, turn) =>
        `<text x="400" y="180" transform="rotate(${turn * 90} 400 400)" text-anchor="middle">${word}</text>`,
    );
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800" font-family="sans-serif" font-size="60">
      <rect width="800" height="800" fill="#eee"/>${turned.join('')}</svg>`;
    const rows = await read(await sharp(Buffer.from(svg)).png().toBuffer());
    expect(rows.map(textOf).toSorted()).toEqual(words.toSorted());
    for (const [turn, word] of words.entries()) {
      const polygon = rows.find((row) => textOf(row) === word)?.columns['polygon'];
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = Array.isArray(polygon) ? polygon.map(Number) : [];
      const degrees = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
      expect((Math.round(degrees / 90) + 4) % 4, word).toBe(turn);
    }
  });

  test.each([
    [1, 1],
    [3000, 8],
    [8, 3000],
  ])('reads nothing in a blank picture of %i × %i', async (width, height) => {
    const background = { width, height, channels: 3 as const, background: '#fff' };
    expect(await read(await sharp({ create: background }).png().toBuffer())).toEqual([]);
  });
});

test('image/ocr gives boxes inside of the picture, also of a line that fills it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-ocr-'));
  const description = await imageOcr.describe({ model: await writeTinyPpocr(folder) }, models);
  const reader = await imageOcr.load(description.params, models);
  const black = sharp({ create: { width: 40, height: 40, channels: 3, background: '#000' } });
  const item = await prepareItem('it', await black.png().toBuffer(), description.pixels);
  const rows = (await runBatch(reader, outputOf(description), [item])).get('it');
  await reader.close();
  rmSync(folder, { recursive: true });
  expect(rows).toMatchObject([{ columns: { text: 'x', bounding_box: [0, 0, 40, 40], x1: 0, y2: 40 } }]);
});

test('image/ocr without a model describes its output, whose text is found by words, and says what is missing', async () => {
  const none = createModels({ cacheFolder: '/nonexistent', offline: true });
  const description = await imageOcr.describe({ language: 'en' }, none);
  expect(description.columns['text']).toMatchObject({ type: 'text', language: 'en' });
  expect(description.waitingFor).toMatch(/there is no text-reader model here/);
  await expect(imageOcr.describe({ language: 'klingonese!' }, none)).rejects.toThrow('must be a language tag');
});
