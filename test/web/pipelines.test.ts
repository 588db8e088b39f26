/**
 * The Pipelines page as people meet it, in Chromium: graphs drawn and written, and what became of them.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../acceptance/library.ts';
import { describeInBrowser, expectAccessible, SIZES, takePictures } from './browser.ts';

/** What would do harm where it was taken for HTML. */
const HOSTILE = `<img src=x onerror="document.title='harmed'">`;

const KB = `name: kb
description: ${JSON.stringify(HOSTILE)}
extraction_policies:
  - extractor: image/yolo
    name: objects
    input_params: { model: yolox-nano }
  - extractor: embedding/clip
    name: parts
    content_source: objects
    input_params: { model: fovea-tiny }
`;
describeInBrowser('the pipelines page', ({ visit }, newLibrary) => {
  let server: RunningServer;
  const at = (search: string): string => `${server.url}/ui/default/pipelines${search}`;
  const drawing = (page: Page) => page.getByRole('application');
  const editor = (page: Page) => page.getByRole('textbox', { name: 'Graph as YAML' });
  const rows = (page: Page, name: string) =>
    page.getByRole('region', { name, exact: true }).locator('tbody tr').allInnerTexts();

  beforeAll(async () => {
    const library = await newLibrary();
    server = await library.serve();
    await server.client.graphs.apply(KB);
    const folder = library.photos('photos', 'pets.jpg', 'kite_and_cold.jpg');
    const photo = readFileSync(join(folder, 'pets.jpg'));
    writeFileSync(join(folder, `${HOSTILE.replaceAll('/', '')}.jpg`), photo.subarray(0, photo.length / 3));
    expect((await library.fovea('add', folder)).code).toBe(0);
    await server.client.waitUntilIndexed();
  });

  it('draws a graph: its policies with what became of them, and what flows where', async () => {
    const { page, faults } = await visit(at('?graph=kb'));
    const { policies } = await server.client.status();
    const objects = drawing(page).getByRole('link', { name: /^objects/ });
    await expect.poll(() => objects.innerText()).toContain('2 of 3');
    const [counts] = policies;
    expect(counts).toMatchObject({ policy: 'objects', done: 2, failed: 1 });
    const told = await objects.innerText();
    for (const part of ['image/yolo', 'yolox-nano', '1 failed']) expect(told).toContain(part);
    expect(
      await drawing(page)
        .getByRole('link', { name: /^Pictures/ })
        .innerText(),
    ).toContain('3 photos');
    const edges = await page
      .locator('.react-flow__edge')
      .evaluateAll((all) => all.map((edge) => edge.getAttribute('data-id')));
    expect(edges).toEqual(['pictures kb.objects content', 'kb.objects kb.parts content']);
    await expectAccessible(page);
    await takePictures(page, 'pipelines-graph', { isMain: true });
    // The same by keyboard: the first node that is a policy, and back out of its details.
    await drawing(page).getByRole('link').first().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const details = page.getByRole('complementary', { name: 'objects' });
    await expect.poll(() => details.innerText()).toContain('object_name');
    await expect
      .poll(() => details.getByRole('heading', { name: 'objects' }).evaluate((node) => node === document.activeElement))
      .toBe(true);
    expect(new URL(page.url()).searchParams.get('policy')).toBe('objects');
    await expectAccessible(page);
    await takePictures(page, 'pipelines-policy');
    expect(faults).toEqual([]);
  });

  it('is a list on a phone, with the same counts', async () => {
    const { page, faults } = await visit(at('?graph=kb'), { viewport: SIZES.phone });
    await expect.poll(() => rows(page, 'List')).toHaveLength(2);
    const { policies } = await server.client.status();
    const cells = (await rows(page, 'List')).map((row) => row.split(/\s*[\t\n]\s*/));
    expect(cells.map((row) => [row[0], ...row.slice(-2)])).toEqual(
      policies.map(({ policy, done, failed }) => [policy, String(done), String(failed)]),
    );
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(faults).toEqual([]);
  });

  it('says what is wrong with a graph at its line, what it would change, and follows what is applied to its end', async () => {
    const { page, faults } = await visit(at('?graph=kb'));
    await page.getByRole('button', { name: 'YAML' }).press('Enter');
    await editor(page).focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('  - extractor: image/colour\nname: colors');
    const wrong = page.getByRole('alert');
    await expect.poll(() => wrong.innerText()).toContain('image/colors');
    expect(await wrong.getByRole('button').innerText()).toBe('Line 13');
    expect(await page.locator('.cm-lintRange-error').innerText()).toContain('extractor: image/colour');
    expect(await page.getByRole('button', { name: 'Apply …' }).isDisabled()).toBe(true);
    await expectAccessible(page);
    await takePictures(page, 'pipelines-fault');
    // To the line by its button, then to the end of what is wrong.
    await wrong.getByRole('button').press('Enter');
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('rs');
    const change = page.getByRole('heading', { name: 'What this changes' }).locator('..');
    await expect.poll(() => change.innerText()).toMatch(/New\s+colors extracted from 3 photos/);
    expect(await wrong.count()).toBe(0);
    await page.getByRole('button', { name: 'Apply …' }).press('Enter');
    const question = page.getByRole('dialog', { name: 'What this changes' });
    expect(await question.locator('.cm-changedLine').allInnerTexts()).toEqual([
      '  - extractor: image/colors',
      '    name: colors',
    ]);
    await expectAccessible(page);
    await takePictures(page, 'pipelines-apply');
    await question.getByRole('button', { name: 'Apply', exact: true }).press('Enter');
    await expect
      .poll(() =>
        drawing(page)
          .getByRole('link', { name: /^colors/ })
          .innerText(),
      )
      .toContain('2 of 3');
    expect((await server.client.graphs.get('kb')).policies.map(({ name }) => name)).toContain('colors');
    expect(faults).toEqual([]);
  });

  it('makes a graph from a template, and deletes it once that was confirmed', async () => {
    const { page, faults } = await visit(at(''));
    await page.getByRole('link', { name: 'New graph' }).click();
    await page.getByRole('combobox', { name: 'Begin with' }).selectOption('Colours and camera data');
    await page.getByRole('button', { name: 'Create …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Apply', exact: true }).click();
    await page.getByRole('heading', { name: 'looks', exact: true }).waitFor();
    await expect.poll(() => drawing(page).getByRole('link', { name: /^exif/ }).innerText()).toContain('2 of 3');
    await page.getByRole('button', { name: 'Delete' }).click();
    expect(await page.getByRole('dialog').innerText()).toContain('2 policies');
    await page.keyboard.press('Escape');
    expect((await server.client.graphs.list()).map(({ name }) => name)).toEqual(['kb', 'looks']);
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete the graph' }).click();
    await page.getByRole('link', { name: 'looks', exact: true }).waitFor({ state: 'detached' });
    expect((await server.client.graphs.list()).map(({ name }) => name)).toEqual(['kb']);
    expect(faults).toEqual([]);
  });

  it('changes a prompt where it is read, and says first what that extracts again', async () => {
    const said = `{ name: said, extractor: image/describe, input_params: { model: florence-2-base-ft, prompt: 'What: "is" it?' } }`;
    await server.client.graphs.apply(`name: words\nextraction_policies:\n  - ${said}\n`);
    const { page, faults } = await visit(at('?graph=words&policy=said'));
    const prompt = page.getByRole('textbox', { name: 'What it asks (prompt)' });
    expect(await prompt.inputValue()).toBe('What: "is" it?');
    await expectAccessible(page);
    await prompt.fill(' ');
    await page.getByRole('button', { name: 'Apply …' }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('must say what to describe');
    await prompt.fill('Who is there?');
    await page.getByRole('button', { name: 'Apply …' }).click();
    const question = page.getByRole('dialog', { name: 'What this changes' });
    await expect
      .poll(() => question.locator('.cm-changedLine').allInnerTexts())
      .toEqual(["      prompt: 'Who is there?'"]);
    await takePictures(page, 'pipelines-prompt');
    await question.getByRole('button', { name: 'Apply', exact: true }).click();
    await question.waitFor({ state: 'detached' });
    await expect.poll(() => prompt.inputValue()).toBe('Who is there?');
    const { policies } = await server.client.graphs.get('words');
    expect(policies[0]?.params).toMatchObject({ prompt: 'Who is there?' });
    await server.client.graphs.delete('words');
    expect(faults).toEqual([]);
  });

  it('tells failures, extractors, models, indexes, tables and workers as they are', async () => {
    const { page, faults } = await visit(at('?tab=failures'));
    const failure = page.getByRole('region', { name: 'Reading the picture' });
    const { tasks } = await server.client.tasks({ state: 'failed', policy: 'picture' });
    await expect.poll(() => failure.innerText()).toContain(tasks[0]?.error ?? 'no failed task');
    expect(await failure.getByRole('link').innerText()).toBe(`${HOSTILE.replaceAll('/', '')}.jpg`);
    expect(await page.getByRole('link', { name: 'See them in the library' }).getAttribute('href')).toContain(
      'state=failed',
    );
    await expectAccessible(page);
    await takePictures(page, 'pipelines-failures');
    const { total } = await server.client.tasks({ state: 'failed' });
    await page.getByRole('button', { name: 'Try all again' }).click();
    await expect.poll(() => page.getByRole('status').allInnerTexts()).toContain(`${total} are tried again`);

    await page.getByRole('link', { name: 'Indexes and tables' }).click();
    const [index] = await server.client.indexes();
    await expect.poll(() => rows(page, 'Indexes')).toHaveLength(1);
    expect((await rows(page, 'Indexes'))[0]).toMatch(
      new RegExp(`^kb\\.parts\\.embedding\\tfovea-tiny\\texactly\\t256\\t${index?.rows}\\t`),
    );
    const tables = await server.client.tables();
    expect((await rows(page, 'Tables')).map((row) => row.split('\t')).map(([name, , count]) => [name, count])).toEqual(
      tables.map((table) => [table.name, String(table.rows)]),
    );
    expect(await page.getByRole('link', { name: 'kb.objects', exact: true }).getAttribute('href')).toContain('query=');
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export kb.objects as CSV' }).click();
    expect(readFileSync(await (await download).path(), 'utf8')).toMatch(/^content_id,ord,object_name,/);
    await expectAccessible(page);
    await takePictures(page, 'pipelines-data');

    await page.getByRole('link', { name: 'Extractors' }).click();
    for (const { name, summary, params } of await server.client.extractors()) {
      const extractor = page.getByRole('group').filter({ has: page.getByRole('heading', { name, exact: true }) });
      await extractor.locator('summary').press('Enter');
      const told = await extractor.innerText();
      for (const part of [summary, ...Object.keys(params.properties ?? {})]) expect(told).toContain(part);
    }
    await expectAccessible(page);
    await takePictures(page, 'pipelines-extractors');

    await page.getByRole('link', { name: 'Models' }).click();
    const models = await server.client.models.list();
    await expect
      .poll(async () => (await rows(page, 'Models')).map((row) => row.split('\n')[0]?.trim()))
      .toEqual(models.map(({ name }) => name));
    expect(await page.getByRole('row', { name: /^yolox-nano/ }).innerText()).toMatch(/kb\.objects\s+here/);
    await page.getByRole('button', { name: 'Fetch dfine-n', exact: true }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('Fovea is offline');
    await expectAccessible(page);
    await takePictures(page, 'pipelines-models');

    await page.getByRole('link', { name: 'Workers' }).click();
    const workers = await server.client.workers();
    await expect
      .poll(async () => (await rows(page, 'Worker')).map((row) => row.split('\n')[0]?.trim()))
      .toEqual(workers.map(({ id }) => id));
    await expectAccessible(page);
    await takePictures(page, 'pipelines-workers');
    expect(await page.title()).not.toBe('harmed');
    // The model that could not be fetched.
    expect(faults).toEqual([expect.stringContaining('status of 503')]);
  });

  it('says so where a key may not see the workers, and saves exports with the key', async () => {
    const { key } = await server.client.keys.create({ namespace: 'default', access: 'read' });
    const { page, faults } = await visit(at('?tab=data'));
    await page.evaluate((secret) => sessionStorage.setItem('fovea.key', secret), key);
    await page.reload();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export kb.parts.embedding as JSON lines' }).click();
    expect(readFileSync(await (await download).path(), 'utf8')).toContain('"content_id"');
    await page.getByRole('link', { name: 'Workers' }).click();
    await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/^Cannot /);
    expect(await page.getByText('a key for the whole server').count()).toBe(1);
    expect(faults).toEqual([]);
  });
});
