/**
 * `fovea models verify`: a model's builds compared on the user's own pictures.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { InvalidInputError } from '../contract/index.ts';
import { openPicture, render } from '../image/index.ts';
import type { Pixels } from '../image/index.ts';
import { createModels, verifyVariants } from '../models/index.ts';
import type { VariantReport } from '../models/index.ts';
import { walk } from '../sources/index.ts';
import { resolveOptions } from './options.ts';
import type { EngineOptions } from './options.ts';

/** Enough for a stable mean; more only take longer. */
const MAX_PICTURES = 64;

/** @param paths Picture files, and folders of them; the first 64 pictures that can be read are used. */
export async function verifyModel(
  options: EngineOptions,
  model: string,
  paths: readonly string[],
): Promise<{ model: string; pictures: number; variants: VariantReport[] }> {
  const { models } = resolveOptions(options);
  const { pixels: request } = await createModels(models).describeImageText(model);
  if (request.resize === 'none') throw new InvalidInputError(`Cannot verify model "${model}": it reads no pixels`);
  const pictures: Pixels[] = [];
  for (const path of paths) {
    for await (const entry of walk(path)) {
      if (entry.kind !== 'file' || pictures.length === MAX_PICTURES) continue;
      try {
        pictures.push(await render(await openPicture(await readFile(entry.path)), request));
      } catch {
        // A file that is no picture is no part of the comparison; how many were is in the report.
      }
    }
  }
  return { model, pictures: pictures.length, variants: await verifyVariants(models, model, pictures) };
}
