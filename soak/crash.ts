/**
 * Kills processes of Fovea at random moments while it adds, extracts, deletes, moves and changes its graph, and compares what
 * is there afterwards with what was acknowledged (`test/crash/crash-run.ts`):
 *
 *     npm run soak -- crash [--database pglite|postgres] [--kills 200] [--seed 1]
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { scratchFolder } from '../bench/lib-data.ts';
import { report } from '../bench/lib-report.ts';
import type * as Client from '../src/client/index.ts';
import type * as Store from '../src/store/index.ts';
import { crashRun } from '../test/crash/crash-run.ts';
import { Random } from '../test/fuzz/random.ts';

const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(resolve(path)).href)) as T;

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: 'pglite' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
  },
});
const { findPostgres, startCluster } = await load<{
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
}>('scripts/test-postgres.mjs');
const bin = values.database === 'postgres' ? findPostgres() : undefined;
if (values.database === 'postgres' && bin === undefined)
  throw new Error('This needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
const cluster = bin === undefined ? undefined : startCluster(bin);
const folder = scratchFolder('crash');
try {
  const { connect } = await load<typeof Client>('dist/client/index.js');
  const { kills, operations, lost, retried } = await crashRun({
    random: new Random(Number(values.seed)),
    kills: Number(values.kills),
    folder,
    program: resolve('dist/cli/main.js'),
    database: cluster?.url,
    store: await load<typeof Store>('dist/store/index.js'),
    connect,
    onRound: (sentence) => console.log(sentence),
  });
  const all = Object.values(kills).reduce((sum, count) => sum + count, 0);
  const done = Object.entries(operations).map(([name, value]) => ({ name, value }));
  report(`crash ${values.database}`, [
    { name: 'kills', value: all },
    ...Object.entries(kills).map(([name, value]) => ({ name: `kills of ${name}`, value })),
    ...done,
    { name: 'not acknowledged', value: lost },
    { name: 'tasks killed twice, retried', value: retried },
    { name: 'faults', value: 0, goal: '= 0', met: true },
  ]);
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  console.error(`Seed ${values.seed} failed, and its home is kept at ${folder}:`);
  console.error(error);
  process.exitCode = 1;
} finally {
  cluster?.stop();
}
