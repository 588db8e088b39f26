import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { writeTinySface, writeTinyYunet } from '../../test/models/tiny-faces.ts';
import type { FeatureRow } from '../contract/index.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { runBatch } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { imageFaces } from './image-faces.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-faces-'));
afterAll(() => rmSync(folder, { recursive: true }));

const models = createModels({ cacheFolder: '/nonexistent', localFolders: [testData('models')], offline: true });

async function run(bytes: Uint8Array, params: Readonly<Record<string, unknown>>): Promise<readonly FeatureRow[]> {
  const description = await imageFaces.describe(params, models);
  const loaded = await imageFaces.load(description.params, models);
  const item = await prepareItem('it', bytes, description.pixels);
  const rows = (await runBatch(loaded, outputOf(description), [item])).get('it');
  await loaded.close();
  if (rows === undefined || rows instanceof Error) throw rows ?? new Error('No result');
  return rows;
}

const white = { width: 64, height: 64, channels: 3 as const, background: '#fff' };

describe.skipIf(!hasTestData)('image/faces with UltraFace', () => {
  const params = { model: 'ultraface' };
  const photo = (name: string): string => testData(`data/photos/${name}`);

  testExtractor(imageFaces, { models, params, pictures: [photo('grace_hopper.bmp'), photo('face.jpg')] });

  test('finds the face of a portrait where it is, and keeps nothing that tells people apart', async () => {
    const [face, ...others] = await run(await readFile(photo('grace_hopper.bmp')), params);
    expect(others).toEqual([]);
    expect(face?.columns['score']).toBeGreaterThan(0.9);
    expect(face?.columns['points']).toBeNull();
    expect(face?.vectors).toEqual({});
    const description = await imageFaces.describe(params, models);
    expect([description.vectors, description.space]).toEqual([{}, undefined]);
  });

  test('ends with no rows where a face is 4 pixels large, and in a picture of one pixel', async () => {
    const tiny = await sharp(photo('face.jpg')).resize(4, 4, { fit: 'fill' }).png().toBuffer();
    const crowd = sharp({ create: { ...white, width: 640, height: 480 } }).composite([
      { input: tiny, left: 300, top: 200 },
    ]);
    expect(await run(await crowd.png().toBuffer(), params)).toEqual([]);
    expect(
      await run(
        await sharp({ create: { ...white, width: 1, height: 1 } })
          .png()
          .toBuffer(),
        params,
      ),
    ).toEqual([]);
  });

  test('is refused as a source of embeddings: it gives no points', async () => {
    const sface = await writeTinySface(join(folder, 'sface'));
    await expect(imageFaces.describe({ ...params, embedder: sface }, models)).rejects.toThrow(
      'Cannot embed the faces of model "ultraface": it gives no points',
    );
  });
});

describe('image/faces with points and embeddings', () => {
  const pictures = ['blue', 'green'].map((name) => join(folder, `${name}.png`)) as [string, string];
  const params = { model: join(folder, 'yunet'), embedder: join(folder, 'sface') };

  beforeAll(async () => {
    await writeTinyYunet(params.model);
    await writeTinySface(params.embedder);
    const face = (size: number, color: string) =>
      sharp({ create: { width: size, height: size, channels: 3, background: color } })
        .png()
        .toBuffer();
    for (const [place, color] of ['#0000c8', '#00c800'].entries()) {
      const layers = [
        { input: await face(24, color), left: 8, top: 16 },
        { input: await face(8, '#f00'), left: 16, top: 24 },
      ];
      await sharp({ create: white })
        .composite(layers)
        .png()
        .toFile(pictures[place] ?? '');
    }
  });

  testExtractor(imageFaces, { models, params, pictures });

  test('writes points and a vector for each face, and says what questions the index takes', async () => {
    const [face, ...others] = await run(await readFile(pictures[0]), params);
    expect(others).toEqual([]);
    expect(face?.columns['points']).toHaveLength(10);
    expect(face?.vectors['embedding']).toHaveLength(3);
    const description = await imageFaces.describe(params, models);
    expect(description.vectors['embedding']?.queries).toEqual(['image']);
  });

  test('says that a query picture without a face can not be searched by', async () => {
    const description = await imageFaces.describe(params, models);
    const loaded = await imageFaces.load(params, models);
    const blank = await prepareItem('q', await sharp({ create: white }).png().toBuffer(), description.pixels);
    await expect(loaded.encodeImage?.([blank])).rejects.toThrow('no face is found in it');
    await loaded.close();
  });
});

test('image/faces without a model describes its boxes, and says what is missing', async () => {
  const none = createModels({ cacheFolder: '/nonexistent', offline: true });
  const description = await imageFaces.describe({}, none);
  expect(Object.keys(description.columns)).toContain('points');
  expect(description.waitingFor).toContain('fovea models pull yunet');
});
