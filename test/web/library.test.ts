/**
 * Library and uploads, as people meet them, in Chromium.
 *
 * @module
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { Library, RunningServer } from '../acceptance/library.ts';
import { describeInBrowser, expectAccessible, takePictures } from './browser.ts';

/** A name that would do harm where it was taken for HTML. */
const HOSTILE = `<img src=x onerror="document.title='harmed'">.jpg`;

describeInBrowser('the library page', ({ visit }, newLibrary) => {
  let library: Library;
  let server: RunningServer;
  beforeAll(async () => {
    library = await newLibrary();
    server = await library.serve();
  });

  /** A folder with pictures, one that is cut off, and what is no picture. */
  function holiday(): string {
    const folder = library.photos('holiday', 'parrot.jpg', 'owl.jpg', 'pets.jpg');
    const photo = readFileSync(join(folder, 'owl.jpg'));
    writeFileSync(join(folder, 'cut.jpg'), photo.subarray(0, photo.length / 3));
    writeFileSync(join(folder, 'notes.txt'), 'Dear all');
    mkdirSync(join(folder, 'day 1'));
    // The same picture in other bytes, and the same bytes.
    const pets = readFileSync(join(folder, 'pets.jpg'));
    writeFileSync(join(folder, 'day 1', HOSTILE), Buffer.concat([pets, Buffer.of(0)]));
    writeFileSync(join(folder, 'day 1', 'copy.jpg'), photo);
    return folder;
  }

  const panel = (page: Page) => page.getByRole('region', { name: 'Uploads' });

  it('uploads a folder, also while other pages are looked at, and tells what it did not send', async () => {
    const { page, faults } = await visit(`${server.url}/ui/default/library`);
    await page.getByLabel('Choose a folder').last().setInputFiles(holiday());
    await panel(page).getByRole('heading').waitFor();
    await page.getByRole('link', { name: 'SQL' }).click();
    await panel(page).getByRole('heading', { name: '6 photos uploaded' }).waitFor();
    const told = await panel(page).innerText();
    expect(told).toContain('1 was here already');
    expect(told).toContain('1 file is no picture');
    expect(told).toContain('notes.txt');
    const { contents } = await server.client.contents.list();
    const names = contents.map(({ name }) => name.replace('copy.jpg', 'owl.jpg'));
    expect(names.toSorted()).toEqual([HOSTILE, 'cut.jpg', 'owl.jpg', 'parrot.jpg', 'pets.jpg']);
    expect(contents.find(({ name }) => name === HOSTILE)?.labels).toEqual({ folder: 'holiday/day 1' });
    await expectAccessible(page);
    await takePictures(page, 'uploads-ended');
    expect(await page.title()).not.toBe('harmed');
    expect(faults).toEqual([]);
  });
});
