/**
 * Generated attacks on the SQL door of a running server, while others ask for its health and search:
 *
 *     npm run soak -- sql [--database postgres|pglite|both] [--statements 20000] [--seed 1] [--clients 2]
 *
 * A secret is planted everywhere outside the namespace (`test/fuzz/sql-world.ts`); no answer may hold it, and checksums of
 * every table, sequence and catalog are the same before and after. It prints how long health and searches took: goals are
 * 100 ms for health, and for a search 1 s on PostgreSQL, the statement's time limit + 0.5 s on PGlite. Statements that can't
 * be cancelled (`deaf`) cost PGlite's thread, which is opened anew: what waits for that is printed by itself.
 *
 * @module
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { scratchFolder, testData } from '../bench/lib-data.ts';
import { quantile, report, type Figure } from '../bench/lib-report.ts';
import type * as Store from '../src/store/index.ts';
import type { Database } from '../src/store/index.ts';
import { Random } from '../test/fuzz/random.ts';
import { makeAttack, type Attack } from '../test/fuzz/sql-statement.ts';
import { fingerprint, makeCanary, plantCanary, readWorld, removeCanary, writtenFiles } from '../test/fuzz/sql-world.ts';

// The database host of PGlite is a file of its own beside the compiled one.
const { ensureNamespace, namespaceSchema, openDatabase, viewNames } = (await import(
  pathToFileURL(resolve('dist/store/index.js')).href
)) as typeof Store;

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'both' },
    statements: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '2' },
    bombs: { type: 'string', default: '0.005' },
    deaf: { type: 'string', default: '0.0005' },
  },
});
const TIMEOUT_MS = 2000;
/** Statements after which what was measured counts as that of a thread that had to be ended. */
const DEAF_SHADOW_MS = 4000;
const NAMESPACE = 'default';
const OTHER = 'vault';
const program = resolve('dist/cli/main.js');

type Environment = Readonly<Record<string, string>>;

interface Measured {
  readonly startedAt: number;
  readonly tookMs: number;
}

/** What came of the attacks. */
interface Outcome {
  readonly statuses: Map<string, number>;
  readonly faults: string[];
  readonly health: Measured[];
  readonly searches: Measured[];
  /** When statements that can't be cancelled were sent. */
  readonly deafAt: number[];
}

function startServer(environment: Environment): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, [program, 'server', '--port', '0'], {
    env: { ...process.env, ...environment },
  });
  let printed = '';
  return new Promise((done, failed) => {
    const listen = (chunk: Buffer): void => {
      printed += chunk.toString();
      const url = /ready at (http:\S+)/.exec(printed)?.[1];
      if (url !== undefined) done({ url, process: child });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('close', (code) => failed(new Error(`The server ended with ${code}: ${printed}`)));
  });
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error('The server ended by itself');
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function timed(work: () => Promise<unknown>): Promise<Measured> {
  const startedAt = performance.now();
  await work();
  return { startedAt, tookMs: performance.now() - startedAt };
}

/** Once more where the server closed a connection just as it was used again, which HTTP allows; a server that is gone fails twice. */
async function send(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, init).catch(() => fetch(url, init));
}

/** Sends attacks from some clients at once, and meanwhile asks for health every 50 ms and searches every 250 ms. */
async function attack(url: string, next: () => Attack | undefined, leaks: (text: string) => boolean): Promise<Outcome> {
  const outcome: Outcome = { statuses: new Map(), faults: [], health: [], searches: [], deafAt: [] };
  const base = `${url}/api/v1/namespaces/${NAMESPACE}`;
  const headers = { 'content-type': 'application/json' };
  const over = new AbortController();
  const client = async (): Promise<void> => {
    for (let one = next(); one !== undefined; one = next()) {
      if (one.kind === 'deaf bomb') outcome.deafAt.push(performance.now());
      const body = JSON.stringify({ query: one.query, params: one.params, limit: 100, timeoutMs: TIMEOUT_MS });
      const reply = await send(`${base}/sql`, { method: 'POST', headers, body });
      const text = await reply.text();
      const code = reply.ok ? 'answered' : String((JSON.parse(text) as { code?: unknown }).code);
      const status = `${reply.status} ${code}`;
      outcome.statuses.set(status, (outcome.statuses.get(status) ?? 0) + 1);
      if (leaks(text)) outcome.faults.push(`told the secret: ${one.query}`);
      if (reply.status === 500 || code === 'undefined') outcome.faults.push(`${status}: ${one.query}`);
    }
  };
  const every = async (ms: number, found: Measured[], ask: () => Promise<Response>): Promise<void> => {
    while (!over.signal.aborted) {
      const one = timed(async () => {
        const reply = await ask();
        await reply.arrayBuffer();
        if (!reply.ok) outcome.faults.push(`${reply.status} of ${reply.url}`);
      });
      found.push(await one);
      await new Promise((done) => setTimeout(done, ms));
    }
  };
  const watching = [
    every(50, outcome.health, () => send(`${url}/api/v1/health`)),
    every(250, outcome.searches, () =>
      send(`${base}/search`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query: 'a dog on a beach', limit: 5 }),
      }),
    ),
  ];
  await Promise.all(Array.from({ length: Number(options.clients) }, client));
  over.abort();
  await Promise.all(watching);
  return outcome;
}

/** The figures, with what happened in the shadow of statements that can't be cancelled by itself. */
function figuresOf(name: string, { health, searches, deafAt }: Outcome): Figure[] {
  const shaded = ({ startedAt, tookMs }: Measured): boolean =>
    deafAt.some((at) => at < startedAt + tookMs && startedAt < at + DEAF_SHADOW_MS);
  const times = (found: readonly Measured[], inShadow: boolean): number[] =>
    found.filter((one) => shaded(one) === inShadow).map(({ tookMs }) => tookMs);
  const searchGoal = name === 'pglite' ? TIMEOUT_MS + 500 : 1000;
  const figure = (what: string, found: readonly number[], q: number, goal?: number): Figure => {
    const value = quantile(found, q);
    return { name: `${name} ${what}`, value, ...(goal === undefined ? {} : { goal: `≤ ${goal}`, met: value <= goal }) };
  };
  const all = health.map(({ tookMs }) => tookMs);
  return [
    figure('health p50 ms', all, 0.5),
    figure('health p99 ms', all, 0.99, 100),
    figure('health max ms', all, 1),
    figure('search p50 ms', times(searches, false), 0.5),
    figure('search p99 ms', times(searches, false), 0.99),
    figure('search max ms', times(searches, false), 1, searchGoal),
    ...(deafAt.length === 0 ? [] : [figure('search max ms, thread ended', times(searches, true), 1)]),
  ];
}

async function run(name: 'pglite' | 'postgres', url: string | undefined): Promise<Figure[]> {
  const folder = scratchFolder(`soak-sql-${name}`);
  const home = join(folder, 'home');
  const environment: Environment = {
    FOVEA_HOME: home,
    FOVEA_MODELS: testData('models'),
    HF_HUB_OFFLINE: '1',
    ...(url === undefined ? {} : { FOVEA_DATABASE_URL: url }),
  };
  const photos = join(folder, 'photos');
  mkdirSync(photos, { recursive: true });
  cpSync(testData('data/photos'), photos, { recursive: true });
  const added = spawnSync(process.execPath, [program, 'add', photos], { env: { ...process.env, ...environment } });
  if (added.status !== 0) throw new Error(`Cannot add the photos: ${added.stderr.toString()}`);

  const canary = makeCanary(String(100_000_000_000 + Math.floor(Math.random() * 899_999_999_999)));
  const place = { schema: namespaceSchema(NAMESPACE), other: namespaceSchema(OTHER), folder };
  const direct = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const database = await openDatabase(url === undefined ? { folder: join(home, 'db') } : { url });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  };
  const world = await direct(async (database) => {
    await ensureNamespace(database, OTHER);
    const { rows } = await database.query<{ data_directory: string }>('show data_directory');
    const dataFolder = url === undefined ? join(home, 'db') : rows[0]?.data_directory;
    await plantCanary(database, canary, { ...place, dataFolder });
    return readWorld(database, canary, place, await viewNames(database, NAMESPACE));
  });
  await stopServer((await startServer(environment)).process);
  const before = await direct(fingerprint);

  const server = await startServer(environment);
  const random = new Random(Number(options.seed));
  let left = Number(options.statements);
  const rates = { bombs: Number(options.bombs), deafBombs: Number(options.deaf) };
  const started = performance.now();
  const outcome = await attack(
    server.url,
    () => {
      left -= 1;
      return left < 0 ? undefined : makeAttack(random, world, rates);
    },
    (text) => canary.leaks(text),
  ).finally(() => stopServer(server.process));
  const after = await direct(fingerprint);
  for (const [table, sum] of Object.entries(after)) {
    if (before[table] !== sum) outcome.faults.push(`changed: ${table}`);
  }
  for (const file of writtenFiles(folder)) outcome.faults.push(`wrote ${file}`);
  await direct((database) => removeCanary(database, canary));
  rmSync(folder, { recursive: true, force: true });

  console.log(
    `${name}: ${options.statements} statements in ${((performance.now() - started) / 1000).toFixed(0)} s, seed ${options.seed}`,
  );
  console.log(`  ${[...outcome.statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`);
  for (const fault of outcome.faults) console.log(`  FAULT ${fault}`);
  const { length } = outcome.faults;
  return [{ name: `${name} faults`, value: length, goal: '= 0', met: length === 0 }, ...figuresOf(name, outcome)];
}

const figures: Figure[] = [];
if (options.database !== 'pglite') {
  const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
    findPostgres(): string | undefined;
    startCluster(bin: string): { url: string; stop(): void };
  };
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error('This needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = startCluster(bin);
  try {
    figures.push(...(await run('postgres', cluster.url)));
  } finally {
    cluster.stop();
  }
}
if (options.database !== 'postgres') figures.push(...(await run('pglite', undefined)));
report('sql', figures);
