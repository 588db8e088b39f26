/**
 * Videos: what they are, and their frames, by the `ffmpeg` of the machine.
 *
 * @module
 */
export { decodeFrames } from './decode.ts';
export type { DecodedFrame, DecodeOptions, FrameChoice } from './decode.ts';
export { ffmpegPrograms, findFfmpeg } from './ffmpeg.ts';
export type { Ffmpeg, FfmpegPrograms } from './ffmpeg.ts';
export { posterOf } from './poster.ts';
export { frameAt, probeVideo } from './probe.ts';
export type { VideoFacts } from './probe.ts';
export { VIDEO_TYPES } from './video-file.ts';
export type { VideoFile } from './video-file.ts';
