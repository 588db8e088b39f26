/**
 * The page Search as people meet it, in Chromium.
 *
 * @module
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { Library, RunningServer } from '../acceptance/library.ts';
import { testData } from '../data.ts';
import { describeInBrowser, expectAccessible, settled, SIZES, takePictures } from './browser.ts';

const PHOTOS = ['parrot.jpg', 'owl.jpg', 'hot_dog.jpg', 'pets.jpg', 'kite_and_cold.jpg', 'cat_720p.jpg'];
/** A name and a label that would be markup, were they not shown as text. */
const HOSTILE = `<img src=x onerror="document.title='owned'"> 'o".jpg`;
const TRIP = `<b>rome</b>' or true --`;

const tiles = (page: Page) => page.getByRole('list', { name: 'Pictures' }).getByRole('link');
const box = (page: Page) => page.getByRole('searchbox', { name: 'Search the pictures' });
const firstName = (page: Page): Promise<string | null> => tiles(page).first().getAttribute('aria-label');
const parameter = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);

/** Drops files anywhere on the page. */
function drop(page: Page, ...names: string[]): Promise<void> {
  return give(page, 'drop', names);
}

async function give(page: Page, how: 'drop' | 'paste', names: readonly string[]): Promise<void> {
  const files = names.map((name) => ({
    name,
    bytes: readFileSync(testData(`data/photos/${name}`)).toString('base64'),
  }));
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, bytes } of given) {
      const array = Uint8Array.from(atob(bytes), (character) => character.codePointAt(0) ?? 0);
      data.items.add(new File([array], name, { type: 'image/jpeg' }));
    }
    return data;
  }, files);
  if (how === 'drop') await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  else
    await transfer.evaluate((clipboardData) =>
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })),
    );
}

describeInBrowser('the page Search', ({ visit }, newLibrary) => {
  let library: Library;
  let server: RunningServer;
  const ui = (search = ''): string => `${server.url}/ui/default${search}`;
  beforeAll(async () => {
    library = await newLibrary();
    server = await library.serve();
  });

  it('tells the first step of an empty library, and shows pictures as they come', async () => {
    const { page, faults } = await visit(ui());
    await page.getByRole('heading', { name: 'This library has no pictures yet' }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'search-empty');
    const folder = library.photos('photos', ...PHOTOS);
    cpSync(testData('data/photos/face.jpg'), join(folder, HOSTILE));
    await drop(page, 'owl.jpg');
    await expect.poll(() => tiles(page).count()).toBe(1);
    expect((await library.fovea('add', folder)).code).toBe(0);
    await expect.poll(() => tiles(page).count()).toBe(PHOTOS.length + 1);
    await server.client.waitUntilIndexed();
    const { contents } = await server.client.contents.list();
    await server.client.contents.labels(
      contents.filter(({ name }) => name.startsWith('p')).map(({ contentId }) => contentId),
      { set: { trip: TRIP } },
    );
    await page.getByRole('button', { name: /^bird \d photos?$/ }).waitFor();
    expect(faults).toEqual([]);
  });

  it('finds by words, says what it understood, and goes back', async () => {
    const { page, faults } = await visit(ui());
    await tiles(page).first().waitFor();
    await box(page).fill('an owl');
    await expect.poll(() => firstName(page)).toMatch(/^owl\.jpg, alike 0\.\d\d · has “owl”/);
    const understood = page.getByRole('list', { name: 'What was understood' });
    await understood.getByRole('button', { name: /^prefer an owl ?; change to without/ }).click();
    await expect.poll(() => parameter(page, 'not')).toBe('["an owl"]');
    await expect.poll(() => tiles(page).count()).toBe(PHOTOS.length);
    await understood.getByRole('button', { name: 'Remove without an owl' }).click();
    await expect.poll(() => tiles(page).count()).toBe(PHOTOS.length + 1);
    await page.goBack();
    await page.goBack();
    await expect.poll(() => box(page).inputValue()).toBe('an owl');
    await page.goBack();
    await expect.poll(() => box(page).inputValue()).toBe('');
    expect(faults).toEqual([]);
  });

  it('finds by a dropped picture, alone and with words; its address works in this browser and says so in others', async () => {
    const { page, faults } = await visit(ui());
    await tiles(page).first().waitFor();
    await drop(page, 'owl.jpg');
    await expect.poll(() => firstName(page)).toMatch(/^owl\.jpg, alike (1\.00|0\.9\d)/);
    const tile = page.getByRole('img', { name: 'The picture that is searched with' });
    await tile.waitFor();
    await page.reload();
    await tile.waitFor();
    await expect.poll(() => firstName(page)).toMatch(/^owl\.jpg/);
    await box(page).fill('a parrot');
    await expect.poll(() => parameter(page, 'q')).toBe('a parrot');
    await expect
      .poll(async () =>
        (await tiles(page).evaluateAll((all) => all.map((one) => one.ariaLabel))).slice(0, 2).toSorted(),
      )
      .toEqual([expect.stringMatching(/^owl\.jpg/), expect.stringMatching(/^parrot\.jpg/)]);
    await takePictures(page, 'search-composed');
    const elsewhere = await visit(page.url());
    await elsewhere.page.getByRole('heading', { name: 'The picture of this search is in another browser' }).waitFor();
    await expectAccessible(elsewhere.page);
    await elsewhere.page.getByRole('button', { name: 'Search without the picture' }).last().click();
    await expect.poll(() => firstName(elsewhere.page)).toMatch(/^parrot\.jpg/);
    await page.getByRole('button', { name: 'Search without the picture' }).click();
    await expect.poll(() => parameter(page, 'image')).toBeNull();
    await box(page).fill('');
    await expect.poll(() => parameter(page, 'q')).toBeNull();
    await give(page, 'paste', ['parrot.jpg']);
    await expect.poll(() => firstName(page)).toMatch(/^parrot\.jpg, alike (1\.00|0\.9\d)/);
    await drop(page, 'owl.jpg', 'parrot.jpg');
    await page.getByText('One picture at a time can be searched with').waitFor();
    expect([...faults, ...elsewhere.faults]).toEqual([]);
  });

  it('finds what is like a part of a picture of the library', async () => {
    const { contents } = await server.client.contents.list();
    const parrot = contents.find(({ name }) => name === 'parrot.jpg');
    const { page, faults } = await visit(ui(`?like=${parrot?.contentId}&region=[10,10,200,200]`));
    await page.getByRole('img', { name: 'Like a part of parrot.jpg' }).waitFor();
    await expect.poll(() => tiles(page).count()).toBe(PHOTOS.length);
    expect(faults).toEqual([]);
  });

  it('narrows by facets, by hostile values too, and completes what the library has', async () => {
    const { page, faults } = await visit(ui());
    const facets = page.getByRole('complementary', { name: 'Narrow down' });
    await facets.getByRole('button', { name: /^bird \d/ }).click();
    await expect.poll(() => tiles(page).count()).toBeLessThan(PHOTOS.length);
    const birds = await tiles(page).count();
    expect(JSON.parse(parameter(page, 'facets') ?? '')).toEqual({ 'photos.objects.object_name': ['bird'] });
    await expect(facets.getByRole('button', { name: /^bird \d/ }).getAttribute('aria-pressed')).resolves.toBe('true');
    await page.getByRole('button', { name: /^must bird ?; change to prefer/ }).click();
    await expect.poll(() => box(page).inputValue()).toBe('bird');
    await page.getByRole('button', { name: /^prefer bird ?; change to without/ }).click();
    await expect.poll(() => tiles(page).count()).toBe(PHOTOS.length + 1 - birds);
    await page.getByRole('button', { name: 'Remove without bird' }).click();
    await facets.getByRole('button', { name: TRIP }).click();
    await expect.poll(async () => (await tiles(page).allTextContents()).toSorted()).toEqual(['parrot.jpg', 'pets.jpg']);
    await page.getByText(`trip = ${TRIP}`).waitFor();
    // Chosen once more, it is chosen no longer.
    await facets.getByRole('button', { name: TRIP }).click();
    await expect.poll(() => parameter(page, 'facets')).toBeNull();
    await expect.poll(() => tiles(page).count()).toBe(PHOTOS.length + 1);
    await page.goBack();
    await expect.poll(() => tiles(page).count()).toBe(2);
    await page.goBack();
    await expect.poll(() => tiles(page).count()).toBe(PHOTOS.length + 1);
    await box(page).fill('object:bi');
    await page.getByRole('option', { name: /^bird/ }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => tiles(page).count()).toBe(birds);
    expect(await page.title()).not.toBe('owned');
    expect(faults).toEqual([]);
  });

  it('tells why nothing was found, and what is wrong with a filter where it was written', async () => {
    const { page, faults } = await visit(ui('?q=an owl&facets={"labels.trip":["nowhere"]}&where=width > 1'));
    await page.getByRole('heading', { name: 'Nothing found for “an owl”' }).waitFor();
    const row = (name: string) => page.getByRole('row', { name }).getByRole('cell');
    await expect.poll(() => row('trip = nowhere').allTextContents()).toEqual(['0', '7', 'Remove']);
    await expect.poll(() => row('width > 1').allTextContents()).toEqual(['7', '0', 'Remove']);
    await expectAccessible(page);
    await takePictures(page, 'search-nothing');
    await page.getByRole('button', { name: 'Show the nearest pictures without conditions' }).click();
    await expect.poll(() => firstName(page)).toMatch(/^owl\.jpg/);
    const filter = page.getByRole('textbox', { name: 'Filter, as a condition in SQL' });
    await filter.fill('widht > 1');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('alert').allTextContents()).toContainEqual(expect.stringMatching(/widht/));
    await expect(filter.getAttribute('aria-invalid')).resolves.toBe('true');
    await filter.fill("name = 'owl.jpg'");
    await page.keyboard.press('Enter');
    await expect.poll(() => tiles(page).count()).toBe(1);
    await expect.poll(() => filter.getAttribute('aria-invalid')).toBe('false');
    expect(faults).toEqual([]);
  });

  it('works by keyboard alone', async () => {
    const { page, faults } = await visit(ui());
    await tiles(page).nth(3).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('a parrot');
    await page.keyboard.press('Enter');
    await expect.poll(() => firstName(page)).toMatch(/^parrot\.jpg/);
    await page.keyboard.press('ArrowDown');
    const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.ariaLabel ?? null);
    await expect.poll(focused).toMatch(/^parrot\.jpg/);
    const labels = await tiles(page).evaluateAll((all) => all.map((one) => one.ariaLabel));
    await page.keyboard.press('ArrowRight');
    await expect.poll(focused).toBe(labels[1]);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/picture/**');
    await page.goBack();
    await expect.poll(() => box(page).inputValue()).toBe('a parrot');
    await box(page).focus();
    await page.keyboard.press('Escape');
    await expect.poll(() => box(page).evaluate((input) => input === document.activeElement)).toBe(false);
    expect(await box(page).inputValue()).toBe('a parrot');
    expect(faults).toEqual([]);
  });

  it('has its facets in a sheet on a phone, keeps its place, is accessible and shows markup as text', async () => {
    const { page, faults } = await visit(ui('?q=a bird'), { viewport: SIZES.phone });
    await tiles(page).first().waitFor();
    await page.getByRole('button', { name: 'Narrow down' }).click();
    const sheet = page.getByRole('dialog', { name: 'Narrow down' });
    await sheet.getByRole('button', { name: TRIP }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'search-sheet');
    await sheet.getByRole('button', { name: TRIP }).click();
    await sheet.getByRole('button', { name: 'Close' }).click();
    await expect.poll(() => tiles(page).count()).toBe(2);
    await page.goto(ui());
    await tiles(page).filter({ hasText: HOSTILE }).waitFor();
    await settled(page);
    await expectAccessible(page);
    await page.setViewportSize({ width: 390, height: 300 });
    await tiles(page).last().scrollIntoViewIfNeeded();
    const place = await page.evaluate(() => window.scrollY);
    expect(place).toBeGreaterThan(0);
    await tiles(page).last().click();
    await page.waitForURL('**/picture/**');
    await page.goBack();
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(place);
    // What comes in meanwhile moves nothing, until it is wanted.
    const seen = await tiles(page).last().boundingBox();
    const fresh = Buffer.concat([readFileSync(testData('data/photos/owl.jpg')), Buffer.of(0)]);
    await server.client.upload(fresh, { name: 'new.jpg' });
    const told = page.getByRole('button', { name: '1 new picture' });
    await told.waitFor();
    expect(await tiles(page).last().boundingBox()).toEqual(seen);
    await told.click();
    await expect.poll(() => firstName(page)).toMatch(/^new\.jpg/);
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
    expect(await page.title()).not.toBe('owned');
    expect(faults).toEqual([]);
  });

  it('looks at objects, too, where that is wanted: says what that needs, and draws what it found', async () => {
    const { page, faults } = await visit(ui('?q=a parrot'));
    await tiles(page).first().waitFor();
    const button = page.getByRole('button', { name: 'In objects, too' });
    await button.click();
    await page.getByText('Cannot look at boxes: no policy makes vectors of them').waitFor();
    const policy = { name: 'parts', extractor: 'embedding/clip', content_source: 'photos.objects' };
    await server.client.graphs.apply(JSON.stringify({ name: 'boxes', extraction_policies: [policy] }));
    await server.client.waitUntilIndexed();
    await page.reload();
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
    const parrot = tiles(page).filter({ hasText: 'parrot.jpg' });
    await parrot.locator('svg rect').first().waitFor({ state: 'attached' });
    await settled(page);
    await expectAccessible(page);
    await takePictures(page, 'search-objects');
    await parrot.click();
    await page.waitForURL('**/picture/**');
    await page.locator('[data-highlighted]').first().waitFor({ state: 'attached' });
    await takePictures(page, 'picture-objects');
    await page.goBack();
    await button.click();
    await expect.poll(() => parameter(page, 'regions')).toBeNull();
    await expect.poll(() => tiles(page).locator('svg rect').count()).toBe(0);
    expect(faults).toEqual([]);
  });
});
