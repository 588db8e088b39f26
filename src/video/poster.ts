/**
 * The picture that stands for a video in lists.
 *
 * @module
 */
import type { Ffmpeg } from './ffmpeg.ts';
import { decodeFrames } from './decode.ts';
import type { VideoFile } from './video-file.ts';

/** A JPEG of its first key frame, upright, its longer side at most 2048 pixels. @throws UnreadableVideoError */
export async function posterOf(ffmpeg: Ffmpeg, file: VideoFile, signal?: AbortSignal): Promise<Buffer> {
  const frames = decodeFrames(ffmpeg, file, { choice: { keyFramesMs: 0 }, output: { side: 2048 }, signal });
  try {
    const first = await frames.next();
    if (first.done === true) throw new Error('A video without frames is refused before');
    return first.value.data;
  } finally {
    await frames.return(undefined);
  }
}
