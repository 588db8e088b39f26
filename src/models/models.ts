/**
 * The door to models: names come in, descriptions and loaded models go out.
 *
 * @module
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '../contract/index.ts';
import type { ModelInfo } from '../contract/index.ts';
import { chooseModel, isComplete, makeProber } from './auto.ts';
import { createCaptioners } from './captioners.ts';
import type { Family, Kind, Variant } from './card.ts';
import { clipModel } from './clip.ts';
import { COCO_LABELS } from './coco.ts';
import { classLabels, embeddingDimension, readModelConfig } from './config.ts';
import { openDfine } from './dfine.ts';
import { describeFaceDetector, describeFaceEmbedder, loadFaceDetector, loadFaceEmbedder } from './face-models.ts';
import { describeZeroShotDetector, loadZeroShotDetector } from './grounding-dino.ts';
import { kindOf, requireKind } from './kinds.ts';
import { localModelNames, locate, locateCard, neededFiles } from './locate.ts';
import type { LocatedModel } from './locate.ts';
import { parseModelName } from './model-name.ts';
import { modelFile, textFile, TOKENIZER_CONFIG, visionFile } from './onnx-files.ts';
import { loadPpocr } from './ppocr-model.ts';
import { readPreprocessing } from './preprocessor.ts';
import { siglipModel } from './siglip.ts';
import { spaceOf } from './space.ts';
import { describeTextEmbedder, loadTextEmbedder } from './text-embedder.ts';
import type {
  DetectorDescription,
  DetectorModel,
  ImageTextDescription,
  ImageTextModel,
  Models,
  ModelsOptions,
} from './types.ts';
import { usable } from './usable.ts';
import { makeWorld } from './world.ts';
import type { World } from './world.ts';
import { openYolox, yoloxPixels } from './yolox.ts';

/** Opens nothing and asks nobody until a method is called. */
export function createModels(options: ModelsOptions, parts: Partial<Omit<World, 'options'>> = {}): Models {
  const world = makeWorld(options, parts);
  const prober = makeProber(world);
  const find = async (model: string, kind: Kind): Promise<{ located: LocatedModel; note?: string }> => {
    if (parseModelName(model).kind === 'auto') return chooseModel(kind, world, prober);
    return { located: requireKind(refuseVariant(await locate(model, world)), kind, world.cards) };
  };
  return {
    describeImageText: async (model) => {
      const { located, note } = await find(model, 'image-text');
      return { ...(await describeImageText(located)), ...(note === undefined ? {} : { note }) };
    },
    loadImageText: async (model) => loadImageText((await find(model, 'image-text')).located, options),
    describeDetector: async (model) => {
      const { located, note } = await find(model, 'detector');
      return { ...(await describeDetector(located)), ...(note === undefined ? {} : { note }) };
    },
    loadDetector: async (model) => loadDetector((await find(model, 'detector')).located),
    describeZeroShotDetector: async (model, prompt) => {
      const { located, note } = await find(model, 'zero-shot-detector');
      return { ...(await describeZeroShotDetector(located, prompt)), ...(note === undefined ? {} : { note }) };
    },
    loadZeroShotDetector: async (model, prompt) =>
      loadZeroShotDetector((await find(model, 'zero-shot-detector')).located, prompt),
    describeTextReader: async (model) => {
      const { located, note } = await find(model, 'text-reader');
      return { model: located.model, ...(note === undefined ? {} : { note }) };
    },
    loadTextReader: async (model) => loadPpocr((await find(model, 'text-reader')).located),
    describeTextEmbedder: async (model) => {
      const { located, note } = await find(model, 'text-embedding');
      return { ...(await describeTextEmbedder(located)), ...(note === undefined ? {} : { note }) };
    },
    loadTextEmbedder: async (model) => loadTextEmbedder((await find(model, 'text-embedding')).located),
    ...createCaptioners(options, (model) => find(model, 'captioner')),
    describeFaceDetector: async (model) => {
      const { located, note } = await find(model, 'face-detector');
      return { ...describeFaceDetector(located), ...(note === undefined ? {} : { note }) };
    },
    loadFaceDetector: async (model) => loadFaceDetector((await find(model, 'face-detector')).located),
    describeFaceEmbedder: async (model) => {
      const { located, note } = await find(model, 'face-embedder');
      return { ...(await describeFaceEmbedder(located)), ...(note === undefined ? {} : { note }) };
    },
    loadFaceEmbedder: async (model) => loadFaceEmbedder((await find(model, 'face-embedder')).located),
    list: async () => {
      const cards = await Promise.all(world.cards.map((card) => locateCard(card, 'fp32', world)));
      const others = await Promise.all((await localModelNames(world)).map((name) => tryLocate(name, world)));
      return Promise.all([...cards, ...others.filter((located) => located !== undefined)].map(modelInfo));
    },
    pull: async (model, onProgress) => {
      if (parseModelName(model).kind === 'auto') {
        throw new InvalidInputError('Cannot pull "auto": name a model ("fovea models list" shows them)');
      }
      const told = onProgress === undefined ? world : { ...world, options: { ...options, onProgress } };
      return pull(await locate(model, told));
    },
  };
}

/** Families that are published in one build. */
const SINGLE_BUILD: Partial<Record<Family, string>> = {
  yolox: 'YOLOX',
  ppocr: 'PP-OCR',
  yunet: 'YuNet',
  ultraface: 'UltraFace',
  sface: 'SFace',
};

function refuseVariant(located: LocatedModel): LocatedModel {
  const name = SINGLE_BUILD[located.family];
  if (located.variant === 'fp32' || name === undefined) return located;
  throw new InvalidInputError(`Cannot use model "${located.model}": ${name} has no variants`);
}

/** A folder that holds something else is left out of a list. */
async function tryLocate(name: string, world: World): Promise<LocatedModel | undefined> {
  try {
    return await locate(name, world);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

async function describeImageText(located: LocatedModel): Promise<ImageTextDescription> {
  const { model, files } = located;
  const preprocessing = await readPreprocessing(await files.path('preprocessor_config.json'));
  const dimension = await dimensionOf(located);
  const space = spaceOf({ ...(await visionIdentity(located)), preprocessing, dimension });
  const weights = join(files.folder, visionFile(located.variant));
  return { model, pixels: preprocessing.pixels, dimension, space, weights };
}

async function dimensionOf({ card, files }: LocatedModel): Promise<number> {
  if (card?.kind === 'image-text') return card.dimension;
  return embeddingDimension(await readModelConfig(await files.path('config.json')));
}

/** The half-precision build of a known file makes the vectors of the full one (cosine 0.999999): they share its space. */
async function visionIdentity({
  card,
  files,
  variant,
}: LocatedModel): Promise<{ visionSha256: string; variant: Variant }> {
  const visionSha256 = await files.sha256(visionFile(variant));
  const known = (build: Variant): string | undefined =>
    card?.files.find(({ path }) => path === visionFile(build))?.sha256;
  const reference = known('fp32');
  if (variant !== 'fp16' || reference === undefined || known('fp16') !== visionSha256) return { visionSha256, variant };
  return { visionSha256: reference, variant: 'fp32' };
}

async function loadImageText(located: LocatedModel, { cacheFolder }: ModelsOptions): Promise<ImageTextModel> {
  const { files, variant, family } = located;
  const dimension = await dimensionOf(located);
  const source = {
    model: located.model,
    files,
    vision: visionFile(variant),
    text: textFile(variant),
    dimension,
    cacheFolder,
  };
  return family === 'siglip' ? siglipModel(source) : clipModel(source);
}

async function describeDetector(located: LocatedModel): Promise<DetectorDescription> {
  const { model, family, files } = located;
  const labels = await labelsOf(located);
  if (family === 'yolox') return { model, labels, pixels: yoloxPixels(yoloxSize(located)) };
  return { model, labels, pixels: (await readPreprocessing(await files.path('preprocessor_config.json'))).pixels };
}

/** A card's names go before the configuration's, so that `couch` is not `sofa` in one model and `couch` in the next. */
async function labelsOf({ card, family, files, model }: LocatedModel): Promise<readonly string[]> {
  if (card?.kind === 'detector') return card.labels;
  if (family === 'yolox') return COCO_LABELS;
  return classLabels(await readModelConfig(await files.path('config.json')), model);
}

function yoloxSize({ card, single, model }: LocatedModel): number {
  const size = single?.inputSize ?? (card?.kind === 'detector' ? card.inputSize : undefined);
  if (size === undefined) throw new TypeError(`Cannot tell the input size of "${model}"`);
  return size;
}

async function loadDetector(located: LocatedModel): Promise<DetectorModel> {
  const { model } = located;
  const detector = await usable(model, () => openDetector(located));
  return { ...detector, detect: (items, options) => usable(model, () => detector.detect(items, options)) };
}

async function openDetector(located: LocatedModel): Promise<DetectorModel> {
  const { family, files, variant, single, card } = located;
  const labels = await labelsOf(located);
  if (family === 'yolox') {
    const file = single?.file ?? card?.files[0]?.path ?? '';
    return openYolox(await files.sound(file), yoloxSize(located), labels);
  }
  const preprocessing = await readPreprocessing(await files.sound('preprocessor_config.json'));
  return openDfine(await files.sound(modelFile(variant)), preprocessing, labels);
}

async function pull(located: LocatedModel): Promise<ModelInfo> {
  const { files } = located;
  for (const file of neededFiles(located)) await files.sound(file);
  if (kindOf(located) !== 'detector') await files.optional(TOKENIZER_CONFIG);
  return modelInfo(located);
}

async function modelInfo(located: LocatedModel): Promise<ModelInfo> {
  const { model, card, files } = located;
  const here = await isComplete(located);
  return {
    name: model,
    summary: card?.summary ?? 'A model of your own',
    kind: kindOf(located),
    licence: card?.licence ?? 'unknown',
    state: files.origin === 'shipped' ? 'shipped' : here ? 'cached' : 'absent',
    sizeBytes: await sizeOf(located, here),
    source: files.source,
    folder: here ? files.folder : null,
  };
}

/** Sum over what loading needs: of the files where they are here, else of what the card knows; null where it doesn't. */
async function sizeOf(located: LocatedModel, here: boolean): Promise<number | null> {
  let sum = 0;
  for (const file of neededFiles(located)) {
    const known = located.card?.files.find(({ path }) => path === file)?.sizeBytes;
    const size = here ? (await stat(await located.files.path(file))).size : known;
    if (size === undefined) return null;
    sum += size;
  }
  return sum;
}
