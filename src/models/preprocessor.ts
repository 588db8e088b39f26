/**
 * `preprocessor_config.json`: how a picture becomes a model's input. The file is obeyed: what it must say and doesn't is
 * an error, never a guess, because a wrong filter costs points of recall and nobody sees it. Only 1/255 is taken where
 * `rescale_factor` is missing: older files leave it out and no processor has another.
 *
 *     input = (value · rescale_factor − image_mean) / image_std        value 0–255, per channel
 *
 * `resample` is Pillow's number of the filter: 1 Lanczos, 2 bilinear, 3 bicubic.
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError } from '../contract/index.ts';
import type { Kernel, PixelRequest } from '../image/pixels.ts';
import { parseJsonFile } from './config.ts';

const Side = z.int().positive();
const Sides = z.object({ height: Side, width: Side });
const Channels = z.tuple([z.number(), z.number(), z.number()]);

const PreprocessorConfig = z.looseObject({
  do_resize: z.literal(true).optional(),
  do_center_crop: z.boolean().nullish(),
  do_pad: z.boolean().nullish(),
  do_rescale: z.boolean().nullish(),
  do_normalize: z.boolean(),
  size: z.union([Side, Sides, z.object({ shortest_edge: Side })]),
  crop_size: z.union([Side, Sides]).nullish(),
  pad_size: z.union([Side, Sides]).nullish(),
  resample: z.int(),
  rescale_factor: z.number().positive().nullish(),
  image_mean: Channels.nullish(),
  image_std: Channels.nullish(),
});
type PreprocessorConfig = z.infer<typeof PreprocessorConfig>;

/** Pixel arithmetic of a model: `input = (value · factor − mean) / std`, channels in the order R, G, B. */
export interface Preprocessing {
  readonly pixels: PixelRequest;
  /** Size of the input. Pixels. */
  readonly width: number;
  readonly height: number;
  readonly factor: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

const KERNELS: Readonly<Record<number, Kernel>> = { 1: 'lanczos', 2: 'bilinear', 3: 'bicubic' };

/** Throws `InvalidInputError` where the file asks for what Fovea can't do, or leaves out what can't be guessed. */
export async function readPreprocessing(path: string): Promise<Preprocessing> {
  const config = await parseJsonFile(path, PreprocessorConfig);
  const pixels = pixelRequest(config, path);
  const { width, height } = pixels.resize === 'shortestEdge' ? pixels.crop : pixels;
  return {
    pixels,
    width,
    height,
    factor: config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255),
    ...normalisation(config, path),
  };
}

type ModelPixels = Extract<PixelRequest, { resize: 'shortestEdge' | 'squash' }>;

function pixelRequest(config: PreprocessorConfig, path: string): ModelPixels {
  const kernel = KERNELS[config.resample];
  if (kernel === undefined)
    throw refusal(path, `resample ${config.resample} is none of 1 (Lanczos), 2 (bilinear), 3 (bicubic)`);
  const { size } = config;
  const crops = config.do_center_crop === true;
  if (typeof size === 'object' && 'width' in size) {
    if (crops && !sameSides(size, square(config.crop_size)))
      throw refusal(path, 'it squashes and then crops, which Fovea does not do');
    // To the largest of a batch, whose pictures are all of this size.
    if (config.do_pad === true && !sameSides(size, square(config.pad_size)))
      throw refusal(path, 'do_pad is true, and pad_size is not the size');
    return { resize: 'squash', width: size.width, height: size.height, kernel };
  }
  if (config.do_pad === true) throw refusal(path, 'do_pad is true, which leaves the size of the input open');
  const crop = square(config.crop_size);
  if (!crops || crop === undefined) {
    throw refusal(
      path,
      'it resizes without naming width and height, or a crop_size, which leaves the size of the input open',
    );
  }
  return { resize: 'shortestEdge', size: typeof size === 'number' ? size : size.shortest_edge, crop, kernel };
}

function square(side: PreprocessorConfig['crop_size']): { width: number; height: number } | undefined {
  if (side === undefined || side === null) return undefined;
  return typeof side === 'number' ? { width: side, height: side } : { width: side.width, height: side.height };
}

function sameSides(a: { width: number; height: number }, b: { width: number; height: number } | undefined): boolean {
  return b === undefined || (a.width === b.width && a.height === b.height);
}

function normalisation(config: PreprocessorConfig, path: string): Pick<Preprocessing, 'mean' | 'std'> {
  if (!config.do_normalize) return { mean: [0, 0, 0], std: [1, 1, 1] };
  const { image_mean: mean, image_std: std } = config;
  if (mean === undefined || mean === null || std === undefined || std === null) {
    throw refusal(path, 'do_normalize is true, but image_mean or image_std is missing');
  }
  return { mean, std };
}

function refusal(path: string, why: string): InvalidInputError {
  return new InvalidInputError(`Cannot use "${path}": ${why}`);
}
