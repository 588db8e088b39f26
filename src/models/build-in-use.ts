/**
 * Which build of a model runs on this machine, for people.
 *
 * @module
 */
import { fileSha256 } from './file-hash.ts';
import { locate } from './locate.ts';
import { visionFile } from './onnx-files.ts';
import { isEightBit, knownChoice } from './signed-choice.ts';
import type { ModelsOptions } from './types.ts';
import { makeWorld } from './world.ts';

/**
 * The precision of a model (`fp32`, `fp16`, `int8`, …), and of 8-bit weights whether they run as published or made signed,
 * which the model's first load decides by running both.
 *
 * @throws InvalidInputError, NotFoundError where there is no such model here.
 */
export async function buildInUse(options: ModelsOptions, model: string): Promise<string> {
  const { family, variant, files } = await locate(model, makeWorld(options));
  const isDual = family === 'clip' || family === 'siglip';
  if (!isDual || !isEightBit(visionFile(variant))) return variant;
  const choice = await knownChoice(
    await fileSha256(await files.path(visionFile(variant)), options.cacheFolder),
    options,
  );
  if (choice === undefined || !choice.rewritten) return variant;
  const [published, signed] = [choice.publishedMs.toFixed(1), choice.signedMs.toFixed(1)];
  if (choice.use === 'signed') return `${variant}, weights made signed (${signed} ms, as published ${published} ms)`;
  const why = choice.identical ? `made signed ${signed} ms` : 'made signed they give other vectors on this CPU';
  return `${variant}, weights as published (${published} ms, ${why})`;
}
