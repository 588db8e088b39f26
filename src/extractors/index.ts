/**
 * The extractors that come with Fovea, and the graph made of them.
 *
 * @module
 */
import type { Extractor } from '../extractor/types.ts';
import { embeddingClip } from './embedding-clip.ts';
import { featuresGiven } from './features-given.ts';
import { imageColors } from './image-colors.ts';
import { imageDescribe } from './image-describe.ts';
import { imageExif } from './image-exif.ts';
import { imageOcr } from './image-ocr.ts';
import { imagePhash } from './image-phash.ts';
import { imageYolo } from './image-yolo.ts';
import { textEmbed } from './text-embed.ts';

export { photosGraph } from './photos-graph.ts';

export const builtinExtractors: readonly Extractor[] = [
  embeddingClip,
  featuresGiven,
  imageColors,
  imageDescribe,
  imageExif,
  imageOcr,
  imagePhash,
  imageYolo,
  textEmbed,
];
