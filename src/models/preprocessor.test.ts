import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolders } from '../../test/models/folder.ts';
import { readPreprocessing } from './preprocessor.ts';

const folder = temporaryFolders();
const clip = {
  size: { shortest_edge: 224 },
  do_center_crop: true,
  crop_size: { height: 224, width: 224 },
  resample: 3,
  do_rescale: true,
  rescale_factor: 0.5,
  do_normalize: true,
  image_mean: [0.1, 0.2, 0.3],
  image_std: [0.4, 0.5, 0.6],
};

function read(config: object): ReturnType<typeof readPreprocessing> {
  const path = `${folder()}/preprocessor_config.json`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(config));
  return readPreprocessing(path);
}

test('readPreprocessing() takes size, crop, filter, mean and std from the file', async () => {
  expect(await read(clip)).toEqual({
    pixels: { resize: 'shortestEdge', size: 224, crop: { width: 224, height: 224 }, kernel: 'bicubic' },
    width: 224,
    height: 224,
    factor: 0.5,
    mean: [0.1, 0.2, 0.3],
    std: [0.4, 0.5, 0.6],
  });
});

test.each([
  [1, 'lanczos'],
  [2, 'bilinear'],
  [3, 'bicubic'],
])('readPreprocessing() obeys resample %i', async (resample, kernel) => {
  expect((await read({ ...clip, resample })).pixels).toMatchObject({ kernel });
});

test('readPreprocessing() squashes where width and height are named', async () => {
  const { crop_size: _, ...rest } = clip;
  const config = { ...rest, do_center_crop: null, size: { height: 10, width: 20 }, do_normalize: false };
  expect(await read(config)).toMatchObject({
    pixels: { resize: 'squash', width: 20, height: 10 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  });
});

test('readPreprocessing() takes padding where nothing is to be padded', async () => {
  const { crop_size: _, ...rest } = clip;
  const config = { ...rest, do_center_crop: null, size: { height: 10, width: 20 }, do_pad: true };
  expect(await read(config)).toEqual(await read({ ...config, do_pad: false }));
  expect(await read({ ...config, pad_size: { height: 10, width: 20 } })).toMatchObject({ width: 20 });
  await expect(read({ ...config, pad_size: { height: 20, width: 20 } })).rejects.toThrow('pad_size is not the size');
});

test('readPreprocessing() reads plain numbers as CLIP wrote them first', async () => {
  expect((await read({ ...clip, size: 224, crop_size: 200 })).pixels).toMatchObject({
    resize: 'shortestEdge',
    size: 224,
    crop: { width: 200, height: 200 },
  });
});

test.each([
  ['no resample', { ...clip, resample: undefined }, 'resample'],
  ['nearest', { ...clip, resample: 0 }, 'resample 0 is none of'],
  ['no crop', { ...clip, do_center_crop: false }, 'without naming width and height'],
  ['no mean', { ...clip, image_mean: undefined }, 'image_mean or image_std is missing'],
  ['do_normalize open', { ...clip, do_normalize: undefined }, 'do_normalize'],
  ['padding', { ...clip, do_pad: true }, 'do_pad'],
])('readPreprocessing() refuses to guess: %s', async (_, config, message) => {
  await expect(read(config)).rejects.toThrow(message);
});
