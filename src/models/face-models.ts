/**
 * Face detectors and embedders as models that are described and loaded.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { InvalidInputError } from '../contract/index.ts';
import type { PixelRequest } from '../image/pixels.ts';
import type { FaceNetwork } from './faces.ts';
import { openFaces } from './faces.ts';
import type { LocatedModel } from './locate.ts';
import { neededFiles } from './locate.ts';
import { openSface } from './sface.ts';
import type {
  FaceDetectorDescription,
  FaceDetectorModel,
  FaceEmbedderDescription,
  FaceEmbedderModel,
} from './types.ts';
import { ultraface, ULTRAFACE_PIXELS } from './ultraface.ts';
import { usable } from './usable.ts';
import { yunet, yunetPixels } from './yunet.ts';

/** Raised when aligning changes so that vectors change. */
const ALIGNMENT_VERSION = 1;

export function describeFaceDetector(located: LocatedModel): FaceDetectorDescription {
  const { model, family } = located;
  const pixels: PixelRequest = family === 'ultraface' ? ULTRAFACE_PIXELS : yunetPixels(inputSize(located));
  return { model, pixels, hasPoints: family === 'yunet' };
}

export async function loadFaceDetector(located: LocatedModel): Promise<FaceDetectorModel> {
  const { model, family, files } = located;
  const network: FaceNetwork = family === 'ultraface' ? ultraface : yunet(inputSize(located));
  const detector = await usable(model, async () => openFaces(await files.sound(fileOf(located)), network));
  return { ...detector, detect: (items, options) => usable(model, () => detector.detect(items, options)) };
}

export async function describeFaceEmbedder(located: LocatedModel): Promise<FaceEmbedderDescription> {
  const { model, files } = located;
  const file = fileOf(located);
  const dimension = dimensionOf(located);
  const facts = ['fovea face space 1', await files.sha256(file), ALIGNMENT_VERSION, dimension];
  const space = createHash('sha256').update(facts.join('\n')).digest('hex');
  return { model, dimension, space, weights: join(files.folder, file) };
}

export async function loadFaceEmbedder(located: LocatedModel): Promise<FaceEmbedderModel> {
  const { model, files } = located;
  const embedder = await usable(model, async () => openSface(await files.sound(fileOf(located)), dimensionOf(located)));
  return { ...embedder, embed: (faces) => usable(model, () => embedder.embed(faces)) };
}

function fileOf(located: LocatedModel): string {
  const [file] = neededFiles(located);
  if (file === undefined) throw new TypeError(`Cannot tell the file of "${located.model}"`);
  return file;
}

function inputSize({ single, card, model }: LocatedModel): number {
  const size = single?.inputSize ?? (card?.kind === 'face-detector' ? card.inputSize : undefined);
  if (size === undefined) throw new TypeError(`Cannot tell the input size of "${model}"`);
  return size;
}

function dimensionOf({ single, card, model }: LocatedModel): number {
  const dimension = single?.dimension ?? (card?.kind === 'face-embedder' ? card.dimension : undefined);
  if (dimension !== undefined) return dimension;
  throw new InvalidInputError(`Cannot use model "${model}": it does not say how long its vectors are`);
}
