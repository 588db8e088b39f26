/**
 * Frames of a video as contents of their own, on which the graph's policies for pictures run. One row a video.
 *
 * @module
 */
import { z } from 'zod';
import { ProgramUnavailableError, UnreadableVideoError } from '../contract/index.ts';
import type { FeatureRow } from '../contract/index.ts';
import { integer, real, row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import { STANDALONE } from '../extractor/run-batch.ts';
import type { Extractor, ExtractorItem, RunContext } from '../extractor/types.ts';
import { decodeFrames, findFfmpeg, frameAt, probeVideo } from '../video/index.ts';
import type { DecodeOptions, FfmpegPrograms } from '../video/index.ts';

const PARAMS = z.object({
  fps: z
    .number()
    .positive()
    .max(1000)
    .nullable()
    .default(null)
    .describe('Frames a second of the video; null: its key frames'),
  distance: z.number().min(0).max(86_400).default(2).describe('Shortest time between two key frames, in seconds'),
  side: z.int().min(16).max(8192).default(1280).describe('Longest side of a frame, in pixels; larger ones are shrunk'),
});

/** @param programs Of this machine. */
export function videoFrames(programs: FfmpegPrograms): Extractor {
  return defineExtractor({
    name: 'video/frames',
    version: '1',
    summary: 'Frames of videos as pictures: key frames, or so many a second',
    aliases: ['tensorlake/scene-frame-extractor', 'video/keyframes', 'tensorlake/keyframes', 'video/key-frames'],
    accepts: ['video/*', 'image/gif'],
    params: PARAMS,
    apart: true,
    describe: async () => ({
      pixels: { resize: 'none', file: true },
      columns: {
        frames_taken: integer({ description: 'frames that are contents now' }),
        duration_ms: integer({ unit: 'ms', description: 'length, as the file claims' }),
        frame_rate: real({ unit: '1/s', description: 'frames a second on average' }),
        video_width: integer({ unit: 'px', description: 'of the upright video' }),
        video_height: integer({ unit: 'px', description: 'of the upright video' }),
        codec: text({ description: "ffmpeg's name: h264, vp9, gif, …" }),
        complaint: text({ description: 'what ffmpeg found wrong with the file' }),
      },
      vectors: {},
      contents: ['image/jpeg'],
      ...(await waitingFor(programs)),
    }),
    load: async ({ fps, distance, side }) => {
      const choice = fps === null ? { keyFramesMs: distance * 1000 } : { fps };
      return {
        run: async (items, context = STANDALONE) => {
          const results = new Map<string, readonly FeatureRow[] | Error>();
          for (const item of items)
            results.set(item.id, await attempt(context, () => takeFrames(programs, item, { choice, side }, context)));
          return results;
        },
        close: async () => {},
      };
    },
  });
}

/** Why a policy of a machine without ffmpeg waits. */
export async function waitingFor(programs: FfmpegPrograms): Promise<{ readonly waitingFor?: string }> {
  try {
    await findFfmpeg(programs);
    return {};
  } catch (error) {
    if (error instanceof ProgramUnavailableError) return { waitingFor: error.message };
    throw error;
  }
}

/** A file's own fault is its result; that of the machine, and the end of the worker, are no file's. */
export async function attempt(
  { signal }: RunContext,
  work: () => Promise<readonly FeatureRow[]>,
): Promise<readonly FeatureRow[] | Error> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || error instanceof ProgramUnavailableError) throw error;
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** @throws UnreadableVideoError where the item has no file. */
export function fileOf({ path, mimeType }: ExtractorItem): { readonly path: string; readonly mimeType: string } {
  if (path === undefined) throw new UnreadableVideoError('it has no file', mimeType);
  return { path, mimeType };
}

async function takeFrames(
  programs: FfmpegPrograms,
  item: ExtractorItem,
  { choice, side }: { readonly choice: DecodeOptions['choice']; readonly side: number },
  context: RunContext,
): Promise<readonly FeatureRow[]> {
  const file = fileOf(item);
  const ffmpeg = await findFfmpeg(programs);
  const facts = await probeVideo(ffmpeg, file);
  let frames = 0;
  let complaint: string | undefined;
  // A still picture of this kind is indexed as one.
  if (file.mimeType !== 'image/gif' || facts.frames !== 1) {
    const decoded = decodeFrames(ffmpeg, file, {
      choice,
      output: { side },
      signal: context.signal,
      onProgress: context.progress,
    });
    for (;;) {
      const next = await decoded.next();
      if (next.done === true) {
        complaint = next.value;
        break;
      }
      const { timeMs, data } = next.value;
      const position = { frame: frameAt(timeMs, facts.frameRate), timeMs };
      try {
        await context.add(item.id, [{ ord: frames, position, mimeType: 'image/jpeg', bytes: data }]);
      } catch (error) {
        await decoded.return(undefined);
        throw error;
      }
      frames += 1;
    }
  }
  const { durationMs, frameRate, width, height, codec } = facts;
  return [
    row({
      frames_taken: frames,
      duration_ms: durationMs,
      frame_rate: frameRate,
      video_width: width,
      video_height: height,
      codec,
      complaint: complaint ?? null,
    }),
  ];
}
