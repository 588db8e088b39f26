import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { decodersOf, ffmpeg, hasFfmpeg, keyEvery, moving } from '../../test/ffmpeg.ts';
import type { DerivedContent } from '../contract/index.ts';
import { prepareFile } from '../extractor/prepare-item.ts';
import { STANDALONE } from '../extractor/run-batch.ts';
import { sniff } from '../image/index.ts';
import { createModels } from '../models/index.ts';
import { ffmpegPrograms } from '../video/index.ts';
import { videoFrames } from './video-frames.ts';

const models = createModels({ cacheFolder: '/nonexistent', offline: true });
const extractor = videoFrames(ffmpegPrograms());

test('video/frames waits where there is no ffmpeg, and says what to install', async () => {
  const { waitingFor } = await videoFrames(ffmpegPrograms('/nowhere/ffmpeg')).describe({}, models);
  expect(waitingFor).toContain('Cannot run "/nowhere/ffmpeg": it is not there; install ffmpeg');
});

describe.skipIf(!hasFfmpeg)('video/frames', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-frames-'));
  const make = (name: string, ...args: string[]): string => (hasFfmpeg ? ffmpeg(...args, join(folder, name)) : '');
  const clip = make('clip.mp4', ...moving('160x90', 5), ...keyEvery(25));
  const still = make('still.gif', ...moving('64x48', 1), '-frames:v', '1');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  testExtractor(extractor, { models, pictures: [clip, still] });

  const frames = async (path: string, params: Record<string, unknown>) => {
    const made: DerivedContent[] = [];
    const loaded = await extractor.load(params, models);
    const add = async (_id: string, contents: readonly DerivedContent[]): Promise<void> => void made.push(...contents);
    const results = await loaded.run([await prepareFile('it', path)], { ...STANDALONE, add });
    return { made, result: results.get('it') };
  };

  test('makes pictures of key frames, and says of each where it lies', async () => {
    const { made, result } = await frames(clip, { side: 80 });
    expect(made.map(({ ord, position }) => ({ ord, ...position }))).toEqual([
      { ord: 0, frame: 0, timeMs: 0 },
      { ord: 1, frame: 50, timeMs: 2000 },
      { ord: 2, frame: 100, timeMs: 4000 },
    ]);
    expect(new Set(made.map(({ bytes }) => sniff(bytes)?.mimeType))).toEqual(new Set(['image/jpeg']));
    const columns = {
      frames_taken: 3,
      duration_ms: 5000,
      frame_rate: 25,
      video_width: 160,
      video_height: 90,
      complaint: null,
    };
    expect(result).toMatchObject([{ columns }]);
  });

  test('makes none of a still picture, which is indexed as one', async () => {
    const { made, result } = await frames(still, {});
    expect([made, result]).toMatchObject([[], [{ columns: { frames_taken: 0, codec: 'gif' } }]]);
  });

  test('stops where nobody waits for its frames any more', async () => {
    const loaded = await extractor.load({ fps: 25 }, models);
    let asked = 0;
    const add = async (): Promise<void> => {
      asked += 1;
      throw new Error('The content was deleted');
    };
    const results = await loaded.run([await prepareFile('it', clip)], { ...STANDALONE, add });
    expect([asked, results.get('it')]).toEqual([1, new Error('The content was deleted')]);
  });

  test.skipIf(process.platform !== 'linux')(
    'leaves no ffmpeg behind where it is told to stop, or fails in the middle',
    async () => {
      const long = make('long.avi', ...moving('640x360', 20), '-c:v', 'mjpeg');
      const loaded = await extractor.load({ fps: 25 }, models);
      const stopping = new AbortController();
      const add = async (): Promise<void> => {
        expect(decodersOf(long)).toHaveLength(1);
        stopping.abort(new Error('The worker is to end'));
      };
      const context = { ...STANDALONE, signal: stopping.signal, add };
      await expect(loaded.run([await prepareFile('it', long)], context)).rejects.toThrow('The worker is to end');
      expect(decodersOf(long)).toEqual([]);
    },
  );
});
