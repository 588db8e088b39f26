/**
 * The page as people meet it, in Chromium: what is common to all its pages.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, type RunningServer } from '../acceptance/library.ts';
import { describeInBrowser, expectAccessible, settled, takePictures } from './browser.ts';

/** Gzipped; the editor and the drawing of graphs come when they are wanted. */
const MAX_LANDING_BYTES = 250_000;
const PHOTOS = ['parrot.jpg', 'owl.jpg', 'hot_dog.jpg', 'pets.jpg', 'kite_and_cold.jpg'];

describe('the bundle', () => {
  it('of the landing page has at most 250 kB of JavaScript, gzipped', () => {
    const ui = join(root, 'dist/ui');
    const manifest = JSON.parse(readFileSync(join(ui, '.vite/manifest.json'), 'utf8')) as Record<
      string,
      { file: string; isEntry?: boolean; imports?: string[] }
    >;
    const needed = new Set<string>();
    const collect = (key: string): void => {
      const chunk = manifest[key];
      if (chunk === undefined || needed.has(chunk.file)) return;
      needed.add(chunk.file);
      chunk.imports?.forEach(collect);
    };
    for (const [key, { isEntry }] of Object.entries(manifest)) if (isEntry === true) collect(key);
    const bytes = [...needed].reduce((sum, file) => sum + gzipSync(readFileSync(join(ui, file))).length, 0);
    expect(needed.size).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(MAX_LANDING_BYTES);
  });

  it('has no script and no style in the document itself', () => {
    const document = readFileSync(join(root, 'dist/ui/index.html'), 'utf8');
    expect(document).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|style=/);
    expect(readdirSync(join(root, 'dist/ui'))).toContain('licences.md');
  });
});

describeInBrowser('the web page', ({ visit }, newLibrary) => {
  let server: RunningServer;
  beforeAll(async () => {
    const library = await newLibrary();
    server = await library.serve();
    expect((await library.fovea('add', library.photos('photos', ...PHOTOS))).code).toBe(0);
    await server.client.waitUntilIndexed();
  });

  it('opens at "/" for people, finds by words, and keeps the words in the address', async () => {
    const { page, faults } = await visit(server.url);
    await page.waitForURL('**/ui/default');
    const grid = page.getByRole('list', { name: 'Pictures' });
    await grid.getByRole('link').nth(3).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('a parrot');
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('a parrot');
    await expect.poll(() => grid.getByRole('link').first().getAttribute('aria-label')).toMatch(/^parrot\.jpg/);
    await page.goBack();
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('');
    expect(faults).toEqual([]);
  });

  it('is accessible, and looks as it should at every width', async () => {
    const { page, faults } = await visit(`${server.url}/ui/default?q=an%20owl`);
    await page.getByRole('list', { name: 'Pictures' }).getByRole('link').first().waitFor();
    await settled(page);
    await expectAccessible(page);
    await takePictures(page, 'search', { isMain: true });
    expect(faults).toEqual([]);
  });
});
