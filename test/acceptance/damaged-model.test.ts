/**
 * A model's file that is damaged on the disk: its tasks wait and none fails, whoever asks is told which file it is, all else
 * goes on, and so do the tasks once the file is sound again.
 *
 * @module
 */
import { chmodSync, cpSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import type { PolicyProgress } from '../../src/contract/index.ts';
import { hasTestData, testData } from '../data.ts';
import { libraries, type Library } from './library.ts';

const GRAPH = `name: g
extraction_policies:
  - { extractor: image/phash, name: hash }
  - { extractor: embedding/clip, name: clip, input_params: { model: mini-clip } }
  - { extractor: image/yolo, name: objects, input_params: { model: yolox-nano } }
`;
const FILES = {
  vision: 'mini-clip/onnx/vision_model.onnx',
  text: 'mini-clip/onnx/text_model.onnx',
  detector: 'yolox-nano/yolox_nano.onnx',
};
/** Seconds since 1970. */
const LONG_AGO = 1_000_000_000;
const PATIENTLY = { timeout: 120_000 };

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  'cut off': (file) => truncateSync(file, statSync(file).size >> 1),
  empty: (file) => truncateSync(file, 0),
  'of zeros': (file) => writeFileSync(file, Buffer.alloc(statSync(file).size)),
  // The disk's own doing: nobody wrote, so that the time of change is as it was.
  'another by one bit': (file) => {
    const bytes = readFileSync(file);
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    utimesSync(file, LONG_AGO, LONG_AGO);
  },
};

describe.skipIf(!hasTestData)('a model file that is', () => {
  const newLibrary = libraries(false);
  let library: Library;
  let models: string;

  beforeAll(async () => {
    library = await newLibrary();
    models = join(library.folder, 'models');
    for (const model of ['mini-clip', 'yolox-nano'])
      cpSync(testData(`models/${model}`), join(models, model), { recursive: true });
    for (const file of Object.values(FILES)) {
      chmodSync(join(models, file), 0o644);
      utimesSync(join(models, file), LONG_AGO, LONG_AGO);
    }
    library.environment.FOVEA_MODELS = models;
    const { client, stop } = await library.serve();
    await client.graphs.apply(GRAPH);
    await client.upload(readFileSync(testData('data/photos/owl.jpg')), { name: 'owl.jpg' });
    await client.waitUntilIndexed({ timeoutMs: 240_000 });
    expect((await client.search('an owl')).hits).toHaveLength(1);
    await stop();
  });

  test.each(Object.keys(DAMAGES))(
    '%s is named, its tasks wait, all else goes on, and so do they when it is sound',
    async (how) => {
      const contents = Object.keys(DAMAGES).indexOf(how) + 2;
      const [vision = '', text = '', detector = ''] = Object.values(FILES).map((file) => join(models, file));
      const sound = [vision, text, detector].map((file) => ({ file, bytes: readFileSync(file) }));
      for (const { file } of sound) DAMAGES[how]?.(file);
      const { client, stop } = await library.serve();
      const policies = async (): Promise<Record<string, PolicyProgress>> =>
        Object.fromEntries((await client.status()).policies.map((progress) => [progress.policy, progress]));
      await client.upload(await picture(contents), { name: `${how}.png` });

      const damaged = { waiting: 1, running: 0, failed: 0 };
      await expect.poll(policies, PATIENTLY).toMatchObject({
        hash: { done: contents },
        clip: { ...damaged, waitingFor: expect.stringContaining(`"${vision}"`) },
        objects: { ...damaged, waitingFor: expect.stringContaining(`"${detector}"`) },
      });
      await expect(client.search('an owl')).rejects.toMatchObject({
        code: 'model_unavailable',
        // Whoever sees that the pictures' file has changed asks no further.
        message: expect.stringContaining(how === 'another by one bit' ? text : vision),
      });
      expect((await client.search({ where: "name = 'owl.jpg'" })).hits).toHaveLength(1);
      expect((await client.sql('select count(*) as hashes from g where policy = $1', ['hash'])).rows).toEqual([
        { hashes: contents },
      ]);

      for (const { file, bytes } of sound) {
        writeFileSync(file, bytes);
        utimesSync(file, LONG_AGO, LONG_AGO);
      }
      // By themselves, or at once where somebody asks for it.
      if (how !== 'empty') await client.retry();
      const whole = { done: contents, failed: 0, waitingFor: null };
      await expect.poll(policies, PATIENTLY).toMatchObject({ clip: whole, objects: whole });
      expect((await client.search('an owl')).hits).toHaveLength(contents);
      await stop();
    },
  );
});

/** A picture that no other number has. */
function picture(number: number): Promise<Buffer> {
  const background = { r: 60 * number, g: 120, b: 250 - 60 * number };
  return sharp({ create: { width: 64, height: 48, channels: 3, background } })
    .png()
    .toBuffer();
}
