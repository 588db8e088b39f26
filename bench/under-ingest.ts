/**
 * Searches by words while pictures are being indexed, against the same searches on the idle server, through HTTP.
 *
 *     ratio = p95 under ingest / p95 idle        goal ≤ 2.5
 *
 * And the time from `fovea server` on a library that is there to its first answer: goal ≤ 3 s.
 *
 * Every search asks for words that were not asked before, so that the encoder works for each. Under ingest, new photos are
 * added without end until the searches are through.
 *
 *     npm run bench -- under-ingest [--database pglite|postgres] [--photos 1000] [--searches 200]
 *
 * @module
 */
import { rmSync, symlinkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import type { FoveaClient } from 'fovea/client';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import { quantile, report } from './lib-report.ts';
import { startServer } from './lib-server.ts';

const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
};
const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'pglite' },
    photos: { type: 'string', default: '1000' },
    searches: { type: 'string', default: '200' },
  },
});
const MAX_RATIO = 2.5;
const MAX_START_MS = 3000;
/** A person's pace; without it the searches would wait for each other and not for the ingest. */
const PAUSE_MS = 20;
const GRAPH = JSON.stringify({
  name: 'bench',
  extraction_policies: [{ name: 'clip', extractor: 'embedding/clip', input_params: { model: 'fovea-tiny' } }],
});

async function searches(client: FoveaClient, words: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const text of words) {
    const start = performance.now();
    await client.search(text);
    times.push(performance.now() - start);
    await sleep(PAUSE_MS);
  }
  return times;
}

async function add(client: FoveaClient, folder: string): Promise<void> {
  for await (const { failed } of client.addPath(folder, { graph: 'none' }))
    if (failed > 0) throw new Error('A file was not added');
}

/** Adds photos that were not there before, some at a time, until it is stopped; returns how many were indexed. */
async function keepAdding(
  client: FoveaClient,
  folder: string,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  for (let round = 0; !signal.aborted; round++) {
    const target = join(folder, `round-${round}`);
    mkdirSync(target);
    for (const [place, source] of sources.entries())
      writeFileSync(join(target, `${place}.jpg`), Buffer.concat([readFileSync(source), Buffer.from(`${round}`)]));
    await add(client, target);
    for (;;) {
      const { contents, indexedContents } = await client.status();
      if (signal.aborted) return indexedContents;
      // Never dry: the next ones come while the last ones are at work.
      if (contents - indexedContents < sources.length / 2) break;
      await sleep(200);
    }
  }
  return 0;
}

async function main(): Promise<void> {
  const bin = options.database === 'postgres' ? findPostgres() : undefined;
  if (options.database === 'postgres' && bin === undefined)
    throw new Error('This bench needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = bin === undefined ? undefined : startCluster(bin);
  const scratch = scratchFolder('under-ingest');
  const environment = cluster === undefined ? {} : { FOVEA_DATABASE_URL: cluster.url };
  try {
    const photos = captionedPhotos('val').slice(0, Number(options.photos));
    const paths = photos.map(({ image }) => join(testData('data/flickr8k/images'), image));
    const captions = photos.flatMap(({ en }) => en);
    const library = join(scratch, 'library');
    mkdirSync(library);
    for (const [place, path] of paths.entries()) symlinkSync(path, join(library, `${place}.jpg`));
    const home = join(scratch, 'home');
    const first = await startServer(home, environment);
    await first.client.graphs.apply(GRAPH);
    await add(first.client, library);
    await first.client.waitUntilIndexed();
    await first.stop();

    const started = performance.now();
    const { client, stop } = await startServer(home, environment);
    await client.health();
    const startMs = performance.now() - started;
    try {
      const count = Number(options.searches);
      await searches(client, captions.slice(0, 20));
      const idle = await searches(client, captions.slice(20, 20 + count));
      const ended = new AbortController();
      const before = (await client.status()).indexedContents;
      const begun = performance.now();
      const ingest = keepAdding(client, scratch, paths.slice(0, 400), ended.signal);
      while ((await client.status()).indexedContents < before + 20) await sleep(100);
      const busy = await searches(client, captions.slice(20 + count, 20 + 2 * count));
      ended.abort();
      const indexed = (await ingest) - before;
      const rate = indexed / ((performance.now() - begun) / 1000);
      const ratio = quantile(busy, 0.95) / quantile(idle, 0.95);
      report('under-ingest', [
        { name: 'p95 ratio', value: ratio, goal: `≤ ${MAX_RATIO}`, met: ratio <= MAX_RATIO },
        { name: 'p95 idle, ms', value: quantile(idle, 0.95) },
        { name: 'p95 under ingest, ms', value: quantile(busy, 0.95) },
        { name: 'p50 idle, ms', value: quantile(idle, 0.5) },
        { name: 'p50 under ingest, ms', value: quantile(busy, 0.5) },
        { name: 'indexed meanwhile, pictures/s', value: rate },
        { name: 'start to first answer, ms', value: startMs, goal: `≤ ${MAX_START_MS}`, met: startMs <= MAX_START_MS },
      ]);
    } finally {
      await stop();
    }
  } finally {
    cluster?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
