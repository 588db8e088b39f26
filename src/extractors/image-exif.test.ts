import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import type { ColumnValue } from '../contract/index.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { runBatch } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { cameraName, imageExif } from './image-exif.ts';

const models = createModels({ cacheFolder: '/nonexistent', offline: true });
const sample = (name: string): string => testData(`data/odd-images/exif-samples/jpg/${name}`);

async function exif(bytes: Uint8Array): Promise<Readonly<Record<string, ColumnValue>>> {
  const output = outputOf(await imageExif.describe({}, models));
  const item = await prepareItem('it', bytes, { resize: 'none' });
  const rows = (await runBatch(await imageExif.load({}, models), output, [item])).get('it');
  if (rows === undefined || rows instanceof Error) throw rows ?? new Error('No result');
  expect(rows.length).toBe(1);
  return rows[0]?.columns ?? {};
}

describe.skipIf(!hasTestData)('image/exif', () => {
  testExtractor(imageExif, {
    models,
    pictures: [sample('Canon_40D.jpg'), sample('gps/DSCN0010.jpg'), testData('data/photos/pets.jpg')],
  });

  test('reads camera, exposure and the clock of a real photo', async () => {
    expect(await exif(await readFile(sample('Canon_40D.jpg')))).toMatchObject({
      taken_at: '2008-05-30T15:56:01.000Z',
      taken_local: '2008-05-30T15:56:01',
      taken_zone: 'unknown',
      camera: 'Canon EOS 40D',
      camera_make: 'Canon',
      iso: 100,
      exposure_s: 0.00625,
      f_number: 7.1,
      focal_length_mm: 135,
      orientation: 1,
      latitude: null,
    });
  });

  test('writes what it declared for every odd file that is a picture', async () => {
    const folder = testData('data/odd-images');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
    const items = await Promise.all(
      files.map(async (path) => prepareItem(path, await readFile(path), { resize: 'none' })),
    );
    const output = outputOf(await imageExif.describe({}, models));
    const results = await runBatch(await imageExif.load({}, models), output, items);
    const failures = [...results.values()].filter((result) => result instanceof Error);
    expect(new Set(failures.map(({ name }) => name))).toEqual(new Set(['UnreadableImageError']));
    expect(results.size - failures.length).toBeGreaterThan(100);
  });

  test('reads where a photo was taken', async () => {
    const columns = await exif(await readFile(sample('gps/DSCN0010.jpg')));
    expect(columns['latitude']).toBeCloseTo(43.46745, 4);
    expect(columns['longitude']).toBeCloseTo(11.88513, 4);
  });
});

test('image/exif gives one row of nulls where nothing was written', async () => {
  const bytes = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  expect(new Set(Object.values(await exif(bytes)))).toEqual(new Set([null]));
});

test('cameraName() says the make once', () => {
  expect(cameraName('Canon', 'Canon EOS 40D')).toBe('Canon EOS 40D');
  expect(cameraName('NIKON CORPORATION', 'NIKON D70')).toBe('NIKON D70');
  expect(cameraName('Apple', 'iPhone 13 Pro Max')).toBe('Apple iPhone 13 Pro Max');
  expect(cameraName(null, 'X100')).toBe('X100');
  expect(cameraName('Sony', null)).toBe('Sony');
  expect(cameraName(null, null)).toBeNull();
});
