/**
 * Real Chromium against the real server. Suites are skipped, by name, where there is no Chromium, unless `FOVEA_REQUIRE`
 * lists `chromium`: then its absence is a failure. `CHROMIUM` names another program than the system's.
 *
 * @module
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { libraries, type NewLibrary, root } from '../acceptance/library.ts';
import { hasTestData, required } from '../data.ts';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const program = process.env.CHROMIUM ?? PROGRAMS.find((path) => existsSync(path));

if (program === undefined && required.has('chromium')) {
  throw new Error(`FOVEA_REQUIRE lists chromium, but there is none of ${PROGRAMS.join(', ')}, and CHROMIUM names none`);
}

/** Where screenshots go; git ignores it. */
const SCREENSHOTS = join(root, '.cache/screenshots');

/** Widths of a phone, a tablet and a desk, with heights, in CSS pixels. */
export const SIZES = {
  phone: { width: 390, height: 844 },
  tablet: { width: 900, height: 1100 },
  desk: { width: 1440, height: 900 },
} as const;

export interface Visit {
  readonly page: Page;
  /** What went wrong in the page so far: exceptions, errors on the console, requests to anywhere but the server. */
  readonly faults: readonly string[];
}

export interface BrowserTools {
  /** Opens a page in a context of its own; it is closed when the test ends. */
  visit(url: string, options?: BrowserContextOptions): Promise<Visit>;
}

/** Registers a suite with a browser and a way to make libraries, on the embedded database. */
export function describeInBrowser(name: string, suite: (tools: BrowserTools, library: NewLibrary) => void): void {
  describe.skipIf(program === undefined || !hasTestData)(name, () => {
    const contexts: BrowserContext[] = [];
    let browser: Browser | undefined;
    beforeAll(async () => {
      // Without a sandbox since tests may run as root; the pages are our own.
      browser = await chromium.launch({ executablePath: program ?? '', args: ['--no-sandbox', '--disable-gpu'] });
    });
    // A page that is left open goes on listening and drawing beside the next.
    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    });
    afterAll(() => browser?.close());
    const visit: BrowserTools['visit'] = async (url, options) => {
      if (browser === undefined) throw new Error('The browser was not started');
      const context = await browser.newContext({
        viewport: SIZES.desk,
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      });
      contexts.push(context);
      const page = await context.newPage();
      const faults = watch(page, new URL(url).origin);
      await page.goto(url);
      return { page, faults };
    };
    suite({ visit }, libraries(false));
  });
}

/** Statuses that pages ask for on purpose: what is not there yet is told by an error of the API. */
const EXPECTED = /status of (401|403|404|409|422|400)/;

function watch(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`exception: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^(data|blob):$/.test(url.protocol) || url.origin === origin) return;
    faults.push(`request to ${request.url()}`);
  });
  return faults;
}

/** Fails where axe finds a serious or critical fault on the page as it is. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe: run } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await run.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes.slice(0, 5).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary ?? ''}`),
    }));
  });
  expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
}

/**
 * Takes pictures of a page as it is: `<name>-<size>-<theme>.png`. Look at them. How a page mostly looks (`isMain`) is taken at
 * three widths, light and dark; other states on a desk in light and on a phone in the dark, and at all of them where
 * `FOVEA_PICTURES` is `all`.
 */
export async function takePictures(page: Page, name: string, { isMain = false } = {}): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const before = page.viewportSize();
  const takesAll = isMain || process.env.FOVEA_PICTURES === 'all';
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      if (!takesAll && !FEWER.has(`${size}-${colorScheme}`)) continue;
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await settled(page);
      await page.screenshot({ path: join(SCREENSHOTS, `${name}-${size}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before !== null) await page.setViewportSize(before);
}

const FEWER: ReadonlySet<string> = new Set(['desk-light', 'phone-dark']);

/** Waits until every picture in the window is there, or has failed. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every((image) => image.complete));
}
