/**
 * The SQL page in Chromium: what is typed, run, shown, drawn, kept and exported.
 *
 * @module
 */
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { RunningServer } from '../acceptance/library.ts';
import { scriptedModel } from '../scripted-model.ts';
import { describeInBrowser, expectAccessible, settled, takePictures } from './browser.ts';

const HOSTILE = '<img src=x onerror="document.title=1">.jpg';
const GROUPED = `select object_name, count(*) as "how many" from ingestion where object_name is not null group by 1 order by 2 desc`;

describeInBrowser('the SQL page', ({ visit }, newLibrary) => {
  const model = scriptedModel();
  let server: RunningServer;
  let address = '';
  beforeAll(async () => {
    const library = await newLibrary({ FOVEA_LLM_URL: model.url, FOVEA_LLM_MODEL: 'parrot' });
    server = await library.serve();
    const photos = library.photos('photos', 'parrot.jpg', 'owl.jpg', 'pets.jpg', 'face.jpg');
    copyFileSync(join(photos, 'face.jpg'), join(photos, HOSTILE));
    expect((await library.fovea('add', photos)).code).toBe(0);
    await server.client.waitUntilIndexed();
    address = `${server.url}/ui/default/sql`;
  });

  const openWith = (query: string, view = 'table') =>
    visit(`${address}?${String(new URLSearchParams({ query, view }))}`);

  it('completes tables, columns and functions, runs on Ctrl-Enter, and shows rows with their pictures', async () => {
    const { page, faults } = await visit(address);
    await page.getByRole('button', { name: 'The newest pictures' }).waitFor();
    await editor(page).click();
    await page.keyboard.type('select content_id, obje');
    await complete(page, 'object_name');
    await page.keyboard.type(', score from objects');
    await complete(page, 'photos.objects');
    await page.keyboard.type(' order by score desc limit 5 -- embed');
    expect(await textOf(page)).toBe(
      'select content_id, object_name, score from "photos.objects" order by score desc limit 5 -- embed',
    );
    await page.keyboard.press('Control+Enter');
    await table(page).waitFor();
    await expect.poll(() => table(page).locator('tbody tr').count()).toBe(5);
    expect(await headers(page)).toEqual(['Picture', 'content_id', 'object_name', 'score']);
    await expect
      .poll(() =>
        page
          .locator('tbody img')
          .evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 0).length),
      )
      .toBe(5);
    expect(new URL(page.url()).searchParams.get('query')).toContain('"photos.objects"');
    await table(page).getByRole('link').first().click();
    await page.waitForURL('**/picture/*');
    await page.goBack();
    await expect.poll(() => textOf(page)).toContain('order by score');
    await rewrite(page, 'select emb');
    await page.keyboard.press('Control+Space');
    await page.getByRole('option', { name: /embed\('photos\.clip\.embedding'/ }).waitFor();
    expect(faults).toEqual([]);
  });

  it('shows tables with types, units and values, and puts names into the editor', async () => {
    const { page, faults } = await visit(address);
    const tables = page.getByRole('complementary', { name: 'Tables' });
    await tables.getByText('photos.objects', { exact: true }).click();
    await tables.getByRole('button', { name: /^x1 double precision · px/ }).waitFor();
    await tables.getByRole('button', { name: /^object_name text .*person/ }).waitFor();
    await editor(page).click();
    await page.keyboard.type('select 1 from ');
    await tables.getByRole('button', { name: 'Insert its name' }).click();
    await expect.poll(() => textOf(page)).toBe('select 1 from "photos.objects"');
    expect(faults).toEqual([]);
  });

  it('shows many rows without drawing them all, and says where there are more', async () => {
    const { page, faults } = await openWith(
      `select n, case when n % 2 = 0 then null else n / 3.0 end as third, repeat('long ', 30) || n as text, jsonb_build_object('n', n) as json from generate_series(1, 10001) n`,
    );
    // On a busy machine they may take longer than a statement may.
    const rows = async (): Promise<number> => {
      if ((await page.getByRole('alert').count()) > 0) await page.keyboard.press('Control+Enter');
      return page.getByText('these are the first 10,000').count();
    };
    await editor(page).focus();
    await expect.poll(rows, { interval: 500 }).toBe(1);
    expect(await page.getByRole('status').filter({ hasText: '10,000 rows' }).count()).toBe(1);
    expect(await table(page).locator('tbody tr').count()).toBeLessThan(100);
    const row = table(page).getByRole('row').nth(2);
    await expect
      .poll(() => row.getByRole('cell').allTextContents())
      .toEqual(['2', 'null', expect.stringMatching(/^long/), '{"n":2}']);
    expect(
      await row
        .getByRole('cell')
        .first()
        .evaluate((cell) => getComputedStyle(cell).textAlign),
    ).toBe('end');
    await row.getByRole('button', { name: /^text: long/ }).click();
    const whole = page.getByRole('dialog', { name: 'text' });
    await expect.poll(() => whole.locator('pre').textContent()).toBe(`${'long '.repeat(30)}2`);
    await page.keyboard.press('Escape');
    await expect.poll(() => whole.count()).toBe(0);
    await page.getByRole('region', { name: 'Rows' }).evaluate((region) => region.scrollTo(0, region.scrollHeight));
    await table(page).getByText('long 10000', { exact: false }).waitFor();
    expect(
      await table(page)
        .getByRole('columnheader', { name: 'third' })
        .evaluate((head) => head.getBoundingClientRect().bottom),
    ).toBeLessThan(600);
    expect(faults).toEqual([]);
  });

  it('shows the rows as pictures and as a chart, and says why where it can not', async () => {
    const { page, faults } = await openWith(
      `select content_id, max(name) as name, count(*) as n from ingestion group by 1 order by 2`,
    );
    await table(page).waitFor();
    await page.getByRole('radio', { name: 'Pictures' }).check();
    const pictures = page.getByRole('list', { name: 'Pictures' }).getByRole('link');
    await expect.poll(() => pictures.count()).toBe(4);
    expect(await pictures.evaluateAll((links) => links.map((link) => link.ariaLabel))).toContain('owl.jpg');
    expect(new URL(page.url()).searchParams.get('view')).toBe('pictures');
    await page.getByRole('link', { name: 'In Search' }).click();
    await page.getByRole('searchbox', { name: 'Search the pictures' }).waitFor();
    await expect.poll(() => pictures.count()).toBe(4);
    await page.goBack();
    await page.getByRole('radio', { name: 'Chart' }).check();
    await page.getByRole('img', { name: 'n by name' }).waitFor();
    await rewrite(page, 'select name, mime_type from content');
    await page.keyboard.press('Control+Enter');
    await page.getByText('rows need a number').waitFor();
    await page.getByRole('radio', { name: 'Pictures' }).check();
    await page.getByText('select the column content_id').waitFor();
    await rewrite(page, GROUPED);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('radio', { name: 'Chart' }).check();
    const { rows } = await server.client.sql(GROUPED);
    await page.getByRole('img', { name: 'how many by object_name' }).waitFor();
    const bars = await page.locator('svg[role="img"] g title').allTextContents();
    expect(bars).toEqual(rows.map((row) => `${String(row.object_name)}: ${String(row['how many'])}`));
    expect(await page.getByRole('region', { name: 'Chart' }).getByRole('row').count()).toBe(rows.length + 1);
    expect(faults).toEqual([]);
  });

  it('marks an error at its place, and leaves the mark when the text changes', async () => {
    const { page, faults } = await visit(address);
    await rewrite(page, 'select name,\n  nmae\nfrom content');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').filter({ hasText: 'did you mean "name"' }).waitFor();
    const mark = page.locator('.cm-lintRange-error');
    await expect.poll(() => mark.allTextContents()).toEqual(['nmae']);
    expect(
      await mark.evaluate((found) =>
        [...(found.closest('.cm-content')?.children ?? [])].findIndex((line) => line.contains(found)),
      ),
    ).toBe(1);
    await page.getByRole('button', { name: 'Line 2, column 3' }).click();
    await page.keyboard.type('my_');
    await expect.poll(() => textOf(page)).toBe('select name,\n  my_nmae\nfrom content');
    await expect.poll(() => mark.count()).toBe(0);
    await rewrite(page, 'drop table content');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').filter({ hasText: 'only SELECT' }).waitFor();
    await expect.poll(() => mark.allTextContents()).toEqual(['drop']);
    expect(faults).toEqual([]);
  });

  it('keeps what was run, and stops what takes long', async () => {
    const { page, faults } = await visit(address);
    for (const query of ['select 1 as one', 'select 2 as two']) {
      await rewrite(page, query);
      await page.keyboard.press('Control+Enter');
      await table(page)
        .getByRole('columnheader', { name: query.slice(-3) })
        .waitFor();
    }
    await page.reload();
    await table(page).waitFor();
    await page.getByRole('button', { name: 'History' }).click();
    const kept = page.getByRole('group', { name: 'History' }).getByRole('listitem');
    expect((await kept.allTextContents()).map((text) => text.slice(0, 15))).toEqual([
      'select 2 as two',
      'select 1 as one',
    ]);
    await page.getByRole('button', { name: 'Remove from the history: select 2 as two' }).click();
    await expect.poll(() => kept.count()).toBe(1);
    await kept.getByRole('button').first().click();
    await expect.poll(() => textOf(page)).toBe('select 1 as one');
    await page.keyboard.press('Escape');
    await rewrite(page, 'select count(*) from generate_series(1, 1000000000)');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('exports CSV, JSON and Parquet with what the rows hold; values of strangers stay texts', async () => {
    const query = `select name as "<b>name</b>", width, 1.5 as share, created_at, labels, '=1+1' as formula from content order by name`;
    const { page, faults } = await openWith(query);
    await table(page).getByText(HOSTILE).waitFor();
    await table(page).getByRole('columnheader', { name: '<b>name</b>' }).waitFor();
    const { rows } = await server.client.sql(query);
    const saved = async (name: string): Promise<Buffer> => {
      await page.getByRole('button', { name: 'Export' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('group', { name: 'Export' }).getByRole('button', { name }).click();
      const file = await download;
      expect(file.suggestedFilename()).toBe(`fovea-default.${name.toLowerCase()}`);
      return readFileSync(await file.path());
    };
    const csv = parse(await saved('CSV'), { columns: true }) as Record<string, string>[];
    expect(csv.map((row) => [row['<b>name</b>'], row.width, row.formula])).toEqual(
      rows.map((row) => [row['<b>name</b>'], String(row.width), "'=1+1"]),
    );
    expect(JSON.parse((await saved('JSON')).toString())).toEqual(rows);
    const parquet = await saved('Parquet');
    const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual(
      rows.map((row) => ({ ...row, created_at: new Date(String(row.created_at)) })),
    );
    expect(
      parquetMetadata(file)
        .schema.map(({ converted_type: type, type: physical }) => type ?? physical)
        .slice(1),
    ).toEqual(['UTF8', 'INT32', 'DOUBLE', 'TIMESTAMP_MICROS', 'JSON', 'UTF8']);
    expect(await page.title()).not.toBe('1');
    expect(faults).toEqual([]);
  });

  it('asks in words: shows the SQL that was written, what did not run, the answer as plain text, and the rows', async () => {
    const { page, faults } = await visit(address);
    const written = "select content_id, name from content where name = 'owl.jpg'";
    model.script('select nmae from content', `Sure:\n\`\`\`sql\n${written}\n\`\`\``, `One owl: ${HOSTILE}`);
    await page.getByRole('textbox', { name: 'Ask in words' }).fill('Which pictures show an owl?');
    await page.keyboard.press('Enter');
    const asked = page.getByRole('region', { name: 'Ask in words' });
    await asked.getByText(`One owl: ${HOSTILE}`).waitFor();
    expect(await asked.locator('img').count()).toBe(0);
    await asked.getByText('Written by parrot').waitFor();
    await expect.poll(() => textOf(page)).toBe(written);
    await expect.poll(() => table(page).getByRole('link').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('query')).toBe(written);
    await asked.getByText('1 statement of it did not run').click();
    await asked.getByText('did you mean "name"?').waitFor();
    await expectAccessible(page);
    model.script('I do not know.');
    await page.getByRole('textbox', { name: 'Ask in words' }).fill('Why?');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'I do not know.' }).waitFor();
    expect(faults).toEqual([]);
  });

  it('works by keyboard alone, and every example runs', async () => {
    const { page, faults } = await visit(address);
    await page.getByRole('button', { name: 'The newest pictures' }).waitFor();
    await editor(page).focus();
    await page.keyboard.type('select na');
    await page.getByRole('option', { name: 'name' }).first().waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('option', { name: 'name' }).count()).toBe(0);
    await page.keyboard.press('Tab');
    await expect.poll(() => focused(page)).toBe('Height of the editor');
    const height = Number(await page.getByRole('separator').getAttribute('aria-valuenow'));
    await page.keyboard.press('ArrowDown');
    expect(Number(await page.getByRole('separator').getAttribute('aria-valuenow'))).toBeGreaterThan(height);
    await page.keyboard.press('Tab');
    await expect.poll(() => focused(page)).toBe('Run');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    const menu = page.getByRole('group', { name: 'Examples' }).getByRole('button');
    const titles = await menu.allTextContents();
    expect(titles.length).toBeGreaterThan(4);
    await page.keyboard.press('Escape');
    await expect.poll(() => focused(page)).toBe('Examples');
    for (const title of titles) {
      await page.getByRole('button', { name: 'Examples', exact: true }).click();
      await menu.filter({ hasText: title }).click();
      await expect.poll(() => page.getByRole('region', { name: 'Result' }).getAttribute('aria-busy')).toBe('false');
      expect(await page.getByRole('alert').count(), title).toBe(0);
    }
    expect(faults).toEqual([]);
  });

  it('is accessible, and looks as it should at every width', async () => {
    const { page, faults } = await visit(address);
    await page.getByRole('button', { name: 'The newest pictures' }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'sql-start');
    for (const [view, query] of [
      [
        'table',
        'select content_id, name, object_name, score, bounding_box, taken_at from ingestion order by score desc nulls last',
      ],
      ['pictures', 'select content_id from content'],
      ['chart', GROUPED],
    ] as const) {
      await page.goto(`${address}?${String(new URLSearchParams({ query, view }))}`);
      await page.getByRole('region', { name: 'Result' }).waitFor();
      if (view === 'pictures') await page.getByRole('list', { name: 'Pictures' }).getByRole('link').first().waitFor();
      await settled(page);
      await expectAccessible(page);
      await takePictures(page, `sql-${view}`, { isMain: view === 'table' });
    }
    expect(faults).toEqual([]);
  });
});

const editor = (page: Page) => page.getByRole('textbox', { name: 'SQL' });
const table = (page: Page) => page.getByRole('region', { name: 'Rows' }).getByRole('table');
const headers = (page: Page) => table(page).getByRole('columnheader').allTextContents();
const textOf = (page: Page) =>
  page
    .locator('.cm-line')
    .allTextContents()
    .then((lines) => lines.join('\n'));

async function rewrite(page: Page, text: string): Promise<void> {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  // Chromium gives text that is typed over other text a style attribute for the look of that, which the policy refuses.
  await page.keyboard.press('Backspace');
  await page.keyboard.insertText(text);
}

/** Takes a completion by Tab, as soon as the list takes anything: 75 ms after it came up. */
async function complete(page: Page, name: string): Promise<void> {
  const option = page.getByRole('option', { name });
  await option.waitFor();
  await expect
    .poll(async () => {
      await page.keyboard.press('Tab');
      return option.count();
    })
    .toBe(0);
}

/** Name of what has the focus. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? '');
