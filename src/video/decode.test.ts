import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ffmpeg, hasFfmpeg, keyEvery, moving } from '../../test/ffmpeg.ts';
import { openPicture } from '../image/index.ts';
import { sniff } from '../image/sniff.ts';
import { decodeFrames } from './decode.ts';
import type { FrameChoice } from './decode.ts';
import { ffmpegPrograms, findFfmpeg } from './ffmpeg.ts';
import type { Ffmpeg } from './ffmpeg.ts';
import { posterOf } from './poster.ts';
import { probeVideo } from './probe.ts';
import type { VideoFile } from './video-file.ts';

test('findFfmpeg() says what to install where there is none', async () => {
  await expect(findFfmpeg(ffmpegPrograms('/nowhere/ffmpeg'))).rejects.toThrow(
    /^Cannot run "\/nowhere\/ffmpeg": it is not there; install ffmpeg .*FOVEA_FFMPEG/,
  );
});

describe.skipIf(!hasFfmpeg)('a video', () => {
  let folder: string;
  let programs: Ffmpeg;
  const path = (name: string): string => join(folder, name);
  const file = (name: string): VideoFile => ({
    path: path(name),
    mimeType: sniff(readFileSync(path(name)))?.mimeType ?? '',
  });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fovea-video-'));
    programs = await findFfmpeg(ffmpegPrograms());
    ffmpeg(...moving('160x90', 4), ...keyEvery(25), path('a.mp4'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const times = async (name: string, choice: FrameChoice): Promise<number[]> => {
    const found: number[] = [];
    for await (const { timeMs } of decodeFrames(programs, file(name), { choice, output: { side: 64 } }))
      found.push(timeMs);
    return found;
  };

  test.each([
    ['mov', keyEvery(25)],
    ['mkv', keyEvery(25)],
    ['avi', ['-c:v', 'mpeg4', '-g', '25']],
    ['webm', ['-c:v', 'libvpx', '-g', '25', '-deadline', 'realtime', '-cpu-used', '8']],
    ['gif', []],
  ])('of kind %s gives the first frame of each second', async (kind, args) => {
    ffmpeg(...moving('64x48', 2), ...args, path(`kinds.${kind}`));
    expect(await times(`kinds.${kind}`, { fps: 1 })).toEqual([0, 1000]);
    expect(await probeVideo(programs, file(`kinds.${kind}`))).toMatchObject({ width: 64, height: 48, frameRate: 25 });
  });

  test('gives its key frames, of those that lie close only some', async () => {
    expect(await times('a.mp4', { keyFramesMs: 0 })).toEqual([0, 1000, 2000, 3000]);
    expect(await times('a.mp4', { keyFramesMs: 1500 })).toEqual([0, 2000]);
  });

  test('gives pixels in the size that is asked for', async () => {
    const frames = decodeFrames(programs, file('a.mp4'), { choice: { fps: 2 }, output: { width: 8, height: 4 } });
    const sizes: number[] = [];
    for await (const { data } of frames) sizes.push(data.length);
    expect(sizes).toEqual(Array.from({ length: 8 }, () => 8 * 4 * 3));
  });

  test('keeps the times of frames whose distance varies', async () => {
    ffmpeg('-i', path('a.mp4'), '-vf', "select='lt(n,3)+eq(n,40)+eq(n,90)'", '-vsync', 'vfr', path('varying.mkv'));
    expect(await times('varying.mkv', { fps: 25 })).toEqual([0, 40, 80, 1600, 3600]);
    expect(await times('varying.mkv', { fps: 1 })).toEqual([0, 1600, 3600]);
  });

  test('is turned as its metadata say, and its pixels are square', async () => {
    ffmpeg('-i', path('a.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90', path('turned.mp4'));
    expect(await probeVideo(programs, file('turned.mp4'))).toMatchObject({ width: 90, height: 160 });
    const turned = await openPicture(await posterOf(programs, file('turned.mp4')));
    expect([turned.width, turned.height]).toEqual([90, 160]);
    ffmpeg(...moving('80x90', 1), '-vf', 'setsar=2', '-pix_fmt', 'yuv420p', path('wide.mp4'));
    expect(await probeVideo(programs, file('wide.mp4'))).toMatchObject({ width: 160, height: 90 });
    const wide = await openPicture(await posterOf(programs, file('wide.mp4')));
    expect([wide.width, wide.height]).toEqual([160, 90]);
  });

  test('that is cut off gives what is left, or the reason', async () => {
    const half = (name: string, from: string): void => {
      writeFileSync(path(name), readFileSync(path(from)));
      truncateSync(path(name), readFileSync(path(from)).length >> 1);
    };
    half('half.mp4', 'a.mp4');
    await expect(probeVideo(programs, file('half.mp4'))).rejects.toThrow(
      'Cannot read video: it is cut off, damaged, or none (moov atom not found',
    );
    ffmpeg('-i', path('a.mp4'), '-c', 'copy', path('whole.mkv'));
    half('half.mkv', 'whole.mkv');
    const rest = await times('half.mkv', { fps: 25 });
    expect(rest.length).toBeGreaterThan(20);
    expect(rest.length).toBeLessThan(80);
  });

  test('of sound alone, of nothing, or of another kind is refused with the reason', async () => {
    ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', path('sound.mp4'));
    await expect(probeVideo(programs, file('sound.mp4'))).rejects.toThrow(
      'Cannot read video: there is only sound in it',
    );
    ffmpeg(...moving('64x48', 1), '-frames:v', '0', '-c:v', 'mpeg4', path('empty.avi'));
    await expect(times('empty.avi', { fps: 1 })).rejects.toThrow('no frame of it can be decoded');
    writeFileSync(path('list.mp4'), `ffconcat version 1.0\nfile '${path('a.mp4')}'\n`);
    await expect(probeVideo(programs, { path: path('list.mp4'), mimeType: 'video/mp4' })).rejects.toThrow(
      'it is cut off, damaged, or none',
    );
    await expect(probeVideo(programs, { path: path('list.mp4'), mimeType: 'text/plain' })).rejects.toThrow(
      'Cannot read video: it is text/plain',
    );
  });

  test.each([
    // Of its samples it has a table, which is believed before a larger number.
    { kind: 'mp4', claimMs: 3_600_000, toldMs: 2000 },
    { kind: 'mp4', claimMs: 100, toldMs: 100 },
    { kind: 'webm', claimMs: 3_600_000, toldMs: 3_600_000 },
    { kind: 'webm', claimMs: 100, toldMs: 100 },
  ])('of kind $kind that claims to last $claimMs ms gives the frames that are there', async (lie) => {
    const { kind, claimMs, toldMs } = lie;
    const name = `${claimMs}.${kind}`;
    const coding =
      kind === 'mp4' ? keyEvery(25) : ['-c:v', 'libvpx', '-g', '25', '-deadline', 'realtime', '-cpu-used', '8'];
    ffmpeg(...moving('64x48', 2), ...coding, path(name));
    writeFileSync(path(name), claimDuration(readFileSync(path(name)), claimMs));
    expect((await probeVideo(programs, file(name))).durationMs).toBe(toldMs);
    expect(await times(name, { fps: 1 })).toEqual([0, 1000]);
    expect(await times(name, { keyFramesMs: 0 })).toEqual([0, 1000]);
  });

  test('is let go when its reader stops, or is told to', async () => {
    const long = ffmpeg(...moving('320x180', 20), '-preset', 'ultrafast', path('long.mp4'));
    const options = { choice: { fps: 25 }, output: { width: 320, height: 180 } };
    for await (const { timeMs } of decodeFrames(programs, { path: long, mimeType: 'video/mp4' }, options))
      if (timeMs > 100) break;
    const aborting = new AbortController();
    const frames = decodeFrames(programs, file('long.mp4'), { ...options, signal: aborting.signal });
    await frames.next();
    aborting.abort(new Error('Nobody wants it'));
    await expect(async () => {
      while ((await frames.next()).done !== true);
    }).rejects.toThrow('Nobody wants it');
  });
});

/** The video with another length in its headers: of MP4 the boxes `mvhd`, `tkhd` and `mdhd`, of WebM the element `Duration`. */
function claimDuration(video: Buffer, claimMs: number): Buffer {
  const lying = Buffer.from(video);
  let scale = 0;
  // Version 0: flags, two times, then time scale and length; of a track its number and four empty bytes, then the length.
  for (const [type, scaleAt, lengthAt] of [
    ['mvhd', 12, 16],
    ['tkhd', undefined, 20],
    ['mdhd', 12, 16],
  ] as const) {
    const at = lying.indexOf(type) + 4;
    if (at < 4) continue;
    if (scaleAt !== undefined) scale = lying.readUInt32BE(at + scaleAt);
    lying.writeUInt32BE((claimMs * scale) / 1000, at + lengthAt);
  }
  const duration = lying.indexOf(Buffer.from([0x44, 0x89, 0x88]));
  if (duration > 0) lying.writeDoubleBE(claimMs, duration + 3);
  return lying;
}
