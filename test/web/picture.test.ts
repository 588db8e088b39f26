/**
 * The page of one picture: boxes, parts to search, the way through the results, what is known of it.
 *
 * @module
 */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { testData } from '../data.ts';
import type { RunningServer } from '../acceptance/library.ts';
import { describeInBrowser, expectAccessible, settled, SIZES, takePictures } from './browser.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
const real = { type: 'real' } as const;

describeInBrowser('the page of a picture', ({ visit }, newLibrary) => {
  let server: RunningServer;
  const ids = new Map<string, string>();
  const address = (name: string, query = ''): string => `${server.url}/ui/default/picture/${idOf(name)}${query}`;
  const idOf = (name: string): string => {
    const id = ids.get(name);
    if (id === undefined) throw new Error(`There is no picture "${name}"`);
    return id;
  };

  beforeAll(async () => {
    const library = await newLibrary();
    server = await library.serve();
    const folder = library.photos('photos', 'pets.jpg', 'kite_and_cold.jpg', 'parrot.jpg', 'owl.jpg');
    const odd = (name: string): string => testData(`data/odd-images/exif-samples/jpg/${name}`);
    cpSync(odd('gps/DSCN0010.jpg'), join(folder, 'place.jpg'));
    cpSync(odd('corrupted.jpg'), join(folder, 'corrupted.jpg'));
    cpSync(testData('data/photos/hot_dog.jpg'), join(folder, `${HOSTILE}.jpg`));
    expect((await library.fovea('add', folder)).code).toBe(0);
    const { client } = server;
    await client.waitUntilIndexed();
    for await (const { name, contentId } of client.contents.each()) ids.set(name, contentId);
    const columns = {
      object_name: { type: 'text' },
      x1: real,
      y1: real,
      x2: real,
      y2: real,
      polygon: { type: 'real[]' },
    } as const;
    const remarks = { name: 'remarks', extractor: 'features/given', params: { columns } };
    await client.graphs.apply({ name: 'notes', policies: [remarks] });
    const polygon = [10, 60, 80, 20, 110, 180, 40, 220];
    const row = { columns: { object_name: HOSTILE, x1: 10, y1: 20, x2: 110, y2: 220, polygon } };
    await client.features.put('notes.remarks', [{ contentId: idOf(`${HOSTILE}.jpg`), rows: [row] }]);
  });

  const boxesOn = (page: Page): Promise<Record<string, number | string>[]> =>
    page.locator('svg rect[data-box]').evaluateAll((rects) =>
      rects.map((rect) => {
        const at = (name: string): number => Number(rect.getAttribute(name));
        const [x, y] = [at('x'), at('y')];
        const label = rect.getAttribute('data-label') ?? '';
        return { label, x1: x, y1: y, x2: x + at('width'), y2: y + at('height') };
      }),
    );
  const objects = async (name: string): Promise<Record<string, number>[]> => {
    const { features } = await server.client.contents.features(idOf(name));
    return (features.find(({ policy }) => policy === 'objects')?.rows ?? []) as Record<string, number>[];
  };
  const photo = (page: Page): Locator => page.getByRole('img', { name: /^Picture / });
  const heading = (page: Page): Promise<string> => page.getByRole('heading', { level: 1 }).innerText();
  const focusedTile = (page: Page): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.closest('[data-content]')?.getAttribute('data-content'));
  const openTab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click();

  it('is opened from a search, tells why, and draws boxes where the rows have them', async () => {
    const { page, faults } = await visit(`${server.url}/ui/default?q=dogs`);
    await page.getByRole('link', { name: /^pets\.jpg/ }).click();
    await page.waitForURL(/\/picture\/.*q=dogs/);
    await page.getByRole('heading', { name: /^Hit \d/ }).waitFor();
    const why = page.getByRole('list', { name: 'What found it' });
    expect(await why.innerText()).toMatch(
      /Meaning\s+photos\.clip\.embedding[\s\S]*% of its score · rank \d+ · cosine 0\.\d\d/,
    );

    const rows = await objects('pets.jpg');
    expect(rows.length).toBeGreaterThan(1);
    await expect.poll(() => boxesOn(page)).toHaveLength(rows.length);
    const drawn = await boxesOn(page);
    for (const { object_name: label, x1 = 0, y1 = 0, x2 = 0, y2 = 0 } of rows) {
      const near = (value: number): unknown => expect.closeTo(value, 3);
      expect(drawn).toContainEqual({ label, x1: near(x1), y1: near(y1), x2: near(x2), y2: near(y2) });
    }
    const frame = await photo(page).boundingBox();
    const svg = await page.locator('svg:has(rect[data-box])').boundingBox();
    expect(svg).toEqual(frame);
    expect(await page.locator('svg:has(rect[data-box])').getAttribute('viewBox')).toBe('0 0 512 430');

    await page.keyboard.press('b');
    await expect.poll(() => boxesOn(page)).toEqual([]);
    await page.keyboard.press('b');
    const [best = 0, second = 0] = rows.map(({ score = 0 }) => score).sort((a, b) => b - a);
    await page.getByRole('slider', { name: 'Score at least' }).fill(((best + second) / 2).toFixed(2));
    await expect
      .poll(() => boxesOn(page))
      .toHaveLength(rows.filter(({ score = 0 }) => score > (best + second) / 2).length);
    await page.getByRole('button', { name: /^dog/ }).click();
    await expect.poll(() => boxesOn(page)).toEqual([]);

    await page.getByRole('heading', { level: 1 }).click();
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/ui\/default\?q=dogs/);
    await expect.poll(() => focusedTile(page)).toBe(idOf('pets.jpg'));
    expect(faults).toEqual([]);
  });

  it('points from a row to its box, and from a box to its row', async () => {
    const { page, faults } = await visit(address('pets.jpg'));
    const row = page.getByRole('row', { name: /dog/ }).first();
    // What is found above a row as it comes moves the row away from the pointer.
    const highlighted = async (): Promise<number> => {
      await row.hover();
      return page.locator('g[data-highlighted] rect[data-box]').count();
    };
    await expect.poll(highlighted).toBe(1);
    const key = await page.locator('g[data-highlighted] rect[data-box]').getAttribute('data-box');
    await page.getByRole('heading', { level: 1 }).hover();
    await expect.poll(() => page.locator('g[data-highlighted]').count()).toBe(0);
    await page.locator(`rect[data-box="${key}"]`).hover();
    await expect.poll(() => row.getAttribute('data-highlighted')).toBe('true');
    expect(await page.getByText('embedding: a vector of 256 numbers').count()).toBe(1);
    expect(await page.getByRole('columnheader', { name: 'x1 px' }).count()).toBe(1);
    expect(faults).toEqual([]);
  });

  it.each(['desk', 'tablet'] as const)(
    'searches the part that was drawn, in pixels of the original (%s)',
    async (size) => {
      const { page, faults } = await visit(address('kite_and_cold.jpg'), { viewport: SIZES[size] });
      await photo(page).waitFor();
      await page.getByRole('group', { name: 'Boxes' }).waitFor();
      const frame = await photo(page).boundingBox();
      if (frame === null) throw new Error('The picture has no size');
      const scale = frame.width / 1352;
      expect(Math.abs(scale - 1)).toBeGreaterThan(0.1);
      const at = (x: number, y: number) => [frame.x + x * scale, frame.y + y * scale] as const;
      await page.mouse.move(...at(800, 600));
      await page.mouse.down();
      await page.mouse.move(...at(500, 300), { steps: 4 });
      await page.mouse.move(...at(400, 200));
      await page.mouse.up();
      await page.waitForURL(/\/ui\/default\?.*like=/);
      const { searchParams } = new URL(page.url());
      expect(searchParams.get('like')).toBe(idOf('kite_and_cold.jpg'));
      const region = JSON.parse(searchParams.get('region') ?? '') as number[];
      for (const [index, edge] of [400, 200, 800, 600].entries())
        expect(Math.abs((region[index] ?? 0) - edge)).toBeLessThan(3);
      await page.getByRole('list', { name: 'Pictures' }).getByRole('link').first().waitFor();
      expect(faults).toEqual([]);
    },
  );

  it('goes through the results by arrows, and back to where they were left', async () => {
    const { hits } = await server.client.search({ where: 'true', limit: 60 });
    const names = hits.map(({ name }) => name);
    const { page, faults } = await visit(`${server.url}/ui/default`, { viewport: { width: 1100, height: 320 } });
    const tiles = page.getByRole('list', { name: 'Pictures' }).getByRole('link');
    await tiles.first().waitFor();
    await page.mouse.wheel(0, 120);
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(120);
    const opened = page.getByRole('link', { name: names[2], exact: true });
    await opened.hover();
    const place = await page.evaluate(() => scrollY);
    expect(place).toBeGreaterThan(0);
    await opened.click();
    await expect.poll(() => heading(page)).toBe(names[2]);
    const scrolled = await page.evaluate(() => scrollY);
    for (const name of names.slice(3)) {
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => heading(page)).toBe(name);
      expect(page.url()).toContain(idOf(name));
    }
    expect(await page.getByRole('button', { name: 'Next picture' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Previous picture' }).click();
    await expect.poll(() => heading(page)).toBe(names.at(-2));
    expect(await page.getByText(`${names.length - 1} of ${names.length}`, { exact: true }).count()).toBe(1);
    await page.keyboard.press('Escape');
    await tiles.first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/ui/default');
    expect(scrolled).toBe(0);
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(place);
    await expect
      .poll(async () => [idOf(names[2] ?? ''), idOf(names.at(-2) ?? '')].includes((await focusedTile(page)) ?? ''))
      .toBe(true);
    expect(faults).toEqual([]);
  });

  it('shows hostile names, labels and what was extracted as text', async () => {
    const name = `${HOSTILE}.jpg`;
    await server.client.contents.labels(idOf(name), { set: { [HOSTILE]: HOSTILE } });
    const { page, faults } = await visit(address(name));
    await expect.poll(() => heading(page)).toBe(name);
    await expect.poll(() => page.locator('svg text', { hasText: HOSTILE }).count()).toBe(1);
    expect(await page.getByRole('row', { name: HOSTILE }).count()).toBe(1);
    // Of a line of text, its corners as they lie.
    expect(await page.locator('svg polygon[data-box]').getAttribute('points')).toBe('10,60 80,20 110,180 40,220');
    await openTab(page, 'Details');
    expect(await page.getByRole('button', { name: `Remove label ${HOSTILE}` }).count()).toBe(1);
    expect(await page.getByText(HOSTILE, { exact: true }).count()).toBe(4);
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await page.getByRole('button', { name: 'Delete' }).click();
    expect(await page.getByRole('dialog').innerText()).toContain(`Delete ${name}?`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(page.url()).toContain(idOf(name));
    expect(faults).toEqual([]);
  });

  it('edits labels, whose values keep their kind', async () => {
    const { page, faults } = await visit(address('owl.jpg'));
    const labels = async () => (await server.client.contents.get(idOf('owl.jpg'))).labels;
    await openTab(page, 'Details');
    await page.getByRole('button', { name: 'Add label' }).click();
    await page.keyboard.type('rating');
    await page.getByLabel('Kind of value').selectOption('number');
    await page.getByLabel('Value', { exact: true }).fill('many');
    await page.keyboard.press('Enter');
    await page.getByText('That is no number.').waitFor();
    await page.getByLabel('Value', { exact: true }).fill('5');
    await page.keyboard.press('Enter');
    await expect.poll(labels).toEqual({ rating: 5 });
    await page.getByRole('button', { name: 'Change label rating' }).click();
    await page.getByLabel('Kind of value').selectOption('boolean');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(labels).toEqual({ rating: true });
    await page.getByRole('button', { name: 'Remove label rating' }).click();
    await page.getByText('No labels yet.').waitFor();
    expect(await labels()).toEqual({});
    expect(faults).toEqual([]);
  });

  it('tells what the camera wrote, links to a map without asking it, and offers the original', async () => {
    const { page, faults } = await visit(address('place.jpg'));
    await openTab(page, 'Details');
    await page.getByText('1/75 s').waitFor();
    const map = page.getByRole('link', { name: 'Open on OpenStreetMap' });
    expect(await map.getAttribute('href')).toMatch(
      /^https:\/\/www\.openstreetmap\.org\/\?mlat=43\.467\d+&mlon=11\.885\d+#map=/,
    );
    expect(await map.getAttribute('rel')).toBe('noreferrer');
    const download = page.getByRole('link', { name: 'Download the original' });
    expect(await download.getAttribute('download')).toBe('place.jpg');
    const started = page.waitForEvent('download');
    await download.click();
    const received = await started;
    expect(received.suggestedFilename()).toBe('place.jpg');
    const original = readFileSync(testData('data/odd-images/exif-samples/jpg/gps/DSCN0010.jpg'));
    expect(readFileSync(await received.path()).equals(original)).toBe(true);
    expect(faults).toEqual([]);
  });

  it('says why a picture can’t be shown, retries, and shows it as soon as it can', async () => {
    const { page, faults } = await visit(address('corrupted.jpg'));
    const alert = page.getByRole('alert').filter({ hasText: 'This picture can’t be shown' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain('the JPEG file is damaged');
    await openTab(page, 'History');
    expect(await page.getByText('Failed', { exact: true }).count()).toBeGreaterThan(1);
    const retried = page.waitForResponse((response) => response.url().endsWith('/tasks/retry'));
    await alert.getByRole('button', { name: 'Try again' }).click();
    expect(await (await retried).json()).toMatchObject({ retried: expect.any(Number) });
    await server.client.waitUntilIndexed();
    await alert.waitFor();
    await server.client.updateContent(idOf('corrupted.jpg'), readFileSync(testData('data/photos/face.jpg')));
    await photo(page).waitFor();
    await alert.waitFor({ state: 'detached' });
    await openTab(page, 'Details');
    await page.getByText('512 × 355').waitFor();
    expect(faults.filter((fault) => !fault.includes('/thumbnail'))).toEqual([]);
  });

  it('learns what its tasks found when they end, and tells where it comes from', async () => {
    // The server's answers, as they are while a picture is being read; nothing but the end of its tasks says that it was.
    let hasEnded = false;
    const { page, faults } = await visit(`${server.url}/ui/icon.svg`);
    // Never answered: one that fails would make the page ask for everything again.
    await page.route('**/events', () => undefined);
    await page.route(`**/contents/${idOf('owl.jpg')}`, async (route) => {
      const response = await route.fetch();
      const size = hasEnded ? {} : { width: null, height: null };
      const lineage = { parentId: idOf('pets.jpg'), rootId: idOf('place.jpg') };
      await route.fulfill({ response, json: { ...(await response.json()), ...size, ...lineage } });
    });
    await page.route('**/tasks?*', async (route) => {
      const response = await route.fetch();
      const { tasks, ...rest } = (await response.json()) as { tasks: object[] };
      const states = hasEnded ? tasks : tasks.map((task) => ({ ...task, state: 'running' }));
      await route.fulfill({ response, json: { ...rest, tasks: states } });
    });
    await page.goto(address('owl.jpg'));
    await expect.poll(() => heading(page)).toBe('owl.jpg');
    expect(await photo(page).count()).toBe(0);
    hasEnded = true;
    await photo(page).waitFor();
    await openTab(page, 'History');
    const panel = page.getByRole('tabpanel');
    expect(await panel.getByText('From a file that was added').count()).toBe(0);
    await panel.getByRole('link', { name: idOf('place.jpg') }).waitFor();
    await panel.getByRole('link', { name: idOf('pets.jpg') }).click();
    await expect.poll(() => heading(page)).toBe('pets.jpg');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(faults).toEqual([]);
  });

  it('can be used without a mouse: a part by keys, the box by "/"', async () => {
    const { page, faults } = await visit(address('pets.jpg'));
    await photo(page).waitFor();
    await page.keyboard.press('r');
    const frame = page.getByRole('application', { name: /^Part to search/ });
    await expect.poll(() => frame.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Shift+ArrowUp');
    expect(await frame.getAttribute('aria-label')).toBe(
      'Part to search: 256 × 204 pixels, 118 from the left, 108 from the top',
    );
    await page.keyboard.press('Escape');
    await frame.waitFor({ state: 'detached' });
    await page.keyboard.press('r');
    await frame.waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/region=/);
    expect(JSON.parse(new URL(page.url()).searchParams.get('region') ?? '')).toEqual([128, 108, 384, 322]);
    await page.goBack();
    await photo(page).waitFor();
    await page.keyboard.press('/');
    await expect
      .poll(() =>
        page
          .locator('[role="search"] input')
          .first()
          .evaluate((input) => input === document.activeElement),
      )
      .toBe(true);
    expect(faults).toEqual([]);
  });

  it('goes to the next picture by a swipe on a phone', async () => {
    const { hits } = await server.client.search({ where: 'true', limit: 60 });
    const [first, second] = hits.map(({ name }) => name);
    const { page, faults } = await visit(address(first ?? ''), {
      viewport: SIZES.phone,
      hasTouch: true,
      isMobile: true,
    });
    await expect.poll(() => page.getByRole('button', { name: 'Next picture' }).isEnabled()).toBe(true);
    const frame = await photo(page).boundingBox();
    const touches = await page.context().newCDPSession(page);
    const y = (frame?.y ?? 0) + (frame?.height ?? 0) / 2;
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x?: number) =>
      touches.send('Input.dispatchTouchEvent', { type, touchPoints: x === undefined ? [] : [{ x, y }] });
    await touch('touchStart', 320);
    for (const x of [280, 220, 160, 100]) await touch('touchMove', x);
    await touch('touchEnd');
    await expect.poll(() => heading(page)).toBe(second);

    await page.getByRole('button', { name: 'Search a part' }).click();
    await page.getByRole('application', { name: /^Part to search/ }).waitFor();
    const place = await photo(page).boundingBox();
    const { width = 0, contentId } = hits[1] ?? {};
    if (place === null || width === null) throw new Error('The picture has no size');
    const scale = place.width / width;
    const drag = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
      touches.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: at === undefined ? [] : [{ x: place.x + at, y: place.y + at }],
      });
    await drag('touchStart', 30);
    for (const at of [50, 90, 130]) await drag('touchMove', at);
    await drag('touchEnd');
    await page.waitForURL(/\/ui\/default\?.*like=/);
    const { searchParams } = new URL(page.url());
    expect(searchParams.get('like')).toBe(contentId);
    const region = JSON.parse(searchParams.get('region') ?? '') as number[];
    for (const [index, edge] of [30, 30, 130, 130].entries())
      expect(Math.abs((region[index] ?? 0) * scale - edge)).toBeLessThan(2);
    expect(faults).toEqual([]);
  });

  it('is accessible in every tab, and looks as it should', async () => {
    const { page, faults } = await visit(address('kite_and_cold.jpg', '?q=kites'));
    await page.getByRole('heading', { name: /^Hit \d/ }).waitFor();
    for (const tab of ['Why', 'Found', 'Details', 'History']) {
      await openTab(page, tab);
      await settled(page);
      await expectAccessible(page);
      await takePictures(page, `picture-${tab.toLowerCase()}`, { isMain: tab === 'Found' });
    }
    await page.getByRole('button', { name: 'Search a part' }).click();
    await page.getByRole('application').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'picture-part');
    expect(faults).toEqual([]);
  });

  it('asks before it deletes, goes on to the next picture, and says where one is not', async () => {
    const { hits } = await server.client.search({ where: 'true', limit: 60 });
    const place = hits.findIndex(({ name }) => name === 'parrot.jpg');
    const next = (hits[place + 1] ?? hits[place - 1])?.name;
    const { page, faults } = await visit(address('parrot.jpg'));
    await page.getByText(`${place + 1} of ${hits.length}`, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    const { rows } = await server.client.contents.delete(idOf('parrot.jpg'), { dryRun: true });
    expect(rows).toBeGreaterThan(0);
    const dialog = page.getByRole('dialog', { name: 'Delete parrot.jpg?' });
    await dialog.getByText(`${rows} rows of findings`).waitFor();
    expect(await dialog.innerText()).toContain('The file in your folder stays.');
    await expectAccessible(page);
    await takePictures(page, 'picture-delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => heading(page)).toBe(next);
    await page.getByText(new RegExp(`^\\d of ${hits.length - 1}$`)).waitFor();
    await page.goto(address('parrot.jpg', '?q=parrots'));
    await page.getByRole('heading', { name: 'This picture is not here' }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'picture-missing');
    await page.getByRole('link', { name: 'Back to the results' }).click();
    await page.waitForURL(/\/ui\/default\?q=parrots/);
    expect(faults).toEqual([]);
  });
});
