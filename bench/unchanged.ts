/**
 * Adding again what has not changed: a folder of 50,000 files, all known, none opened. Goal: ≤ 10 s, for the command as a
 * user waits for it, without its start.
 *
 *     npm run bench -- unchanged [--files 50000] [--database pglite|postgres] [--rounds 2]
 *
 * The files are headers of JPEGs with a number each: adding reads and hashes them, and nobody decodes them here. The bare
 * walk (list and look, without a database) is reported beside it.
 *
 * @module
 */
import fs from 'node:fs';
import { lstat, opendir } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { open } from 'fovea';
import { scratchFolder } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { report } from './lib-report.ts';

const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
};
const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '50000' },
    rounds: { type: 'string', default: '2' },
    database: { type: 'string', default: 'pglite' },
  },
});
const files = Number(options.files);
const GOAL_SECONDS = 10;

/** Counts files opened below a folder from now on; `add` runs in this process. */
function countOpened(folder: string): () => number {
  let opened = 0;
  const original = fs.promises.open;
  fs.promises.open = (path, ...rest) => {
    if (String(path).startsWith(folder)) opened += 1;
    return original(path, ...rest);
  };
  syncBuiltinESMExports();
  return () => opened;
}

function writeFiles(folder: string): void {
  fs.mkdirSync(folder);
  const old = new Date(Date.now() - 86_400_000);
  for (let place = 0; place < files; place += 1) {
    const path = join(folder, `IMG_${String(place).padStart(6, '0')}.jpg`);
    fs.writeFileSync(path, Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.from(String(place))]));
    // What was written just now is waited for.
    fs.utimesSync(path, old, old);
  }
}

/** Seconds to list a folder and look at each file, 32 at a time. */
async function bareWalk(folder: string): Promise<number> {
  const started = performance.now();
  let names: string[] = [];
  const look = async () => {
    await Promise.all(names.map((name) => lstat(join(folder, name), { bigint: true })));
    names = [];
  };
  for await (const { name } of await opendir(folder, { bufferSize: 256 })) if (names.push(name) === 32) await look();
  await look();
  return (performance.now() - started) / 1000;
}

async function main(): Promise<void> {
  const scratch = scratchFolder('unchanged');
  const folder = join(scratch, 'photos');
  const bin = options.database === 'postgres' ? findPostgres() : undefined;
  if (options.database === 'postgres' && bin === undefined)
    throw new Error('This bench needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = bin === undefined ? undefined : startCluster(bin);
  const fovea = await open({
    home: join(scratch, 'home'),
    hub: { offline: true },
    workers: 0,
    ...(cluster === undefined ? {} : { database: cluster.url }),
  });
  try {
    writeFiles(folder);
    const add = async (): Promise<{ seconds: number; added: number; unchanged: number }> => {
      const started = performance.now();
      let last = { added: 0, unchanged: 0 };
      for await (const progress of fovea.addPath(folder, { graph: 'none' })) last = progress;
      return { ...last, seconds: (performance.now() - started) / 1000 };
    };
    const first = await add();
    const opened = countOpened(folder);
    const again: Awaited<ReturnType<typeof add>>[] = [];
    const bare: number[] = [];
    const before = process.memoryUsage().rss;
    let peak = before;
    const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100);
    for (let round = 0; round < Number(options.rounds); round += 1) {
      bare.push(await bareWalk(folder));
      again.push(await add());
    }
    clearInterval(sampling);
    const seconds = Math.min(...again.map((each) => each.seconds));
    const unchanged = Math.min(...again.map((each) => each.unchanged));
    const figures: Figure[] = [
      { name: 'first add, s', value: first.seconds },
      { name: 'files added', value: first.added, goal: String(files), met: first.added === files },
      { name: 'bare walk, s', value: Math.min(...bare) },
      { name: 'unchanged, s', value: seconds, goal: `≤ ${GOAL_SECONDS}`, met: seconds <= GOAL_SECONDS },
      { name: 'files unchanged', value: unchanged, goal: String(files), met: unchanged === files },
      { name: 'files opened', value: opened(), goal: '0', met: opened() === 0 },
      { name: 'more memory at the peak, MB', value: (peak - before) / 1e6 },
    ];
    report('unchanged', figures);
  } finally {
    await fovea.close();
    cluster?.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

await main();
