import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { temporaryFolders } from '../../test/models/folder.ts';
import { closedAfterEach, offlineModels } from '../../test/models/opened.ts';
import { cosine } from '../../test/models/pictures.ts';
import { writeFolder, writeTinyClip } from '../../test/models/tiny-models.ts';
import { openPicture, render } from '../image/index.ts';

const folder = temporaryFolders();
const opened = closedAfterEach();

describe('names', () => {
  test('that nobody knows are answered with those that are known', async () => {
    const root = folder();
    await writeTinyClip(`${root}/mine`);
    await expect(offlineModels(folder(), { localFolders: [root] }).describeImageText('clop')).rejects.toThrow(
      /Cannot find model "clop": known: "mine", "fovea-tiny".* and \d+ more$/,
    );
  });

  test('of the wrong kind are answered with the right ones', async () => {
    await expect(offlineModels(folder()).describeDetector('fovea-tiny')).rejects.toThrow(
      'it is an image-text model, not a detector',
    );
    await expect(offlineModels(folder()).describeImageText('yolox-nano')).rejects.toThrow('use one of "fovea-tiny"');
  });

  test('of folders that are no models are refused with the reason', async () => {
    await expect(offlineModels(folder()).describeImageText('./no/such/folder')).rejects.toThrow(
      'there is no such folder',
    );
    const empty = await writeFolder(folder(), { 'readme.txt': 'hello' });
    await expect(offlineModels(folder()).describeImageText(empty)).rejects.toThrow('holds neither a config.json');
    const other = await writeFolder(folder(), { 'config.json': { model_type: 'gpt2' } });
    await expect(offlineModels(folder()).describeImageText(other)).rejects.toThrow(
      'model_type "gpt2", and Fovea knows "clip"',
    );
  });
});

describe('fovea-tiny', () => {
  test('is here without a hub, obeys its bilinear filter, and knows red from blue', async () => {
    const models = offlineModels(folder());
    const description = await models.describeImageText('fovea-tiny');
    expect(description).toMatchObject({
      model: 'fovea-tiny',
      dimension: 256,
      pixels: { resize: 'shortestEdge', size: 160, crop: { width: 160, height: 160 }, kernel: 'bilinear' },
    });
    const model = await opened(models.loadImageText('fovea-tiny'));
    // A bag of words that ignores padding: the same text alone and beside a long one.
    const [alone] = await model.encodeTexts(['a dog on the beach']);
    const [beside] = await model.encodeTexts([
      'a dog on the beach',
      'two people are walking down a long street at night',
    ]);
    expect(cosine(alone, beside)).toBeCloseTo(1, 5);
  });

  test.skipIf(!hasTestData)('finds ordinary photos by words', async () => {
    const models = offlineModels(folder());
    const { pixels } = await models.describeImageText('fovea-tiny');
    if (pixels.resize === 'none') throw new Error('It reads pixels');
    const names = ['pets.jpg', 'kite_and_cold.jpg', 'hot_dog.jpg'];
    const model = await opened(models.loadImageText('fovea-tiny'));
    const photos = await Promise.all(
      names.map(async (name) => render(await openPicture(await readFile(testData(`data/photos/${name}`))), pixels)),
    );
    const vectors = await model.encodeImages(photos);
    const [dogs] = await model.encodeTexts(['two dogs']);
    const scores = vectors.map((vector) => cosine(dogs, vector));
    expect(scores.indexOf(Math.max(...scores))).toBe(0);
  });
});

test('importing and describing load no native code', () => {
  const module = new URL('../../dist/models/index.js', import.meta.url);
  const script = `
    const { createModels } = await import('${module}');
    await createModels({ cacheFolder: ${JSON.stringify(folder())}, offline: true }).describeImageText('fovea-tiny');
    console.log(JSON.stringify(process.report.getReport().sharedObjects));`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect([status, stdout.includes('libc'), stdout.includes('onnxruntime')]).toEqual([0, true, false]);
});
