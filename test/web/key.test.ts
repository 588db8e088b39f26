/**
 * The page of a server that asks for an API key, in Chromium.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { Library, RunningServer } from '../acceptance/library.ts';
import { testData } from '../data.ts';
import { describeInBrowser, expectAccessible, takePictures } from './browser.ts';

describeInBrowser('the page of a server that asks for a key', ({ visit }, newLibrary) => {
  let library: Library;
  let server: RunningServer;
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_API_KEY: 'of-whoever-runs-it' });
    server = await library.serve('--require-key');
  });

  it('asks for one, does everything with it, and asks again when it is removed', async () => {
    const { id, key } = await server.client.keys.create({ name: 'page', access: 'write' });
    const { page, faults } = await visit(`${server.url}/ui/default`);
    const field = page.getByLabel('API key');
    const submit = page.getByRole('button', { name: 'Open', exact: true });
    await field.waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await expectAccessible(page);
    await takePictures(page, 'key');
    // More wrong ones, did each ask for a whole page, than the server lets an address try.
    for (const wrong of ['none', 'of', 'these', 'opens', 'it']) {
      await field.fill(wrong);
      const answered = page.waitForResponse((response) => response.url().endsWith('/status'));
      await submit.click();
      expect((await answered).status()).toBe(401);
      await expect
        .poll(() => page.getByRole('alert').allTextContents())
        .toEqual([expect.stringMatching(/not known here/)]);
    }
    await field.fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'This library has no pictures yet' }).waitFor();

    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('heading', { name: 'No photos yet' }).waitFor();
    await page.getByLabel('Choose a folder').last().setInputFiles(library.photos('photos', 'parrot.jpg'));
    // Events come: nothing else says that it was read.
    const thumbnail = page.getByRole('list', { name: 'Pictures' }).locator('img');
    await expect
      .poll(() => thumbnail.evaluateAll(([one]) => (one as HTMLImageElement | undefined)?.naturalWidth ?? 0))
      .toBeGreaterThan(0);
    expect(await thumbnail.getAttribute('src')).toMatch(/^blob:/);

    await page.getByRole('list', { name: 'Pictures' }).getByRole('link').click();
    const download = page.getByRole('link', { name: 'Download the original' });
    const original = page.waitForEvent('download');
    await download.click();
    const photo = readFileSync(testData('data/photos/parrot.jpg'));
    expect(readFileSync(await (await original).path()).equals(photo)).toBe(true);

    await page.getByRole('link', { name: 'SQL' }).click();
    await page.getByRole('button', { name: 'The newest pictures' }).click();
    await page.getByRole('region', { name: 'Result' }).getByText('parrot.jpg').waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const rows = page.waitForEvent('download');
    await page.getByRole('button', { name: /^CSV/ }).click();
    expect(readFileSync(await (await rows).path(), 'utf8')).toContain('parrot.jpg');

    await server.client.keys.remove(id);
    await field.waitFor();
    await expect
      .poll(() => page.getByRole('alert').allTextContents())
      .toEqual([expect.stringMatching(/may have been removed/)]);
    await page.getByRole('button', { name: 'Forget the key' }).click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await field.waitFor();
    expect(faults).toEqual([]);
  });
});
