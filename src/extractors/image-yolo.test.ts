import { cp, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { temporaryFolders } from '../../test/models/folder.ts';
import { ModelUnavailableError } from '../contract/index.ts';
import type { FeatureRow } from '../contract/index.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { runBatch } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { imageYolo } from './image-yolo.ts';

const models = createModels({ cacheFolder: '/nonexistent', localFolders: [testData('models')], offline: true });
const photo = (name: string): string => testData(`data/photos/${name}`);
const params = { model: 'yolox-nano' };

async function detect(
  bytes: Uint8Array,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<readonly FeatureRow[]> {
  const description = await imageYolo.describe({ ...params, ...changes }, models);
  const loaded = await imageYolo.load(description.params, models);
  const item = await prepareItem('it', bytes, description.pixels);
  const rows = (await runBatch(loaded, outputOf(description), [item])).get('it');
  await loaded.close();
  if (rows === undefined || rows instanceof Error) throw rows ?? new Error('No result');
  return rows;
}

const names = (rows: readonly FeatureRow[]) => rows.map(({ columns }) => columns['object_name']);

describe.skipIf(!hasTestData)('image/yolo', () => {
  testExtractor(imageYolo, {
    models,
    params,
    pictures: [photo('pets.jpg'), photo('kite_and_cold.jpg'), photo('cat_720p.jpg')],
    batchTolerance: 1e-4,
  });

  test('finds the animals of ordinary photos, best first', async () => {
    expect(names(await detect(await readFile(photo('pets.jpg'))))).toContain('dog');
    expect(names(await detect(await readFile(photo('cat_720p.jpg'))))).toContain('cat');
    const kites = await detect(await readFile(photo('kite_and_cold.jpg')));
    const scores = kites.map(({ columns }) => Number(columns['score']));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('writes one box three ways, with its area', async () => {
    for (const { columns } of await detect(await readFile(photo('pets.jpg')))) {
      const [x1, y1, x2, y2] = [columns['x1'], columns['y1'], columns['x2'], columns['y2']].map(Number);
      expect(columns['bounding_box']).toEqual([x1, y1, x2, y2]);
      expect(columns['area']).toBeCloseTo(((x2 ?? 0) - (x1 ?? 0)) * ((y2 ?? 0) - (y1 ?? 0)));
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'gives boxes in pixels of the upright original for EXIF orientation %i',
    async (orientation) => {
      const upright = await readFile(photo('pets.jpg'));
      const turned = await storedAs(upright, orientation);
      const [best] = await detect(upright);
      const [turnedBest] = await detect(turned);
      expect(turnedBest?.columns['object_name']).toBe(best?.columns['object_name']);
      const box = best?.columns['bounding_box'] as number[];
      const turnedBox = turnedBest?.columns['bounding_box'] as number[];
      expect(intersectionOverUnion(box, turnedBox)).toBeGreaterThan(0.95);
    },
  );

  test('keeps fewer boxes at a higher conf, and every one of them', async () => {
    const bytes = await readFile(photo('kite_and_cold.jpg'));
    const few = await detect(bytes, { conf: 0.5 });
    const many = await detect(bytes, { conf: 0.05 });
    expect(few.length).toBeGreaterThan(0);
    expect(many.length).toBeGreaterThan(few.length);
    expect(few.every(({ columns }) => Number(columns['score']) >= 0.5)).toBe(true);
  });
});

describe('the detector that ships', () => {
  const shipped = fileURLToPath(new URL('../../assets/models', import.meta.url));
  const offline = { cacheFolder: '/nonexistent', offline: true };
  const folder = temporaryFolders();
  const plain = (width: number, height: number, background = '#000') =>
    sharp({ create: { width, height, channels: 3, background } })
      .jpeg()
      .toBuffer();

  describe.skipIf(!hasTestData)('keeps the contract of extractors', () => {
    testExtractor(imageYolo, {
      models,
      params: { model: 'fovea-boxes' },
      pictures: [photo('pets.jpg'), photo('kite_and_cold.jpg'), photo('cat_720p.jpg')],
      batchTolerance: 1e-4,
    });

    test('finds the dog, the cat and the people of ordinary photos', async () => {
      const found = async (name: string) => names(await detect(await readFile(photo(name)), { model: 'fovea-boxes' }));
      expect(await found('pets.jpg')).toContain('dog');
      expect(await found('kite_and_cold.jpg')).toContain('person');
    });
  });

  test.each([
    ['of one pixel', 1, 1],
    ['that is black', 640, 480],
    ['ten times as wide as high', 3000, 300],
    ['ten times as high as wide', 300, 3000],
    ['of 12 megapixels', 4000, 3000],
  ])('takes a picture %s; boxes lie inside of it', async (_, width, height) => {
    const rows = await detect(await plain(width, height), { model: 'fovea-boxes', conf: 0.01 });
    for (const { columns } of rows) {
      const [x1 = -1, y1 = -1, x2 = -1, y2 = -1] = columns['bounding_box'] as number[];
      expect(x1).toBeGreaterThanOrEqual(0);
      expect(y1).toBeGreaterThanOrEqual(0);
      expect(x2).toBeLessThanOrEqual(width);
      expect(y2).toBeLessThanOrEqual(height);
    }
    expect(await detect(await plain(width, height), { model: 'fovea-boxes' })).toEqual([]);
  });

  test.each<[string, (file: string) => Promise<void>]>([
    ['cut off', (file) => truncate(file, 1_000_000)],
    [
      'of another version',
      async (file) => {
        const bytes = await readFile(file);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
    ],
  ])('is refused where its file is %s, with what to do', async (_, damage) => {
    const shippedFolder = folder();
    await cp(join(shipped, 'fovea-boxes'), join(shippedFolder, 'fovea-boxes'), { recursive: true });
    const file = join(shippedFolder, 'fovea-boxes/fovea_boxes.onnx');
    await damage(file);
    const loading = createModels(offline, { shippedFolder }).loadDetector('fovea-boxes');
    await expect(loading).rejects.toBeInstanceOf(ModelUnavailableError);
    await expect(loading).rejects.toThrow(`"${file}"`);
    await expect(loading).rejects.toThrow('install the package again');
  });
});

describe('image/yolo without its model', () => {
  const none = createModels({ cacheFolder: '/nonexistent', offline: true });

  test('describes its output, so that the policy can be made, and can not be loaded', async () => {
    const description = await imageYolo.describe({ model: 'yolox-nano' }, none);
    expect(Object.keys(description.columns)).toContain('object_name');
    await expect(imageYolo.load(description.params, none)).rejects.toThrow(ModelUnavailableError);
  });

  test('says what its tasks wait for where even the configuration is not here', async () => {
    const description = await imageYolo.describe({ model: 'someone/some-detector' }, none);
    expect(Object.keys(description.columns)).toContain('object_name');
    expect(description.waitingFor).toMatch(/^Cannot load model "someone\/some-detector"/);
    expect(description.params['model']).toBe('someone/some-detector');
  });
});

/** For an upright picture `p`, how to turn it so that the EXIF value turns it back: (rotation clockwise, mirror first). */
const STORED: Readonly<Record<number, { readonly rotate: number; readonly mirror: boolean }>> = {
  1: { rotate: 0, mirror: false },
  2: { rotate: 0, mirror: true },
  3: { rotate: 180, mirror: false },
  4: { rotate: 180, mirror: true },
  5: { rotate: 270, mirror: true },
  6: { rotate: 270, mirror: false },
  7: { rotate: 90, mirror: true },
  8: { rotate: 90, mirror: false },
};

/** A JPEG whose stored pixels are turned, and whose EXIF orientation says so: it looks like `upright`. */
async function storedAs(upright: Uint8Array, orientation: number): Promise<Uint8Array> {
  const { rotate, mirror } = STORED[orientation] ?? { rotate: 0, mirror: false };
  const mirrored = await sharp(upright).flop(mirror).png().toBuffer();
  const turned = await sharp(mirrored).rotate(rotate).png().toBuffer();
  return sharp(turned).jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
}

function intersectionOverUnion(a: readonly number[], b: readonly number[]): number {
  const [ax1 = 0, ay1 = 0, ax2 = 0, ay2 = 0] = a;
  const [bx1 = 0, by1 = 0, bx2 = 0, by2 = 0] = b;
  const width = Math.max(0, Math.min(ax2, bx2) - Math.max(ax1, bx1));
  const height = Math.max(0, Math.min(ay2, by2) - Math.max(ay1, by1));
  const both = width * height;
  return both / ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - both);
}
