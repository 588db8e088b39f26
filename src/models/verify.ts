/**
 * How well the builds of a model agree with its reference (fp32) on the user's own pictures, and how fast they are.
 *
 *     cosine    of a picture's two vectors
 *     overlap   share of its ten nearest other pictures that both builds name
 *
 * Speed is not quality: an 8-bit file can be three times as fast and name other neighbours.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { Pixels } from '../image/pixels.ts';
import type { Variant } from './card.ts';
import { locate } from './locate.ts';
import { createModels } from './models.ts';
import { withVariant } from './model-name.ts';
import { VARIANTS, visionFile } from './onnx-files.ts';
import type { ModelsOptions } from './types.ts';
import { makeWorld } from './world.ts';

/** Neighbours compared. */
const NEIGHBOURS = 10;

export interface VariantReport {
  readonly variant: Variant;
  /** Over the pictures, against fp32. */
  readonly meanCosine: number;
  readonly minCosine: number;
  /** In [0, 1]; of up to ten nearest neighbours. */
  readonly topOverlap: number;
  /** Inference only, one thread. */
  readonly imagesPerSecond: number;
}

/**
 * Compares every build of an image-text model that is here. fp32 comes first and is fetched where it is missing.
 *
 * @param pictures At least two, brought to the size of the model's description.
 */
export async function verifyVariants(
  options: ModelsOptions,
  model: string,
  pictures: readonly Pixels[],
): Promise<VariantReport[]> {
  if (pictures.length < 2) throw new InvalidInputError(`Cannot verify model "${model}": give at least two pictures`);
  const { model: found, variant, files, family } = await locate(model, makeWorld(options));
  if (family !== 'clip' && family !== 'siglip') {
    throw new InvalidInputError(`Cannot verify model "${model}": only image-text models have builds to compare`);
  }
  const base = variant === 'fp32' ? found : found.slice(0, -variant.length - 1);
  const reports: VariantReport[] = [];
  let reference: Float32Array[] | undefined;
  for (const build of VARIANTS) {
    if (build !== 'fp32' && !(await files.has(visionFile(build)))) continue;
    const { vectors, imagesPerSecond } = await encode(options, withVariant(base, build), pictures);
    reference ??= vectors;
    reports.push({ variant: build, ...agreement(reference, vectors), imagesPerSecond });
  }
  return reports;
}

async function encode(
  options: ModelsOptions,
  model: string,
  pictures: readonly Pixels[],
): Promise<{ vectors: Float32Array[]; imagesPerSecond: number }> {
  const loaded = await createModels(options).loadImageText(model);
  try {
    // Loads the weights, so that the clock sees inference only.
    await loaded.encodeImages(pictures.slice(0, 1));
    const start = performance.now();
    const vectors = await loaded.encodeImages(pictures);
    return { vectors, imagesPerSecond: (1000 * pictures.length) / (performance.now() - start) };
  } finally {
    await loaded.close();
  }
}

/** Of two encodings of the same pictures, in the same order; vectors of unit length. */
export function agreement(
  reference: readonly Float32Array[],
  vectors: readonly Float32Array[],
): Pick<VariantReport, 'meanCosine' | 'minCosine' | 'topOverlap'> {
  const pairs = reference.map((vector, index) => dot(vector, vectors[index] ?? new Float32Array()));
  const overlaps = reference.map((_, index) => overlap(nearest(reference, index), nearest(vectors, index)));
  return { meanCosine: mean(pairs), minCosine: Math.min(...pairs), topOverlap: mean(overlaps) };
}

function nearest(vectors: readonly Float32Array[], self: number): number[] {
  const own = vectors[self] ?? new Float32Array();
  return vectors
    .map((vector, index) => ({ index, cosine: dot(own, vector) }))
    .filter(({ index }) => index !== self)
    .toSorted((a, b) => b.cosine - a.cosine || a.index - b.index)
    .slice(0, NEIGHBOURS)
    .map(({ index }) => index);
}

function overlap(a: readonly number[], b: readonly number[]): number {
  return a.filter((index) => b.includes(index)).length / a.length;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
