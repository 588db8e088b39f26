/**
 * The extractors that come with Fovea, and the graph made of them.
 *
 * @module
 */
import type { Extractor } from '../extractor/types.ts';
import { ffmpegPrograms } from '../video/index.ts';
import type { FfmpegPrograms } from '../video/index.ts';
import { embeddingClip } from './embedding-clip.ts';
import { featuresGiven } from './features-given.ts';
import { imageColors } from './image-colors.ts';
import { imageDescribe } from './image-describe.ts';
import { imageExif } from './image-exif.ts';
import { imageFaces } from './image-faces.ts';
import { imageGroundingDino } from './image-grounding-dino.ts';
import { imageOcr } from './image-ocr.ts';
import { imagePhash } from './image-phash.ts';
import { imageYolo } from './image-yolo.ts';
import { textEmbed } from './text-embed.ts';
import { videoFrames } from './video-frames.ts';
import { videoTrack } from './video-track.ts';

export { photosGraph } from './photos-graph.ts';

/** @param programs Those of this machine that some of them run. */
export function createBuiltinExtractors(programs: FfmpegPrograms): readonly Extractor[] {
  return [
    embeddingClip,
    featuresGiven,
    imageColors,
    imageDescribe,
    imageExif,
    imageFaces,
    imageGroundingDino,
    imageOcr,
    imagePhash,
    imageYolo,
    textEmbed,
    videoFrames(programs),
    videoTrack(programs),
  ];
}

/** With programs from `PATH`. */
export const builtinExtractors: readonly Extractor[] = createBuiltinExtractors(ffmpegPrograms());
