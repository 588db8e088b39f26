/**
 * Random operations on an engine, compared with a simple model after each (`test/model/model-run.ts`):
 *
 *     npm run soak -- model [--database pglite|postgres|both] [--operations 20000] [--seed 1]
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { scratchFolder } from '../bench/lib-data.ts';
import { report, type Figure } from '../bench/lib-report.ts';
import type * as Engine from '../src/engine/index.ts';
import type * as Store from '../src/store/index.ts';
import { modelRun, type LibraryPlace } from '../test/model/model-run.ts';

const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(resolve(path)).href)) as T;

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'both' },
    operations: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
  },
});
const engine = await load<typeof Engine>('dist/engine/index.js');
const store = await load<typeof Store>('dist/store/index.js');

async function run(name: string, database: (library: string) => Promise<string | undefined>): Promise<Figure[]> {
  const folder = scratchFolder(`model-${name}`);
  let libraries = 0;
  const newPlace = async (): Promise<LibraryPlace> => {
    libraries += 1;
    const url = await database(`library_${libraries}`);
    return { home: join(folder, `home-${libraries}`), ...(url === undefined ? {} : { database: url }) };
  };
  const started = performance.now();
  const done = await modelRun({
    seed: Number(options.seed),
    operations: Number(options.operations),
    folder,
    extractor: resolve('test/fixtures/direction-extractor.mjs'),
    newPlace,
    open: engine.open,
    store,
    onProgress: (sentence) => console.log(`${name}: ${sentence}`),
  });
  rmSync(folder, { recursive: true, force: true });
  return [
    { name: `${name} operations`, value: Number(options.operations) },
    { name: `${name} seconds`, value: (performance.now() - started) / 1000 },
    ...Object.entries(done).map(([operation, value]) => ({ name: `${name} ${operation}`, value })),
    { name: `${name} differences`, value: 0, goal: '= 0', met: true },
  ];
}

async function onPostgres(): Promise<Figure[]> {
  const { findPostgres, startCluster } = await load<{
    findPostgres(): string | undefined;
    startCluster(bin: string): { url: string; stop(): void };
  }>('scripts/test-postgres.mjs');
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error('This needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = startCluster(bin);
  try {
    return await run('postgres', async (library) => {
      const client = new Client({ connectionString: cluster.url });
      await client.connect();
      await client.query(`create database ${library}`);
      await client.end();
      return cluster.url.replace(/\/[^/?]*(\?|$)/, `/${library}$1`);
    });
  } finally {
    cluster.stop();
  }
}

report('model', [
  ...(options.database === 'pglite' ? [] : await onPostgres()),
  ...(options.database === 'postgres' ? [] : await run('pglite', async () => undefined)),
]);
