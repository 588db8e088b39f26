/**
 * Frames of a video beside ffmpeg alone: both take the same frames of the same file, turn about, in one run. Goal: 0.9 of the
 * rate of ffmpeg that throws its JPEGs away.
 *
 *     npm run bench -- frames [--rounds 5] [--seconds 60] [--video FILE]
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import type * as Video from '../src/video/index.ts';
import { scratchFolder } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const { decodeFrames, ffmpegPrograms, findFfmpeg } = (await import(
  pathToFileURL(resolve('dist/video/index.js')).href
)) as typeof Video;
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    video: { type: 'string' },
  },
});
const GOAL = 0.9;
const ffmpeg = await findFfmpeg(ffmpegPrograms());
const path = options.video ?? makeVideo(join(scratchFolder('frames'), 'bench.mp4'));
const file = { path, mimeType: 'video/mp4' };

function makeVideo(target: string): string {
  const source = `testsrc2=size=1920x1080:rate=25:duration=${options.seconds}`;
  const coding = '-preset ultrafast -g 50 -keyint_min 50 -sc_threshold 0 -pix_fmt yuv420p'.split(' ');
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, ...coding, target]);
  return target;
}

/** Frames a second of wall time. */
async function ours(choice: Video.FrameChoice): Promise<number> {
  const started = performance.now();
  let frames = 0;
  for await (const { data } of decodeFrames(ffmpeg, file, { choice, output: { side: 1280 } }))
    frames += Math.sign(data.length);
  return (frames * 1000) / (performance.now() - started);
}

function alone(choice: Video.FrameChoice, frames: number): number {
  const isKeyed = 'keyFramesMs' in choice;
  const started = performance.now();
  execFileSync('ffmpeg', [
    ...'-nostdin -v error -threads 1'.split(' '),
    ...(isKeyed ? ['-skip_frame', 'nokey'] : []),
    '-i',
    path,
    '-an',
    '-vf',
    `${isKeyed ? '' : `fps=${choice.fps},`}scale=1280:-2`,
    ...ffmpeg.passthrough,
    ...'-c:v mjpeg -q:v 3 -pix_fmt yuvj420p -threads 1 -f null -'.split(' '),
  ]);
  return (frames * 1000) / (performance.now() - started);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const figures: Figure[] = [];
for (const [name, choice] of [
  ['key frames', { keyFramesMs: 0 }],
  ['5 frames a second', { fps: 5 }],
] as const) {
  const pairs: { readonly mine: number; readonly bare: number }[] = [];
  const counted = Number(options.seconds) * ('fps' in choice ? choice.fps : 0.5);
  for (let round = 0; round < Number(options.rounds); round += 1)
    pairs.push({ mine: await ours(choice), bare: alone(choice, counted) });
  const share = median(pairs.map(({ mine, bare }) => mine / bare));
  figures.push({ name: `${name}, a second`, value: median(pairs.map(({ mine }) => mine)) });
  figures.push({ name: `${name}, share of ffmpeg alone`, value: share, goal: `>= ${GOAL}`, met: share >= GOAL });
}
report('frames', figures);
