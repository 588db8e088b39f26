import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { testExtractor } from '../../test/conformance/extractor.ts';
import { hasTestData, testData } from '../../test/data.ts';
import { decodersOf, ffmpeg, hasFfmpeg, moving } from '../../test/ffmpeg.ts';
import { prepareFile } from '../extractor/prepare-item.ts';
import { STANDALONE } from '../extractor/run-batch.ts';
import { createModels } from '../models/index.ts';
import { ffmpegPrograms } from '../video/index.ts';
import { videoTrack } from './video-track.ts';

const models = createModels({ cacheFolder: '/nonexistent', localFolders: [testData('models')], offline: true });
const extractor = videoTrack(ffmpegPrograms());

describe.skipIf(!hasFfmpeg || !hasTestData)('video/track', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-track-'));
  const isPossible = hasFfmpeg && hasTestData;
  const make = (name: string, ...args: string[]): string => (isPossible ? ffmpeg(...args, join(folder, name)) : '');
  // A photo that is panned over: what is in it moves by 60 pixels a second.
  const photo = ['-loop', '1', '-framerate', '10', '-t', '2', '-i', testData('data/photos/pets.jpg')];
  const pan = make('pan.mp4', ...photo, '-vf', "crop=400:400:x='60*t':y=10,format=yuv420p", '-preset', 'ultrafast');
  const empty = make('empty.mp4', ...moving('160x90', 1), '-pix_fmt', 'yuv420p');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  testExtractor(extractor, { models, pictures: [pan, empty], params: { model: 'yolox-nano', fps: 5 } });

  test('follows what moves, under one number, in pixels of the video', async () => {
    const loaded = await extractor.load({ model: 'yolox-nano', fps: 5 }, models);
    const results = await loaded.run([await prepareFile('a', pan), await prepareFile('b', pan)]);
    await loaded.close();
    const [first, second] = ['a', 'b'].map((id) => results.get(id));
    // Nothing of a video is left for the next one.
    expect(second).toEqual(first);
    if (first === undefined || first instanceof Error) throw first ?? new Error('No result');
    const rows = first.map(({ columns }) => columns);
    const longest = rows.filter(({ track_id: id }) => id === 1);
    expect(longest.map(({ time_ms: time }) => time)).toEqual([0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800]);
    expect(new Set(longest.map(({ object_name: name }) => name)).size).toBe(1);
    const [begin, end] = [longest.at(0), longest.at(-1)].map((row) => Number(row?.x1) + Number(row?.x2));
    // It moves left by 108 pixels while the photo is panned over.
    expect(((begin ?? 0) - (end ?? 0)) / 2).toBeGreaterThan(40);
    for (const { x2, y2 } of rows) expect(Math.max(Number(x2), Number(y2))).toBeLessThanOrEqual(400);
  });

  test.skipIf(process.platform !== 'linux')('leaves no ffmpeg behind where its lease is lost', async () => {
    const long = make('long.avi', ...moving('640x360', 20), '-c:v', 'mjpeg');
    const loaded = await extractor.load({ model: 'yolox-nano', fps: 25 }, models);
    const progress = async (): Promise<void> => {
      expect(decodersOf(long)).toHaveLength(1);
      throw new Error('Another worker has it');
    };
    const results = await loaded.run([await prepareFile('it', long)], { ...STANDALONE, progress });
    await loaded.close();
    expect([results.get('it'), decodersOf(long)]).toEqual([new Error('Another worker has it'), []]);
  });
});
