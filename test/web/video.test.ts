/**
 * The page of a video: it plays from the moment that was found, with boxes of what was followed in it.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../acceptance/library.ts';
import { ffmpeg, hasFfmpeg, keyEvery } from '../ffmpeg.ts';
import { describeInBrowser, expectAccessible, settled, takePictures } from './browser.ts';

const real = { type: 'real' } as const;
const integer = { type: 'integer' } as const;

describe.skipIf(!hasFfmpeg)('with ffmpeg', () => {
  describeInBrowser('the page of a video', ({ visit }, newLibrary) => {
    let server: RunningServer;
    const ids = new Map<string, string>();

    beforeAll(async () => {
      const library = await newLibrary();
      server = await library.serve();
      const { client } = server;
      const folder = join(library.folder, 'videos');
      mkdirSync(folder);
      const colour = (name: string): string[] => ['-f', 'lavfi', '-i', `color=${name}:size=320x240:rate=10:duration=3`];
      // Red, then blue from the second 3 on.
      const joined = ['-filter_complex', '[0][1]concat=n=2:v=1', ...keyEvery(10)];
      ffmpeg(...colour('red'), ...colour('blue'), ...joined, '-c:v', 'libvpx', join(folder, 'cut.webm'));
      ffmpeg(...colour('green'), '-c:v', 'mjpeg', join(folder, 'old.avi'));
      const columns = {
        track_id: integer,
        time_ms: integer,
        object_name: { type: 'text' },
        score: real,
        x1: real,
        y1: real,
        x2: real,
        y2: real,
      } as const;
      await client.graphs.apply({
        name: 'media',
        policies: [
          { name: 'frames', extractor: 'video/frames', params: { distance: 1 } },
          { name: 'clip', extractor: 'embedding/clip', params: { model: 'fovea-tiny' } },
          { name: 'things', extractor: 'features/given', params: { columns } },
        ],
      });
      const added = await library.fovea('add', folder);
      expect(added.code, added.stderr).toBe(0);
      await client.waitUntilIndexed();
      for await (const { name, contentId } of client.contents.each()) ids.set(name, contentId);
      const at = (timeMs: number, x1: number) => ({
        columns: { track_id: 1, object_name: 'dog', score: 0.8, time_ms: timeMs, x1, y1: 20, x2: x1 + 80, y2: 90 },
      });
      const rows = [at(0, 0), at(6000, 120)];
      await client.features.put('media.things', [{ contentId: ids.get('cut.webm') ?? '', rows }]);
    });

    const video = (page: Page) => page.locator('video');
    const timeOf = (page: Page): Promise<number> =>
      video(page).evaluate((element) => (element as HTMLVideoElement).currentTime);
    /** Of the pixel in the middle of what is shown now: red, green or blue. */
    const colourOf = (page: Page): Promise<string> =>
      video(page).evaluate((element) => {
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [1, 1];
        const context = canvas.getContext('2d');
        context?.drawImage(element as HTMLVideoElement, 0, 0, 1, 1);
        const pixel = [...(context?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
        return ['red', 'green', 'blue'][pixel.indexOf(Math.max(...pixel))] ?? '';
      });
    /** Left edge of the box, and where it should be at this time. */
    const boxOf = (page: Page): Promise<[number, number]> =>
      page.evaluate(() => {
        const left = document.querySelector('svg rect[data-label]')?.getAttribute('x');
        const time = document.querySelector('video')?.currentTime ?? Number.NaN;
        return [Number(left ?? Number.NaN), time * 20];
      });

    it('begins at the moment that was found, and plays from others', async () => {
      const { page, faults } = await visit(
        `${server.url}/ui/default?q=blue&where=${encodeURIComponent("name like 'cut%'")}`,
      );
      const replies: [number, string | undefined][] = [];
      page.on('response', (reply) => {
        if (reply.url().includes('/original')) replies.push([reply.status(), reply.headers()['content-type']]);
      });
      const tile = page.getByRole('link', { name: /^cut\.webm, at / });
      await tile.waitFor();
      const [, best = ''] = /at (\d)\.0 s/.exec((await tile.getAttribute('aria-label')) ?? '') ?? [];
      expect(Number(best), 'blue begins at 3 s').toBeGreaterThanOrEqual(3);
      await takePictures(page, 'video-hits');
      await tile.click();
      await expect.poll(() => timeOf(page)).toBeCloseTo(Number(best), 1);
      await expect.poll(() => colourOf(page)).toBe('blue');
      await expect.poll(async () => Math.abs((await boxOf(page)).reduce((a, b) => a - b))).toBeLessThan(0.5);
      expect(replies[0]).toEqual([206, 'video/webm']);
      const strip = page.getByRole('list', { name: 'Moments that were found' });
      expect(await strip.getByRole('button').count()).toBe(5);
      await settled(page);
      await takePictures(page, 'video', { isMain: true });
      await expectAccessible(page);

      await page.getByRole('tab', { name: 'Found' }).click();
      await page.getByRole('button', { name: 'Play from where dog #1 is first seen, 0.0 s' }).click();
      await expect.poll(() => colourOf(page)).toBe('red');
      await expect.poll(() => timeOf(page), 'it plays').toBeGreaterThan(0.5);
      await video(page).evaluate((element) => (element as HTMLVideoElement).pause());
      await expect.poll(async () => Math.abs((await boxOf(page)).reduce((a, b) => a - b))).toBeLessThan(0.5);
      await strip.getByRole('button', { name: `Play from ${best}.0 s` }).click();
      await expect.poll(() => timeOf(page)).toBeGreaterThanOrEqual(Number(best));
      expect(faults).toEqual([]);
    });

    it('shows frames of what the browser can not play', async () => {
      const { page } = await visit(`${server.url}/ui/default/picture/${ids.get('old.avi')}`);
      await page.getByText('This browser can’t play this video (video/x-msvideo)').waitFor();
      const frames = page.getByRole('list', { name: 'Frames' }).getByRole('button');
      await expect.poll(() => frames.count()).toBe(3);
      await page.getByRole('button', { name: 'Play from 2.0 s' }).click();
      await page.getByRole('img', { name: 'Video old.avi at 2.0 s' }).waitFor();
    });
  });
});
