import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { temporaryFolders } from '../../test/models/folder.ts';
import { startHub } from '../../test/models/loopback-hub.ts';
import { closedAfterEach, colorTable, offlineModels } from '../../test/models/opened.ts';
import { BLUE, cosine, GREEN, plain, RED } from '../../test/models/pictures.ts';
import { quantisedVisionTower, writeTinyClip } from '../../test/models/tiny-models.ts';
import { createModels } from './models.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

describe('a CLIP folder', () => {
  test('describes itself from its configuration', async () => {
    const path = await writeTinyClip(folder());
    expect(await offlineModels(folder()).describeImageText(path)).toEqual({
      model: path,
      pixels: { resize: 'shortestEdge', size: 16, crop: { width: 12, height: 12 }, kernel: 'bicubic' },
      dimension: 3,
      space: expect.stringMatching(/^[0-9a-f]{64}$/),
      weights: `${path}/onnx/vision_model.onnx`,
    });
  });

  test('"red" finds the red picture, in upper case and in a longer text too', async () => {
    const model = await opened(offlineModels(folder()).loadImageText(await writeTinyClip(folder())));
    // The batch pads "red" to the length of the longest; a wrong padding token would drown it.
    expect(await colorTable(model, ['red', 'BLUE', 'a photo a photo green'], 12)).toEqual([
      [1, -0.33, -0.33],
      [-0.33, -0.33, 1],
      [-0.33, 1, -0.33],
    ]);
  });

  test('gives vectors of length 1', async () => {
    const model = await opened(offlineModels(folder()).loadImageText(await writeTinyClip(folder())));
    const [text] = await model.encodeTexts(['red']);
    const [picture] = await model.encodeImages([plain(GREEN, 12)]);
    expect([cosine(text, text), cosine(picture, picture)]).toEqual([expect.closeTo(1), expect.closeTo(1)]);
  });

  test('cuts a long text to 77 tokens', async () => {
    const model = await opened(offlineModels(folder()).loadImageText(await writeTinyClip(folder())));
    const words = (count: number): string => Array.from({ length: count }, () => 'a').join(' ');
    const [inside, outside] = await model.encodeTexts([`${words(74)} red`, `${words(75)} red`]);
    // 74 words, "red", start and end make 77; one more and "red" is cut off, which leaves nothing.
    expect(cosine(inside, inside)).toBeCloseTo(1);
    expect(outside?.every((value) => value === 0)).toBe(true);
  });

  test('takes int32 ids of a fixed length where its graph wants them', async () => {
    const path = await writeTinyClip(folder(), { idType: 'int32', textLength: 77 });
    const model = await opened(offlineModels(folder()).loadImageText(path));
    expect((await colorTable(model, ['red'], 12))[0]).toEqual([1, -0.33, -0.33]);
  });

  test('encodes more pictures than one batch holds, in their order', async () => {
    const model = await opened(offlineModels(folder()).loadImageText(await writeTinyClip(folder())));
    const pictures = Array.from({ length: 19 }, (_, index) => plain(index === 17 ? RED : BLUE, 12));
    const [red] = await model.encodeTexts(['red']);
    const scores = (await model.encodeImages(pictures)).map((vector) => Math.round(cosine(red, vector)));
    expect(scores.indexOf(1)).toBe(17);
    expect(scores).toHaveLength(19);
  });

  test('has another space after another preprocessing', async () => {
    const config = JSON.parse(readFileSync(`${await writeTinyClip(folder())}/preprocessor_config.json`, 'utf8'));
    const other = await writeTinyClip(folder(), { files: { 'preprocessor_config.json': { ...config, resample: 2 } } });
    const models = offlineModels(folder());
    const { space } = await models.describeImageText(await writeTinyClip(folder()));
    expect((await models.describeImageText(other)).space).not.toBe(space);
  });

  test('notices that its weights changed', async () => {
    const path = await writeTinyClip(folder());
    const models = offlineModels(folder());
    const { space } = await models.describeImageText(path);
    expect((await models.describeImageText(path)).space).toBe(space);
    appendFileSync(`${path}/onnx/vision_model.onnx`, Buffer.of(0x12, 0));
    expect((await models.describeImageText(path)).space).not.toBe(space);
  });

  test('runs 8-bit weights, in a space of their own, and keeps which build is faster here', async () => {
    const path = await writeTinyClip(folder(), {
      files: { 'onnx/vision_model_quantized.onnx': quantisedVisionTower() },
    });
    const cache = folder();
    const models = offlineModels(cache);
    const [published, quantised] = [
      await models.describeImageText(path),
      await models.describeImageText(`${path}:quantized`),
    ];
    expect(quantised).toMatchObject({ model: `${path}:quantized`, pixels: published.pixels });
    expect(quantised.space).not.toBe(published.space);
    const vectors = async (model: string): Promise<Float32Array[]> =>
      (await opened(models.loadImageText(model))).encodeImages([plain(RED, 12), plain(BLUE, 12)]);
    const [exact, eight] = [await vectors(path), await vectors(`${path}:quantized`)];
    expect(eight.map((vector, index) => cosine(vector, exact[index]))).toEqual([expect.closeTo(1), expect.closeTo(1)]);
    const kept = readdirSync(`${cache}/.signed`);
    expect(kept.map((name) => name.replace(/^[0-9a-f]{64}/, '').replace(/[0-9a-f]{12}/, 'cpu')).toSorted()).toEqual([
      '.cpu.json',
      '.onnx',
    ]);
  });

  test('says which file is missing', async () => {
    const path = await writeTinyClip(folder());
    rmSync(`${path}/onnx/text_model.onnx`);
    const model = await opened(offlineModels(folder()).loadImageText(path));
    await expect(model.encodeTexts(['red'])).rejects.toThrow(`there is no onnx/text_model.onnx in the folder ${path}`);
  });

  test('refuses weights that are none, and a dimension that is not theirs', async () => {
    const broken = await writeTinyClip(folder(), { files: { 'onnx/vision_model.onnx': 'not a model' } });
    const model = await opened(offlineModels(folder()).loadImageText(broken));
    await expect(model.encodeImages([plain(RED, 12)])).rejects.toMatchObject({
      code: 'model_unavailable',
      message: expect.stringContaining(`"${broken}/onnx/vision_model.onnx"`),
    });
    const config = { model_type: 'clip', projection_dim: 4 };
    const wrong = await opened(
      offlineModels(folder()).loadImageText(await writeTinyClip(folder(), { files: { 'config.json': config } })),
    );
    await expect(wrong.encodeImages([plain(RED, 12)])).rejects.toThrow(
      'it gives 3 numbers for one input, and its configuration says 4',
    );
  });
});

describe.skipIf(!hasTestData)('mini-clip', () => {
  test('mini-clip comes from a hub like any CLIP', async () => {
    const hub = await startHub({ 'test/mini-clip': testData('models/mini-clip') });
    await opened(hub);
    const models = createModels({ cacheFolder: folder(), endpoint: hub.endpoint });
    expect(await models.describeImageText('test/mini-clip')).toMatchObject({
      dimension: 256,
      pixels: { kernel: 'bicubic' },
    });
    const model = await opened(models.loadImageText('test/mini-clip'));
    const [lower, upper] = await model.encodeTexts(['a dog on the beach', 'A Dog On The BEACH']);
    expect(cosine(lower, upper)).toBeCloseTo(1, 5);
  });
});
