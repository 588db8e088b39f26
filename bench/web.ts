/**
 * What the page adds to a search: from Enter in the box to the first row of thumbnails painted, in Chromium, against the same
 * request to the API, each with queries that the other has not just asked.
 *
 *     goal: p50 of the page ≤ 1.5 × p50 of the API + 100 ms, on 10,000 pictures
 *
 * Pictures are crops of Flickr8k photos, 320 pixels wide, added and indexed as users do; their thumbnails are there before
 * the clock runs, as they are in a library that was added.
 *
 *     npm run bench -- web [--pictures 10000] [--queries 100]
 *
 * @module
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { FoveaClient } from 'fovea';
import { chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import { quantile, report } from './lib-report.ts';
import { startServer } from './lib-server.ts';

const MAX_RATIO = 1.5;
const MAX_EXTRA_MS = 100;
/** What the page asks for at a time. */
const PAGE = 60;
/** Searches of each kind before the clock runs. */
const WARM_UP = 10;
const SIDE = 320;
const GRAPH = { name: 'photos', policies: [{ name: 'clip', extractor: 'embedding/clip' }] };

const { values: options } = parseArgs({
  options: { pictures: { type: 'string', default: '10000' }, queries: { type: 'string', default: '100' } },
});
const pictureCount = Number(options.pictures);
const queryCount = Number(options.queries);

const program = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(program)) {
  console.error(`This bench needs Chromium: there is none at ${program}, and CHROMIUM names no other`);
  process.exit(2);
}

/** Writes different pictures: the same photo is cropped at other places. */
async function writePictures(folder: string): Promise<void> {
  mkdirSync(folder);
  const photos = captionedPhotos('val').map(({ image }) => testData(`data/flickr8k/images/${image}`));
  for (let place = 0; place < pictureCount; place += 1) {
    const round = Math.floor(place / photos.length);
    const height = place % 3 === 0 ? 240 : 213;
    await sharp(photos[place % photos.length])
      .resize(SIDE + 4 * round, height + 3 * round, { fit: 'cover' })
      .extract({ left: 2 * round, top: round, width: SIDE, height })
      .jpeg({ quality: 80 })
      .toFile(join(folder, `${String(place).padStart(6, '0')}.jpg`));
  }
}

async function index(client: FoveaClient, folder: string): Promise<void> {
  await client.namespaces.create('default');
  await client.graphs.apply(GRAPH);
  for await (const { finished, problems } of client.addPath(folder)) {
    if (finished && problems.length > 0) throw new Error(problems[0]?.message);
  }
  await client.waitUntilIndexed();
}

/**
 * Types a query and sends it off in one task, so that it does not settle before; ends when the request has begun and ended, and
 * every thumbnail of the first row is decoded and painted. Milliseconds since it was sent.
 */
const SEARCH = (query: string): string => `new Promise((resolve) => {
  const results = document.querySelector('[aria-busy]');
  const input = document.querySelector('input[type=search]');
  let isAsked = false;
  const observer = new MutationObserver(() => (isAsked ||= results.ariaBusy === 'true'));
  observer.observe(results, { attributes: true, attributeFilter: ['aria-busy'] });
  input.focus();
  input.select();
  document.execCommand('insertText', false, ${JSON.stringify(query)});
  const began = performance.now();
  input.form.requestSubmit();
  const look = () => {
    const images = [...results.querySelectorAll('[data-content] img')];
    const top = Math.min(...images.map((image) => image.getBoundingClientRect().top));
    const first = images.filter((image) => image.getBoundingClientRect().top === top);
    const isThere = isAsked && results.ariaBusy === 'false' && first.length > 0;
    if (!isThere || !first.every((image) => image.complete && image.naturalWidth > 0)) return requestAnimationFrame(look);
    observer.disconnect();
    Promise.all(first.map((image) => image.decode())).then(() =>
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began))));
  };
  requestAnimationFrame(look);
})`;

async function searchInPage(page: Page, query: string): Promise<number> {
  return (await page.evaluate(SEARCH(query))) as number;
}

async function searchByApi(client: FoveaClient, query: string): Promise<number> {
  const start = performance.now();
  const { hits } = await client.search({ query, limit: PAGE, explain: true });
  const took = performance.now() - start;
  if (hits.length === 0) throw new Error(`Nothing was found for "${query}"`);
  return took;
}

const folder = scratchFolder('web');
const server = await startServer(join(folder, 'home'));
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const pictures = join(folder, 'pictures');
  await writePictures(pictures);
  const started = performance.now();
  await index(server.client, pictures);
  console.log(`${pictureCount} pictures indexed in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${server.client.baseUrl}/ui/default`);
  await page.locator('[data-content] img').first().waitFor();
  const queries = captionedPhotos('val').map(({ en }) => en[0] ?? 'a dog');
  const api: number[] = [];
  const inPage: number[] = [];
  for (let place = 0; place < queryCount + WARM_UP; place += 1) {
    const [one = '', other = ''] = queries.slice(2 * place, 2 * place + 2);
    const painted = await searchInPage(page, one);
    const answered = await searchByApi(server.client, other);
    if (place < WARM_UP) continue;
    inPage.push(painted);
    api.push(answered);
  }
  const limit = MAX_RATIO * quantile(api, 0.5) + MAX_EXTRA_MS;
  const typical = quantile(inPage, 0.5);
  report('web', [
    { name: 'API p50 ms', value: quantile(api, 0.5) },
    { name: 'API p95 ms', value: quantile(api, 0.95) },
    { name: 'Enter to first thumbnails p50 ms', value: typical, goal: `≤ ${limit.toFixed(0)}`, met: typical <= limit },
    { name: 'Enter to first thumbnails p95 ms', value: quantile(inPage, 0.95) },
  ]);
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
