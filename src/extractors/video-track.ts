/**
 * Things in a video over time: a detector on sampled frames, and a tracker that says which boxes are the same thing. One row a
 * box; the view `<graph>.<policy>.tracks` has one a track.
 *
 * @module
 */
import { z } from 'zod';
import { UnreadableVideoError } from '../contract/index.ts';
import type { Detection, FeatureRow } from '../contract/index.ts';
import { integer, real, row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import { STANDALONE } from '../extractor/run-batch.ts';
import type { Extractor, ExtractorItem, RunContext } from '../extractor/types.ts';
import { openPicture, render } from '../image/index.ts';
import type { PixelRequest } from '../image/pixels.ts';
import { createTracker } from '../models/byte-track.ts';
import type { TrackedBox } from '../models/byte-track.ts';
import type { DetectorModel } from '../models/types.ts';
import { decodeFrames, findFfmpeg, frameAt, probeVideo } from '../video/index.ts';
import type { FfmpegPrograms } from '../video/index.ts';
import { BOX_COLUMNS, boxValues } from './box-columns.ts';
import { describeDetector } from './image-yolo.ts';
import { attempt, fileOf, waitingFor } from './video-frames.ts';

const PARAMS = z.object({
  model: z
    .string()
    .min(1)
    .default('auto')
    .describe('A detector: the name of a card, a hub repository, a folder, or "auto"'),
  fps: z.number().min(0.1).max(120).default(5).describe('Frames a second that are looked at'),
  conf: z.number().min(0).max(1).default(0.1).describe('Lowest score that can go on with a track'),
  sure: z.number().min(0).max(1).default(0.4).describe('Score from which a box is sure; a track begins 0.1 above it'),
  iou: z.number().min(0).max(1).default(0.45).describe('Overlap above which the lesser of two boxes of one class goes'),
  lost: z.number().min(0).max(3600).default(1).describe('Seconds after which a thing that is not seen has gone'),
});
type Params = z.output<typeof PARAMS>;

/** Frames that are given to the detector at once. */
const BATCH = 4;

/** @param programs Of this machine. */
export function videoTrack(programs: FfmpegPrograms): Extractor {
  return defineExtractor({
    name: 'video/track',
    version: '1',
    summary: 'Follows things through videos: class, box and time of each, with a number for each thing',
    aliases: ['tensorlake/tracking', 'video/tracking'],
    accepts: ['video/*'],
    params: PARAMS,
    apart: true,
    describe: async (params, models) => {
      const { pixels: _pixels, model, ...detector } = await describeDetector(params.model, models);
      return {
        pixels: { resize: 'none', file: true },
        columns: {
          track_id: integer({ description: 'the same for all boxes of one thing, from 1 in each video' }),
          object_name: text({ description: 'class, as the model names it (COCO-80: person, dog, skateboard, …)' }),
          score: real({ range: [0, 1], description: 'confidence; not comparable between models' }),
          frame: integer({ description: 'its number at the average rate of the video, from 0' }),
          time_ms: integer({ unit: 'ms', description: 'from the start of the video' }),
          ...BOX_COLUMNS,
        },
        vectors: {},
        ...detector,
        params: { ...params, model },
        model,
        ...(await waitingFor(programs)),
      };
    },
    load: async (params, models) => {
      const { pixels } = await models.describeDetector(params.model);
      const detector = await models.loadDetector(params.model);
      return {
        run: async (items, context = STANDALONE) => {
          const results = new Map<string, readonly FeatureRow[] | Error>();
          for (const item of items) {
            const follow = (): Promise<FeatureRow[]> =>
              followVideo(programs, item, { detector, pixels, params }, context);
            results.set(item.id, await attempt(context, follow));
          }
          return results;
        },
        close: () => detector.close(),
      };
    },
  });
}

interface Loaded {
  readonly detector: DetectorModel;
  readonly pixels: PixelRequest;
  readonly params: Params;
}

async function followVideo(
  programs: FfmpegPrograms,
  item: ExtractorItem,
  loaded: Loaded,
  context: RunContext,
): Promise<FeatureRow[]> {
  const { fps, sure, conf, lost } = loaded.params;
  const file = fileOf(item);
  const ffmpeg = await findFfmpeg(programs);
  const { width, height, frameRate } = await probeVideo(ffmpeg, file);
  // Of one video: ids begin anew with each.
  const tracker = createTracker({ high: sure, low: conf, lostMs: lost * 1000, stepMs: 1000 / fps });
  const found: TrackedBox[] = [];
  const output = { side: sideFor(loaded.pixels, { width, height }) };
  const { signal, progress: onProgress } = context;
  const frames = decodeFrames(ffmpeg, file, { choice: { fps }, output, signal, onProgress });
  let batch: { readonly timeMs: number; readonly data: Buffer }[] = [];
  const look = async (): Promise<void> => {
    const detections = await detectAll(
      batch.map(({ data }) => data),
      { width, height },
      loaded,
    );
    for (const [index, { timeMs }] of batch.entries()) found.push(...tracker.next(timeMs, detections[index] ?? []));
    batch = [];
    await context.progress();
  };
  for await (const frame of frames) {
    batch.push(frame);
    if (batch.length === BATCH) await look();
  }
  if (batch.length > 0) await look();
  return found
    .toSorted((a, b) => a.timeMs - b.timeMs || a.trackId - b.trackId)
    .map((each) => trackRow(each, frameAt(each.timeMs, frameRate)));
}

/** The longest side of what the detector sees, so that no more is decoded than it needs. */
function sideFor(
  request: PixelRequest,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  if (request.resize === 'letterbox') {
    const scale = Math.min(request.width / width, request.height / height);
    return Math.max(1, Math.ceil(Math.max(width, height) * Math.min(1, scale)));
  }
  return request.resize === 'squash' ? Math.max(request.width, request.height, 16) : 1280;
}

/** Boxes in pixels of the upright video. */
async function detectAll(
  jpegs: readonly Buffer[],
  { width, height }: { readonly width: number; readonly height: number },
  { detector, pixels, params: { conf, iou } }: Loaded,
): Promise<Detection[][]> {
  if (pixels.resize === 'none') throw new UnreadableVideoError('its detector takes no pixels');
  const request = pixels;
  const items = await Promise.all(
    jpegs.map(async (jpeg) => {
      const picture = await openPicture(jpeg);
      return { pixels: await render(picture, request), original: { width: picture.width, height: picture.height } };
    }),
  );
  const detections = await detector.detect(items, { conf, iou });
  return detections.map((each, index) => {
    const seen = items[index]?.original ?? { width, height };
    const [x, y] = [width / seen.width, height / seen.height];
    return each.map(({ label, score, box: { xmin, ymin, xmax, ymax } }) => {
      return { label, score, box: { xmin: xmin * x, ymin: ymin * y, xmax: xmax * x, ymax: ymax * y } };
    });
  });
}

function trackRow({ trackId, label, score, timeMs, box }: TrackedBox, frame: number) {
  return row({ track_id: trackId, object_name: label, score, frame, time_ms: timeMs, ...boxValues(box) });
}
