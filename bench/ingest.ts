/**
 * Pictures a second from `add` to indexed, with the built-in graph and one worker, on both databases. A first version: it has
 * no goals yet.
 *
 *     npm run bench -- ingest [--photos 400] [--database pglite|postgres|both]
 *
 * @module
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { open } from 'fovea';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
};
const { values: options } = parseArgs({
  options: { photos: { type: 'string', default: '400' }, database: { type: 'string', default: 'both' } },
});

async function measure(name: string, database: string | undefined): Promise<Figure[]> {
  const folder = scratchFolder(`ingest-${name}`);
  const photos = join(folder, 'photos');
  mkdirSync(photos);
  const chosen = captionedPhotos('val').slice(0, Number(options.photos));
  for (const { image } of chosen) symlinkSync(join(testData('data/flickr8k/images'), image), join(photos, image));
  const fovea = await open({
    home: join(folder, 'home'),
    models: [testData('models')],
    hub: { offline: true },
    workers: 1,
    ...(database === undefined ? {} : { database }),
  });
  try {
    const start = performance.now();
    let stored = 0;
    for await (const { finished } of fovea.addPath(photos)) if (finished) stored = performance.now() - start;
    const { failedContents } = await fovea.waitUntilIndexed({ pollMs: 50 });
    const indexed = performance.now() - start;
    if (failedContents > 0) throw new Error(`${failedContents} photos failed`);
    return [
      { name: `${name} stored/s`, value: (1000 * chosen.length) / stored },
      { name: `${name} indexed/s`, value: (1000 * chosen.length) / indexed },
      { name: `${name} MB of the engine's own process`, value: process.memoryUsage().rss / 1e6 },
    ];
  } finally {
    await fovea.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const figures: Figure[] = [];
if (options.database !== 'postgres') figures.push(...(await measure('pglite', undefined)));
if (options.database !== 'pglite') {
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error('This bench needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = startCluster(bin);
  try {
    figures.push(...(await measure('postgres', cluster.url)));
  } finally {
    cluster.stop();
  }
}
report('ingest', figures);
