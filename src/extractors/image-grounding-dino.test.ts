import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { writeTinyGroundingDino } from '../../test/models/tiny-grounding-dino.ts';
import type { FeatureRow } from '../contract/index.ts';
import { outputOf } from '../extractor/define.ts';
import { prepareItem } from '../extractor/prepare-item.ts';
import { runBatch, STANDALONE } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { imageGroundingDino } from './image-grounding-dino.ts';

const folder = mkdtempSync(join(tmpdir(), 'fovea-grounding-'));
afterAll(() => rmSync(folder, { recursive: true }));

const models = createModels({ cacheFolder: '/nonexistent', offline: true });
/** Made before tests are collected: the suite wants paths. */
const model = await writeTinyGroundingDino(join(folder, 'tiny-grounding-dino'));

/** Its left half of one colour, its right half of another. */
const halves = (width: number, height: number, left: string, right: string) =>
  sharp({ create: { width, height, channels: 3, background: left } }).composite([
    {
      input: { create: { width: Math.ceil(width / 2), height, channels: 3, background: right } },
      left: Math.floor(width / 2),
      top: 0,
    },
  ]);

async function run(bytes: Uint8Array, params: Readonly<Record<string, unknown>> = {}): Promise<readonly FeatureRow[]> {
  const description = await imageGroundingDino.describe({ model, prompt: 'red. green. blue.', ...params }, models);
  const loaded = await imageGroundingDino.load(description.params, models);
  const item = await prepareItem('it', bytes, description.pixels);
  const rows = (await runBatch(loaded, outputOf(description), [item])).get('it');
  await loaded.close();
  if (rows === undefined || rows instanceof Error) throw rows ?? new Error('No result');
  return rows;
}

const shown = (rows: readonly FeatureRow[]) =>
  rows.map(({ columns }) => [columns['object_name'], columns['bounding_box']]);

describe('image/grounding-dino', () => {
  const pictures = ['#f00', '#00f'].map((color, place) => ({ color, path: join(folder, `${place}.png`) }));
  test('is set up', async () => {
    for (const { color, path } of pictures) await halves(64, 64, color, '#0f0').png().toFile(path);
  });
  testExtractor(imageGroundingDino, {
    models,
    params: { model, prompt: 'red. a b c d. green. blue.' },
    pictures: pictures.map(({ path }) => path) as [string, string],
  });

  test('writes a row a box and phrase, in pixels of the upright original', async () => {
    const [first, second] = await run(await halves(640, 320, '#f00', '#00f').png().toBuffer());
    expect(shown([first, second].flatMap((row) => row ?? []))).toEqual([
      ['red', [20, 10, 300, 310]],
      ['blue', [340, 10, 620, 310]],
    ]);
    expect(first?.columns).toMatchObject({
      phrase: 'red',
      area: expect.closeTo(280 * 300, 0),
      score: expect.closeTo(0.98, 2),
    });
    // EXIF 6: stored turned to the left, to be turned to the right.
    const upright = await halves(640, 320, '#f00', '#00f').png().toBuffer();
    const turned = sharp(upright).rotate(270).jpeg().withMetadata({ orientation: 6 });
    const [left] = shown(await run(await turned.toBuffer()));
    expect(left?.[1]).toEqual([20, 10, 300, 310]);
  });

  test.each([
    ['of one pixel', 1, 1, '#000'],
    ['that is black', 64, 64, '#000'],
    ['ten times as wide as high', 640, 64, '#f00'],
    ['of twelve megapixels', 4000, 3000, '#f00'],
  ])('ends with what there is in a picture %s', async (_what, width, height, color) => {
    const bytes = await sharp({ create: { width, height, channels: 3, background: color } })
      .jpeg()
      .toBuffer();
    const rows = await run(bytes);
    expect(rows.map(({ columns }) => columns['object_name'])).toEqual(color === '#000' ? [] : ['red', 'red']);
    for (const { columns } of rows) expect(columns['x2']).toBeLessThanOrEqual(width);
  });

  test('pins the model, and says what many words cost', async () => {
    const many = await imageGroundingDino.describe({ model, prompt: 'red. a b c d. green. blue. e f g h.' }, models);
    expect(many.params).toEqual({
      model,
      prompt: 'red. a b c d. green. blue. e f g h.',
      box_threshold: 0.35,
      text_threshold: 0.25,
      iou: 0.8,
    });
    expect(many.notes).toEqual(['The prompt takes 2 passes over each picture, each as long as one']);
  });

  test.each([
    [{ prompt: '   ' }, 'prompt: must name what to look for'],
    [{ prompt: '...' }, 'the prompt names nothing'],
    [{ prompt: 'word '.repeat(10_000) }, 'prompt: has more than 20,000 characters'],
    [{ prompt: '红色背包' }, "nothing that the model's vocabulary has"],
    [{ box_threshold: 2 }, 'box_threshold'],
  ])('refuses %j', async (params, message) => {
    await expect(imageGroundingDino.describe({ model, ...params }, models)).rejects.toThrow(message);
  });

  test('without its model describes its columns and says what would help', async () => {
    const description = await imageGroundingDino.describe({ prompt: 'a cat' }, models);
    expect(Object.keys(description.columns)).toContain('object_name');
    expect(description.waitingFor).toContain('fovea models pull grounding-dino-tiny');
  });

  test('is alive with every pass, and ends when its worker is to', async () => {
    const description = await imageGroundingDino.describe({ model, prompt: 'red. a b c d. green. blue.' }, models);
    const loaded = await imageGroundingDino.load(description.params, models);
    const item = await prepareItem('it', await halves(64, 64, '#f00', '#00f').png().toBuffer(), description.pixels);
    const [end, beats] = [new AbortController(), { count: 0 }];
    const context = { ...STANDALONE, signal: end.signal, alive: () => void (beats.count += 1) };
    await loaded.run([item], context);
    expect(beats.count).toBe(2);
    end.abort(new Error('the worker ends'));
    await expect(loaded.run([item], context)).rejects.toThrow('the worker ends');
    await loaded.close();
  });
});
