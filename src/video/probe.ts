/**
 * What a video is, by `ffprobe`: size, rate, length. Nothing is decoded, and what a header says need not be true.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { LimitError, UnreadableVideoError } from '../contract/index.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { inputArguments, lastWords } from './video-file.ts';
import type { VideoFile } from './video-file.ts';

export interface VideoFacts {
  /** Pixels of the upright picture: turned as its metadata say, with square pixels. */
  readonly width: number;
  readonly height: number;
  /** As the file claims; null where it doesn't say. */
  readonly durationMs: number | null;
  /** Frames a second on average; null where the file doesn't say. */
  readonly frameRate: number | null;
  /** As the file claims, or length × rate; null where neither is said. */
  readonly frames: number | null;
  /** ffmpeg's name: `h264`, `vp9`, `gif`. */
  readonly codec: string;
}

const PROBE_MS = 30_000;
/** Pixels of a frame; the same as of a picture. */
const MAX_PIXELS = 100_000_000;

/** @throws UnreadableVideoError with the reason; LimitError for frames that are too large. */
export async function probeVideo(ffmpeg: Ffmpeg, file: VideoFile): Promise<VideoFacts> {
  const asked = 'stream=codec_name,codec_type,width,height,sample_aspect_ratio,avg_frame_rate,nb_frames,duration';
  const shown = `${asked}:stream_disposition=attached_pic:stream_side_data=rotation:stream_tags=rotate,DURATION:format=duration`;
  const { stdout, stderr, failed } = await ffprobe(ffmpeg, [
    '-v',
    'error',
    '-of',
    'json',
    '-show_entries',
    shown,
    ...inputArguments(file),
  ]);
  const { streams = [], format = {} } = readJson(stdout);
  if (failed && streams.length === 0) {
    const said = lastWords(stderr, file.path);
    const why = 'it is cut off, damaged, or none';
    throw new UnreadableVideoError(said === '' ? why : `${why} (${said})`, file.mimeType);
  }
  const stream = streams.find((each) => each.codec_type === 'video' && each.disposition?.attached_pic !== 1);
  if (stream === undefined) {
    const hasSound = streams.some((each) => each.codec_type === 'audio');
    throw new UnreadableVideoError(
      hasSound ? 'there is only sound in it' : 'there are no pictures in it',
      file.mimeType,
    );
  }
  const { width = 0, height = 0 } = stream;
  if (width * height === 0) throw new UnreadableVideoError('its frames have no size', file.mimeType);
  if (width * height > MAX_PIXELS)
    throw new LimitError(
      `Cannot read video: its frames have ${width} × ${height} pixels, and at most ${MAX_PIXELS / 1e6} million are decoded`,
    );
  const facts = { durationMs: durationOf(stream, format), frameRate: ratioOf(stream.avg_frame_rate, '/') };
  return { ...uprightSize(stream), ...facts, frames: framesOf(stream, facts), codec: stream.codec_name ?? 'unknown' };
}

/** Number of the frame that is shown at a time, at an average rate; 0 where that is not known. */
export function frameAt(timeMs: number, frameRate: number | null): number {
  return Math.round((timeMs * (frameRate ?? 0)) / 1000);
}

interface Stream {
  readonly codec_name?: string;
  readonly codec_type?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_aspect_ratio?: string;
  readonly avg_frame_rate?: string;
  readonly nb_frames?: string;
  readonly duration?: string;
  readonly disposition?: { readonly attached_pic?: number };
  readonly side_data_list?: readonly { readonly rotation?: number }[];
  readonly tags?: { readonly rotate?: string; readonly DURATION?: string };
}

interface Probed {
  readonly streams?: readonly Stream[];
  readonly format?: { readonly duration?: string };
}

function ffprobe(
  { ffprobe: program }: Ffmpeg,
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly stderr: string; readonly failed: boolean }> {
  const limits = { timeout: PROBE_MS, killSignal: 'SIGKILL', maxBuffer: 4 * 1024 ** 2 } as const;
  return new Promise((resolve) => {
    execFile(program, args, limits, (error, stdout, stderr) => {
      const ended = error?.killed === true ? `${stderr}\nffprobe got no further for ${PROBE_MS / 1000} s` : stderr;
      resolve({ stdout, stderr: ended, failed: error !== null });
    });
  });
}

function readJson(text: string): Probed {
  try {
    return JSON.parse(text) as Probed;
  } catch {
    return {};
  }
}

/** A quarter turn swaps the sides; the width is that of square pixels, as `scale` in `frames.ts` makes them. */
function uprightSize(stream: Stream): Pick<VideoFacts, 'width' | 'height'> {
  const { width = 0, height = 0, sample_aspect_ratio: aspect, side_data_list: sides, tags } = stream;
  const square = Math.max(1, Math.round(width * (ratioOf(aspect, ':') ?? 1)));
  const turn = sides?.find(({ rotation }) => rotation !== undefined)?.rotation ?? Number(tags?.rotate ?? 0);
  const isTurned = Math.abs(turn) % 180 === 90;
  return isTurned ? { width: height, height: square } : { width: square, height };
}

function durationOf(stream: Stream, format: NonNullable<Probed['format']>): number | null {
  const [, hours, minutes, seconds] = /^(\d+):(\d\d):([\d.]+)$/.exec(stream.tags?.DURATION ?? '') ?? [];
  const tagged = hours === undefined ? Number.NaN : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const length = [Number(stream.duration), Number(format.duration), tagged].find((each) => each > 0);
  return length === undefined ? null : storable(length * 1000);
}

function framesOf({ nb_frames: counted }: Stream, facts: Pick<VideoFacts, 'durationMs' | 'frameRate'>): number | null {
  if (Number(counted) > 0) return storable(Number(counted));
  const { durationMs, frameRate } = facts;
  return durationMs === null || frameRate === null ? null : storable((durationMs * frameRate) / 1000);
}

/** A header may claim anything: what the database's `integer` can't hold is not known. */
function storable(value: number): number | null {
  const whole = Math.round(value);
  return whole <= 2_147_483_647 ? whole : null;
}

/** `30000/1001`; null for `0/0` and what is none. */
function ratioOf(text: string | undefined, sign: string): number | null {
  const [above, below] = (text ?? '').split(sign).map(Number);
  const ratio = (above ?? Number.NaN) / (below ?? Number.NaN);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}
