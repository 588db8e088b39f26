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
    writeFileSync(join(folder, 'copy.jpg'), photo);
    return folder;
  }

  const panel = (page: Page) => page.getByRole('region', { name: 'Uploads' });
  const grid = (page: Page) => page.getByRole('list', { name: 'Pictures' });
  const total = (page: Page) =>
    page
      .getByRole('status')
      .filter({ hasText: /photos?$/ })
      .first();
  const open = (query = '') => visit(`${server.url}/ui/default/library${query}`);

  it('uploads a folder into an empty library, and shows it being indexed as it happens', async () => {
    const { page, faults } = await open();
    await page.getByRole('heading', { name: 'No photos yet' }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'library-empty');
    await page.getByLabel('Choose a folder').last().setInputFiles(holiday());
    await panel(page).getByRole('heading').waitFor();
    // Goes on while other pages are looked at.
    await page.getByRole('link', { name: 'SQL' }).click();
    await panel(page).getByRole('heading', { name: '5 photos uploaded' }).waitFor();
    await page.getByRole('link', { name: 'Library' }).click();
    const told = await panel(page).innerText();
    expect(told).toContain('1 was here already');
    expect(told).toContain('1 file is no picture');
    expect(told).toContain('notes.txt');
    await expect.poll(() => grid(page).getByRole('link').count()).toBe(5);
    await expect.poll(() => total(page).innerText()).toBe('5 photos');
    const { contents } = await server.client.contents.list();
    const names = contents.map(({ name }) => name.replace('copy.jpg', 'owl.jpg'));
    expect(names.toSorted()).toEqual([HOSTILE, 'cut.jpg', 'owl.jpg', 'parrot.jpg', 'pets.jpg']);
    expect(contents.find(({ name }) => name === HOSTILE)?.labels).toEqual({ folder: 'holiday/day 1' });
    await expectAccessible(page);
    await takePictures(page, 'library-uploaded', { isMain: true });
    await server.client.waitUntilIndexed();
    // Without a word from anybody: sizes are known now, and so is what failed.
    await expect.poll(() => page.getByRole('button', { name: /^Indexing/ }).innerText()).toMatch(/1$/);
    await panel(page).getByRole('button', { name: 'Close' }).click();
    await panel(page).waitFor({ state: 'detached' });
    expect(await page.title()).not.toBe('harmed');
    expect(faults).toEqual([]);
  });

  it('filters by state, name and label, keeps them in the address, and goes back', async () => {
    const { page, faults } = await open('?name=pets');
    await expect.poll(() => total(page).innerText()).toBe('1 photo');
    await page.getByRole('searchbox', { name: 'Name' }).fill('');
    await expect.poll(() => total(page).innerText()).toBe('5 photos');
    await page.getByLabel('A label and its value').fill('folder=holiday/day 1');
    await page.keyboard.press('Enter');
    await expect.poll(() => grid(page).getByRole('link').first().getAttribute('aria-label')).toBe(HOSTILE);
    await page.getByRole('combobox', { name: 'State' }).selectOption('indexed');
    await expect.poll(() => new URL(page.url()).searchParams.get('state')).toBe('indexed');
    await expect.poll(() => total(page).innerText()).toBe('1 photo');
    await page.getByRole('button', { name: 'Remove the filter folder=holiday/day 1' }).click();
    await expect.poll(() => total(page).innerText()).toBe('4 photos');
    await page.goBack();
    await expect.poll(() => total(page).innerText()).toBe('1 photo');
    await page.getByRole('combobox', { name: 'Looked at by' }).selectOption('photos.clip');
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('table').getByRole('link', { name: HOSTILE }).waitFor();
    expect(new URL(page.url()).searchParams.get('policy')).toBe('clip');
    expect(faults).toEqual([]);
  });

  it('tells why a picture failed, and tries it again', async () => {
    const { page, faults } = await open('?state=failed');
    const row = page.getByRole('row', { name: /cut\.jpg/ });
    await expect.poll(() => row.innerText()).toMatch(/Cannot read picture[^]*unreadable_image/);
    await expectAccessible(page);
    await takePictures(page, 'library-failed');
    const before = await server.client.tasks({ state: 'failed' });
    await row.getByRole('button', { name: 'Try again: cut.jpg' }).click();
    await page.getByText(/tried again/).waitFor({ state: 'attached' });
    await expect.poll(async () => (await server.client.tasks({ state: 'failed' })).total).toBe(before.total);
    expect(faults).toEqual([]);
  });

  it('edits labels of several pictures by keys alone', async () => {
    const { page, faults } = await open();
    await grid(page).getByRole('link').nth(4).waitFor();
    await grid(page).getByRole('link').first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowRight');
    const bar = page.getByRole('region', { name: 'Selection' });
    await bar.getByText('2 selected').waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await bar.getByText('5 selected').waitFor();
    await takePictures(page, 'library-selected');
    await bar.getByRole('button', { name: 'Labels' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('On all, 2 different values').waitFor();
    await dialog.getByLabel('Label', { exact: true }).fill('stars');
    await dialog.getByLabel('Type of stars').selectOption('number');
    await dialog.getByLabel('Value of stars').fill('4');
    await expectAccessible(page);
    await takePictures(page, 'library-labels');
    await dialog.getByRole('button', { name: 'Remove folder' }).press('Enter');
    await page.keyboard.press('Enter');
    await dialog.getByLabel('Value of stars').press('Enter');
    await dialog.waitFor({ state: 'detached' });
    const labels = (await server.client.contents.list()).contents.map((content) => content.labels);
    expect(labels.map(({ stars }) => stars)).toEqual([4, 4, 4, 4, 4]);
    expect(faults).toEqual([]);
  });

  it('counts what a deletion takes along, and deletes no more than was asked', async () => {
    const { page, faults } = await open('?view=table');
    await page.getByRole('checkbox', { name: 'Select cut.jpg' }).click();
    const bar = page.getByRole('region', { name: 'Selection' });
    await bar.getByRole('button', { name: 'Select all 5' }).click();
    await bar.getByText('5 selected').waitFor();
    await bar.getByRole('button', { name: 'Select none' }).click();
    await page.getByRole('checkbox', { name: 'Select cut.jpg' }).click();
    await page.getByRole('checkbox', { name: 'Select parrot.jpg' }).click();
    await page.getByRole('region', { name: 'Selection' }).getByRole('button', { name: 'Delete' }).click();
    const dialog = page.getByRole('dialog');
    const { contents } = await server.client.contents.list();
    const ids = contents.filter(({ name }) => /^(cut|parrot)/.test(name)).map(({ contentId }) => contentId);
    const { rows } = await server.client.contents.delete(ids, { dryRun: true });
    expect(rows).toBeGreaterThan(0);
    await dialog.getByText(`${rows} rows of findings`).waitFor();
    expect(await dialog.innerText()).toContain('2 photos, with everything that was found in them');
    await expectAccessible(page);
    await takePictures(page, 'library-delete');
    await dialog.getByRole('button', { name: 'Delete 2 photos' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => total(page).innerText()).toBe('3 photos');
    const left = (await server.client.contents.list()).contents.map(({ name }) => name.replace('copy.jpg', 'owl.jpg'));
    expect(left.toSorted()).toEqual([HOSTILE, 'owl.jpg', 'pets.jpg']);
    expect(faults).toEqual([]);
  });

  it('uploads a folder that is dropped, holds and goes on as it is told, and asks before the tab is closed', async () => {
    const { page, faults } = await open();
    await expect.poll(() => total(page).innerText()).toBe('3 photos');
    const folder = library.photos('dropped', 'hot_dog.jpg');
    mkdirSync(join(folder, 'within'));
    const photo = readFileSync(join(folder, 'hot_dog.jpg'));
    for (const at of [1, 2, 3, 4])
      writeFileSync(join(folder, 'within', `${at}.jpg`), Buffer.concat([photo, Buffer.of(at)]));
    // What is sent stays on its way until the test lets it go.
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/contents\?/, async (route) => {
      if (route.request().method() === 'POST') await released;
      await route.continue().catch(() => {});
    });
    await drop(page, folder);
    await panel(page).getByRole('heading', { name: 'Uploading: 0 of 5' }).waitFor();
    await panel(page).getByRole('button', { name: 'Pause' }).click();
    await panel(page).getByRole('heading', { name: 'Paused at 0 of 5' }).waitFor();
    await expectAccessible(page);
    const asked = page.waitForEvent('dialog');
    void page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    release();
    await panel(page).getByRole('button', { name: 'Go on' }).click();
    await panel(page).getByRole('heading', { name: '5 photos uploaded' }).waitFor();
    await expect.poll(() => total(page).innerText()).toBe('8 photos');
    const { contents } = await server.client.contents.list({ label: ['folder=dropped/within'] });
    expect(contents.map(({ name }) => name).toSorted()).toEqual(['1.jpg', '2.jpg', '3.jpg', '4.jpg']);
    expect(faults).toEqual([]);
  });
});

/** Drops a folder of this machine onto the middle of a page, as a person would. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 500, data });
  }
}
