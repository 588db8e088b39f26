/** Videos from a folder to SQL: their frames are pictures of the library, and bad ones say why. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FoveaClient } from '../../src/client/index.ts';
import { open } from '../../src/engine/index.ts';
import { ffmpeg, hasFfmpeg, keyEvery } from '../ffmpeg.ts';

const GRAPH = `name: media
extraction_policies:
  - { extractor: video/frames, name: frames }
  - { extractor: image/colors, name: colors }
  - { extractor: image/phash, name: of_frames, content_source: frames }
`;

const colour = (name: string, seconds: number): string[] => [
  '-f',
  'lavfi',
  '-i',
  `color=${name}:size=64x48:rate=25:duration=${seconds}`,
];

describe.skipIf(!hasFfmpeg)('a library with videos', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-videos-'));
  const videos = join(folder, 'videos');
  const path = (name: string): string => join(videos, name);
  let fovea: Awaited<ReturnType<typeof open>>;
  let client: FoveaClient;

  beforeAll(async () => {
    mkdirSync(videos);
    // Red, then blue from the second 2 on.
    const cut = ['-filter_complex', '[0][1]concat=n=2:v=1', ...keyEvery(50)];
    ffmpeg(...colour('red', 2), ...colour('blue', 2), ...cut, path('cut.mp4'));
    ffmpeg(...colour('green', 1), '-frames:v', '1', path('green.png'));
    ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', path('sound.mp4'));
    writeFileSync(path('half.mp4'), readFileSync(path('cut.mp4')));
    truncateSync(path('half.mp4'), 1000);
    ffmpeg(
      ...colour('white', 1).map((each) => each.replace('64x48', '7680x4320').replace('rate=25', 'rate=2')),
      '-c:v',
      'mjpeg',
      path('large.avi'),
    );
    fovea = await open({ home: join(folder, 'home'), hub: { offline: true }, workers: 1 });
    client = fovea;
    await client.graphs.apply(GRAPH);
    for await (const { failed } of client.addPath(videos)) expect(failed).toBe(0);
    await client.waitUntilIndexed({ timeoutMs: 200_000 });
  });
  afterAll(async () => {
    await fovea?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('has their frames, on which policies for pictures ran', async () => {
    const { rows } = await client.sql(
      "select c.name, c.time_ms, k.name as video from content c join content k on k.content_id = c.parent_id where c.name like 'cut%' order by 2",
    );
    expect(rows).toEqual([
      { name: 'cut.mp4#t=0', time_ms: 0, video: 'cut.mp4' },
      { name: 'cut.mp4#t=2', time_ms: 2000, video: 'cut.mp4' },
    ]);
    const reds = await client.sql(
      "select distinct c.name from media m join content c using (content_id) where policy = 'colors' and color like '#f%' and color not like '#ff%ff%' order by 1",
    );
    expect(reds.rows.map(({ name }) => name)).toEqual(['cut.mp4#t=0']);
    const hashed = await client.sql("select distinct name from media where policy = 'of_frames' order by 1");
    expect(hashed.rows.map(({ name }) => name)).not.toContain('green.png');
    expect(hashed.rows.map(({ name }) => name)).toContain('cut.mp4#t=2');
  });

  test('lists and counts what was added, and serves its thumbnail', async () => {
    const { contents, total } = await client.contents.list();
    expect(contents.map(({ name }) => name).toSorted()).toEqual([
      'cut.mp4',
      'green.png',
      'half.mp4',
      'large.avi',
      'sound.mp4',
    ]);
    expect([total, (await client.status()).contents]).toEqual([5, 5]);
    const cut = contents.find(({ name }) => name === 'cut.mp4');
    expect(cut).toMatchObject({ mimeType: 'video/mp4', width: 64, height: 48, frames: 100, position: null });
    const { contents: frames } = await client.contents.list({ parent: cut?.contentId ?? '' });
    expect(frames.map(({ position }) => position?.timeMs).toSorted((a = 0, b = 0) => a - b)).toEqual([0, 2000]);
  });

  test('says what is wrong with those that can not be read', async () => {
    const { tasks } = await client.tasks({ state: 'failed' });
    const reasons = new Map(tasks.map(({ name, error }) => [name, error]));
    expect([...reasons.keys()].toSorted()).toEqual(['half.mp4', 'sound.mp4']);
    expect(reasons.get('sound.mp4')).toBe('Cannot read video: there is only sound in it');
    expect(reasons.get('half.mp4')).toContain('Cannot read video: it is cut off, damaged, or none');
    const large = await client.sql(
      'select frames_taken, video_width, video_height from "media.frames" join content using (content_id) where name = \'large.avi\'',
    );
    expect(large.rows).toEqual([{ frames_taken: 1, video_width: 7680, video_height: 4320 }]);
  });

  test('forgets the frames of a video that is deleted', async () => {
    const { contents } = await client.contents.list({ name: 'cut.mp4' });
    const deleted = await client.contents.delete([contents[0]?.contentId ?? '']);
    expect(deleted).toMatchObject({ deleted: 3, derived: 2, keptFiles: 1 });
    const left = await client.sql("select name from content where name like 'cut%'");
    expect(left.rows).toEqual([]);
  });
});
