/**
 * Frames of a video, one after the other, through a pipe from `ffmpeg`: it waits while nobody reads, so memory stays that of
 * one frame, and it is killed when the reader stops.
 *
 * Frames keep the times that the file gives them (also where their distance varies), and are turned as its metadata say.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { UnreadableVideoError } from '../contract/index.ts';
import { ByteReader } from './byte-reader.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { inputArguments, lastWords } from './video-file.ts';
import type { VideoFile } from './video-file.ts';

/** Which frames: key frames at least so far apart, or the first of each interval of `1 / fps` seconds. */
export type FrameChoice = { readonly keyFramesMs: number } | { readonly fps: number };

export interface DecodeOptions {
  readonly choice: FrameChoice;
  /** What comes out: JPEGs whose longer side is at most so long, or RGB pixels of exactly this size. */
  readonly output: { readonly side: number } | { readonly width: number; readonly height: number };
  readonly signal?: AbortSignal | undefined;
  /** Called while ffmpeg gets on, also where no frame comes for long; a throw ends the decoding. */
  readonly onProgress?: (() => Promise<void>) | undefined;
}

export interface DecodedFrame {
  /** From the start of the video. */
  readonly timeMs: number;
  /** A JPEG, or `width · height · 3` bytes. */
  readonly data: Buffer;
}

/** Longest time without a sign of life while a frame is waited for. */
const SILENCE_MS = 60_000;
/** How often the reader hears that it is waiting for something that gets on. */
const TELL_MS = 5000;
/** Longest header of a part of `multipart/x-mixed-replace`. */
const HEADER_BYTES = 4096;
const STDERR_BYTES = 8192;

/**
 * Decodes the chosen frames, in the order in which they are shown.
 *
 * @returns Behind the last frame what ffmpeg complained about; undefined where it had nothing to say.
 * @throws UnreadableVideoError where not one frame can be decoded, or ffmpeg gets no further; the signal's reason.
 */
export async function* decodeFrames(
  ffmpeg: Ffmpeg,
  file: VideoFile,
  { choice, output, signal, onProgress }: DecodeOptions,
): AsyncGenerator<DecodedFrame, string | undefined> {
  signal?.throwIfAborted();
  const child = spawn(ffmpeg.ffmpeg, decodeArguments(ffmpeg, file, choice, output), {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [stdout, stderr, signs] = child.stdio.slice(1) as Readable[] as [Readable, Readable, Readable];
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, how) => resolve(code === 0 ? undefined : `it ended with ${how ?? `code ${code}`}`));
  });
  const said = collectTail(stderr);
  const times = readTimes(signs);
  const read = 'side' in output ? jpegReader(stdout) : pixelReader(stdout, output.width * output.height * 3);
  const abort = (): boolean => child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  let frames = 0;
  try {
    for (;;) {
      const data = await untilSilent(times, read, onProgress);
      signal?.throwIfAborted();
      if (data === undefined) break;
      const timeMs = await times.next();
      if (timeMs === undefined) break;
      frames += 1;
      yield { timeMs, data };
    }
    stdout.destroy();
    const failure = await ended;
    signal?.throwIfAborted();
    const words = lastWords(said(), file.path) || failure;
    if (frames > 0) return words;
    throw new UnreadableVideoError(
      `no frame of it can be decoded${words === undefined ? ': it has none' : ` (${words})`}`,
      file.mimeType,
    );
  } finally {
    signal?.removeEventListener('abort', abort);
    child.kill('SIGKILL');
    // What nobody reads keeps them open, and the child with them.
    for (const stream of [stdout, stderr, signs]) stream.destroy();
    await ended;
  }
}

function decodeArguments(
  ffmpeg: Ffmpeg,
  file: VideoFile,
  choice: FrameChoice,
  output: DecodeOptions['output'],
): string[] {
  const isKeyed = 'keyFramesMs' in choice;
  const filters = [
    `select='isnan(prev_selected_t)+${isKeyed ? `gte(t-prev_selected_t,${choice.keyFramesMs / 1000})` : laterInterval(choice.fps)}'`,
    // Only frames with some metadata are told.
    'metadata=mode=add:key=fovea:value=1',
    String.raw`metadata=mode=print:file='pipe\:3':direct=1`,
    ...('side' in output
      ? [...shrink(output.side), 'setsar=1']
      : [`scale=w=${output.width}:h=${output.height}:flags=bilinear`]),
  ];
  const quiet = '-nostdin -hide_banner -v error -progress pipe:3 -threads 1'.split(' ');
  const streams = '-map 0:V:0 -an -sn -dn'.split(' ');
  return [
    ...quiet,
    ...(isKeyed ? ['-skip_frame', 'nokey'] : []),
    ...inputArguments(file),
    ...streams,
    '-vf',
    filters.join(','),
    ...ffmpeg.passthrough,
    ...('side' in output
      ? ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p', '-threads', '1', '-f', 'mpjpeg', 'pipe:1']
      : ['-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1']),
  ];
}

/** Intervals are counted from 0, so that rounding does not add up; a nearly full one is full. */
function laterInterval(fps: number): string {
  return `gt(floor(t*${fps}+0.001),floor(prev_selected_t*${fps}+0.001))`;
}

/** Square pixels, and never larger than they are. */
function shrink(side: number): string[] {
  const factor = `min(1,${side}/max(iw*sar,ih))`;
  return [`scale=w='max(1,round(iw*sar*${factor}))':h='max(1,round(ih*${factor}))'`];
}

type Read = () => Promise<Buffer | undefined>;

/** `multipart/x-mixed-replace` as ffmpeg writes it: each part says how long it is. */
function jpegReader(stdout: AsyncIterable<Buffer>): Read {
  const reader = new ByteReader(stdout);
  return async () => {
    const header = await reader.readThrough('\r\n\r\n', HEADER_BYTES);
    const [, length] = /Content-length: (\d+)/i.exec(header?.toString('latin1') ?? '') ?? [];
    return length === undefined ? undefined : reader.read(Number(length));
  };
}

function pixelReader(stdout: AsyncIterable<Buffer>, bytes: number): Read {
  const reader = new ByteReader(stdout);
  return () => reader.read(bytes);
}

interface Times {
  /** Milliseconds of the next frame; undefined where no more comes. */
  next(): Promise<number | undefined>;
  /** When ffmpeg last said anything, as `performance.now()`. */
  heardAt(): number;
}

/** Times of frames, and ffmpeg's signs of life between them (`-progress`), a line each. */
function readTimes(stream: Readable): Times {
  /** At the end one that is none. */
  const times: (number | undefined)[] = [];
  let heard = performance.now();
  let tell = (): void => undefined;
  const push = (time: number | undefined): void => {
    times.push(time);
    tell();
  };
  const lines = createInterface({ input: stream });
  lines.on('line', (line) => {
    heard = performance.now();
    const [, time] = /pts_time:(-?[\d.]+)/.exec(line) ?? [];
    if (time !== undefined) push(Math.max(0, Math.round(Number(time) * 1000)));
  });
  lines.once('close', () => push(undefined));
  return {
    heardAt: () => heard,
    async next() {
      if (times.length === 0) await new Promise<void>((resolve) => (tell = resolve));
      return times.shift();
    },
  };
}

/** Waits for a frame for as long as ffmpeg gets on; while nobody waits, it may be held up by the reader. */
async function untilSilent(
  times: Times,
  read: Read,
  onProgress: () => Promise<void> = () => Promise.resolve(),
): Promise<Buffer | undefined> {
  const started = performance.now();
  let toldAt = started;
  let watch: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    watch = setInterval(() => {
      const heardAt = Math.max(started, times.heardAt());
      if (heardAt > toldAt + TELL_MS) {
        toldAt = heardAt;
        onProgress().catch(reject);
      }
      if (performance.now() - heardAt < SILENCE_MS) return;
      reject(new UnreadableVideoError(`ffmpeg got no further for ${SILENCE_MS / 1000} s and was ended`));
    }, 1000);
  });
  try {
    return await Promise.race([read(), silence]);
  } finally {
    clearInterval(watch);
  }
}

function collectTail(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_BYTES);
  });
  return () => tail;
}
