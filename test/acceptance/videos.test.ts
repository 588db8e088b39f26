/** Videos from a folder to SQL: their frames are pictures of the library, and bad ones say why. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FoveaClient } from '../../src/client/index.ts';
import { open } from '../../src/engine/index.ts';
import { decodersOf, ffmpeg, hasFfmpeg, keyEvery, moving } from '../ffmpeg.ts';

const WORDS = fileURLToPath(new URL('../fixtures/colour-words-extractor.mjs', import.meta.url));
const GRAPH = `name: media
extraction_policies:
  - { extractor: video/frames, name: frames }
  - { extractor: embedding/clip, name: clip, input_params: { model: fovea-tiny } }
  - { extractor: test/colour-words, name: words }
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
    fovea = await open({ home: join(folder, 'home'), hub: { offline: true }, workers: 1, extractors: [WORDS] });
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

  test('is searched by videos, with the moment that was found', async () => {
    const inVideos = { where: 'parent_id is not null' };
    const legs = { vector: ['vector'], text: ['text'], both: undefined } as const;
    for (const [name, only] of Object.entries(legs)) {
      const found = await client.search({
        query: 'blue',
        explain: true,
        ...inVideos,
        ...(only && { legs: [...only] }),
      });
      // Of a leg of words, the only video with the word; of vectors all, the nearest first.
      const [first, ...others] = found.hits;
      expect([first?.name, first?.mimeType], name).toEqual(['cut.mp4', 'video/mp4']);
      expect(
        others.map((hit) => hit.name),
        name,
      ).toEqual(name === 'text' ? [] : ['large.avi']);
      expect(found.total, name).toBe(2);
      expect(first?.moments?.[0], name).toMatchObject({ timeMs: 2000, frame: 50, score: expect.any(Number) });
      const [frame] = (await client.contents.list({ parent: first?.contentId ?? '', name: 't=2' })).contents;
      expect(first?.moments?.[0], name).toMatchObject({ contentId: frame?.contentId, sha256: frame?.sha256 });
      expect(
        first?.explanation?.legs.map((leg) => [leg.leg, leg.moments?.[0]?.timeMs]),
        name,
      ).toEqual((only ?? ['text', 'vector']).map((leg) => [leg, 2000]));
    }
  });

  test('gives so many videos as are asked for, page after page, beside pictures', async () => {
    const { contents } = await client.contents.list({ name: 'cut.mp4' });
    const { contents: frames } = await client.contents.list({ parent: contents[0]?.contentId ?? '', name: 't=2' });
    const image = Buffer.from(await (await client.original(frames[0]?.contentId ?? '')).bytes()).toString('base64');
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.search({ image, limit: 1, ...(cursor && { cursor }) });
      expect(page.hits).toHaveLength(1);
      names.push(...page.hits.map(({ name }) => name));
      ({ cursor } = page);
    } while (cursor !== undefined);
    expect(names[0]).toBe('cut.mp4');
    expect(names.toSorted()).toEqual(['cut.mp4', 'green.png', 'large.avi']);
  });

  test('is searched by a picture, by a frame and by a video', async () => {
    const [cut] = (await client.contents.list({ name: 'cut.mp4' })).contents;
    const { contents: frames } = await client.contents.list({ parent: cut?.contentId ?? '' });
    const red = frames.find(({ position }) => position?.timeMs === 0);
    const image = Buffer.from(await (await client.original(red?.contentId ?? '')).bytes()).toString('base64');
    const [first] = (await client.search({ image })).hits;
    expect([first?.name, first?.moments?.map(({ timeMs }) => timeMs)]).toEqual(['cut.mp4', [0, 2000]]);
    for (const contentId of [red?.contentId ?? '', cut?.contentId ?? '']) {
      const { hits, total } = await client.search({ like: { contentId } });
      expect(hits.map(({ name }) => name).toSorted(), 'the video itself is no hit').toEqual(['green.png', 'large.avi']);
      expect(total).toBe(4);
    }
  });

  test('keeps videos by what their frames show, and says which', async () => {
    const where = `exists (select 1 from "media.words" w where w.content_id = c.content_id and w.said like '%blue')`;
    for (const query of [{}, { query: 'red', legs: ['vector' as const] }]) {
      const { hits, total } = await client.search({ ...query, where, explain: true });
      expect([hits.map(({ name }) => name), total]).toEqual([['cut.mp4'], 1]);
      expect(
        hits[0]?.moments?.map(({ timeMs }) => timeMs),
        'the red one does not pass',
      ).toEqual([2000]);
      expect(hits[0]?.explanation?.rows).toMatchObject([
        { table: 'media.words', moment: { timeMs: 2000 }, values: { said: 'Everything here is blue' } },
      ]);
    }
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

  test.skipIf(process.platform !== 'linux')(
    'leaves no ffmpeg behind: of a video that is deleted, and when it closes',
    async () => {
      const long = join(folder, 'long.avi');
      ffmpeg(...moving('640x360', 60), '-c:v', 'mjpeg', '-q:v', '10', long);
      await client.graphs.apply({
        name: 'all',
        policies: [{ name: 'every', extractor: 'video/frames', params: { fps: 25 } }],
      });
      for (const end of ['deleted', 'closed'] as const) {
        for await (const { failed } of client.addPath(long)) expect(failed).toBe(0);
        await expect.poll(() => decodersOf(long).length).toBe(1);
        const [content] = (await client.contents.list({ name: 'long.avi' })).contents;
        await expect
          .poll(async () => (await client.contents.list({ parent: content?.contentId ?? '' })).total)
          .toBeGreaterThan(0);
        if (end === 'deleted') await client.contents.delete([content?.contentId ?? '']);
        else await fovea.close();
        await expect.poll(() => decodersOf(long), { message: end }).toEqual([]);
      }
    },
  );
});
