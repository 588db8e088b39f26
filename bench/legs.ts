/**
 * A search with three legs (two indexes of vectors, one of captions) against each of its legs alone, through HTTP.
 *
 *     ratio = p50 of all three / p50 of the slowest alone        goal ≤ 2 on PostgreSQL, over 100,000 contents
 *
 * PGlite has one thread, which answers the legs one behind the other: reported only.
 *
 * Captions are made as in `text`, vectors as in `search`. The four kinds of request take turns, and each asks for other words and
 * another vector than the one before it.
 *
 *     npm run bench -- legs [--database postgres|pglite|both] [--rows 100000] [--queries 200]
 *
 * @module
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { connect, serve } from 'fovea';
import type * as Store from '../dist/store/index.js';
import type { Database, PolicyRecord } from '../dist/store/index.js';
import { captionedPhotos, scratchFolder, testData } from './lib-data.ts';
import { type Figure, quantile, report } from './lib-report.ts';

const DIMENSION = 512;
const MAX_RATIO = 2;
const NAMESPACE = 'default';
const WARM_UP = 40;
const BATCH = 500;
const VECTOR_POLICIES = ['v', 'w'] as const;
const KINDS = {
  'vectors v': ['bench.v.embedding'],
  'vectors w': ['bench.w.embedding'],
  captions: ['bench.captions.caption'],
  'all three': ['bench.v.embedding', 'bench.w.embedding', 'bench.captions.caption'],
} as const;

const store = (await import(pathToFileURL(resolve('dist/store/index.js')).href)) as typeof Store;
const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
};
interface Generator {
  vectors(options: { count: number; dimension: number; seed: number; stream?: number }): Iterable<Float32Array>;
}
const generator = (await import(pathToFileURL(testData('tools/vectors.mjs')).href)) as Generator;

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'both' },
    rows: { type: 'string', default: '100000' },
    queries: { type: 'string', default: '200' },
  },
});
const rowCount = Number(options.rows);
const queryCount = Number(options.queries);
const captions = ['train', 'val', 'test'].flatMap((split) => captionedPhotos(split).flatMap((photo) => photo.en));

/** Halves of two captions, another pair for each place. */
function recombined(place: number): string {
  const first = (captions[(place * 7919) % captions.length] ?? '').split(' ');
  const second = (captions[(place * 104_729 + 1) % captions.length] ?? '').split(' ');
  return [...first.slice(0, Math.ceil(first.length / 2)), ...second.slice(Math.ceil(second.length / 2))].join(' ');
}

/** A query vector by its number, and words. */
const queryOf = (place: number): string => `q${place % queryCount} ${captions[(place * 131) % captions.length] ?? ''}`;

async function load(database: Database): Promise<void> {
  await store.migrate(database);
  await store.ensureNamespace(database, NAMESPACE);
  const { vectorPolicies, captionPolicy } = await database.transaction(makePolicies);
  const streams = VECTOR_POLICIES.map((_, at) => {
    const made = generator.vectors({ count: rowCount, dimension: DIMENSION, seed: 1, stream: at === 0 ? 0 : at + 1 });
    return made[Symbol.iterator]();
  });
  for (let start = 0; start < rowCount; start += BATCH) {
    await database.transaction(async (tx) => {
      const { rows } = await tx.query<{ id: string }>(
        `insert into ns_${NAMESPACE}._content (content_id, root_id, sha256, mime_type, size_bytes, name)
         select id, id, id::text, 'image/jpeg', 1, 'photo' from (select gen_random_uuid() as id from generate_series(1, $1::integer)) new
         returning content_id as id`,
        [Math.min(BATCH, rowCount - start)],
      );
      const captioned = rows.map(({ id }, at) => ({
        contentId: id,
        rows: [{ columns: { caption: recombined(start + at) }, vectors: {} }],
      }));
      await store.writeFeatures(tx, NAMESPACE, captionPolicy, captioned);
      for (const [at, policy] of vectorPolicies.entries()) {
        const embedded = rows.map(({ id }) => ({
          contentId: id,
          rows: [{ columns: {}, vectors: { embedding: next(streams[at]) } }],
        }));
        await store.writeFeatures(tx, NAMESPACE, policy, embedded);
      }
    });
  }
  await database.maintain('load');
  for (const { id: policyId, version } of vectorPolicies)
    await store.buildHnsw(database, NAMESPACE, { policyId, version, output: 'embedding', dimension: DIMENSION });
  const { id: policyId, version } = captionPolicy;
  const index = { policyId, version, name: KINDS.captions[0], field: 'caption', language: 'en' };
  await store.refreshTermCounts(database, NAMESPACE, [index]);
  await database.maintain('index');
  await database.execute('analyze');
}

function next(stream: Iterator<Float32Array> | undefined): Float32Array {
  const { value } = stream?.next() ?? { value: undefined };
  if (value === undefined) throw new Error('The generator of vectors ended too early');
  return value as Float32Array;
}

async function makePolicies(
  tx: Store.Queryable,
): Promise<{ vectorPolicies: PolicyRecord[]; captionPolicy: PolicyRecord }> {
  const common = { extractorVersion: '1', askedParams: {}, params: {}, filter: [], accepts: ['image/*'] };
  const declared = [
    ...VECTOR_POLICIES.map((name) => [name, 'bench/query'] as const),
    ['captions', 'bench/captions'] as const,
  ];
  await store.saveGraph(tx, NAMESPACE, {
    name: 'bench',
    policies: declared.map(([name, extractor]) => ({ name, extractor, params: {}, filter: [] })),
  });
  const vectorPolicies: PolicyRecord[] = [];
  for (const name of VECTOR_POLICIES) {
    const output = { columns: {}, vectors: { embedding: { dimension: DIMENSION, metric: 'cosine' as const } } };
    const policy = { ...common, graph: 'bench', name, extractor: 'bench/query', output, space: 'bench' };
    vectorPolicies.push(await store.addPolicyVersion(tx, NAMESPACE, policy));
  }
  const captionPolicy = await store.addPolicyVersion(tx, NAMESPACE, {
    ...common,
    graph: 'bench',
    name: 'captions',
    extractor: 'bench/captions',
    output: { columns: { caption: { type: 'text', language: 'en' } }, vectors: {} },
  });
  await store.rebuildViews(tx, NAMESPACE);
  return { vectorPolicies, captionPolicy };
}

async function run(name: 'postgres' | 'pglite', url: string | undefined): Promise<Figure[]> {
  const folder = scratchFolder(`legs-${name}`);
  const queries = [...generator.vectors({ count: queryCount, dimension: DIMENSION, seed: 1, stream: 1 })];
  process.env.BENCH_QUERIES = join(folder, 'queries.f32');
  writeFileSync(
    process.env.BENCH_QUERIES,
    Buffer.concat(queries.map((query) => Buffer.from(query.buffer, query.byteOffset, query.byteLength))),
  );
  const home = join(folder, 'home');
  const database = await store.openDatabase(url === undefined ? { folder: join(home, 'db') } : { url });
  await load(database);
  await database.close();
  console.log(`${name}: ${rowCount} contents loaded`);
  const server = await serve({
    home,
    port: 0,
    workers: 0,
    extractors: [resolve('bench/query-extractor.mjs')],
    hub: { offline: true },
    ...(url === undefined ? {} : { database: url }),
  });
  try {
    return figuresOf(name, await measure(server.url));
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of each request, by kind. */
async function measure(url: string): Promise<Map<string, number[]>> {
  const client = connect(url);
  const times = new Map(Object.keys(KINDS).map((kind) => [kind, [] as number[]]));
  for (let place = 0; place < WARM_UP + queryCount; place += 1) {
    for (const [at, [kind, indexes]] of Object.entries(KINDS).entries()) {
      const started = performance.now();
      const { hits } = await client.search({ query: queryOf(place * 7 + at * 53), indexes: [...indexes] });
      const took = performance.now() - started;
      if (hits.length === 0) throw new Error(`No hit of ${kind} for "${queryOf(place * 7 + at * 53)}"`);
      if (place >= WARM_UP) times.get(kind)?.push(took);
    }
  }
  return times;
}

function figuresOf(database: string, times: Map<string, number[]>): Figure[] {
  const medians = [...times].map(([kind, taken]) => ({ kind, p50: quantile(taken, 0.5), p95: quantile(taken, 0.95) }));
  const alone = Math.max(...medians.filter(({ kind }) => kind !== 'all three').map(({ p50 }) => p50));
  const ratio = (medians.find(({ kind }) => kind === 'all three')?.p50 ?? Number.NaN) / alone;
  return [
    ...medians.flatMap(({ kind, p50, p95 }) => [
      { name: `${database} ${kind} p50 ms`, value: p50 },
      { name: `${database} ${kind} p95 ms`, value: p95 },
    ]),
    {
      name: `${database} ratio`,
      value: ratio,
      ...(database === 'postgres' ? { goal: `≤ ${MAX_RATIO}`, met: ratio <= MAX_RATIO } : {}),
    },
  ];
}

const figures: Figure[] = [];
if (options.database !== 'pglite') {
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error('This bench needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = startCluster(bin);
  try {
    figures.push(...(await run('postgres', cluster.url)));
  } finally {
    cluster.stop();
  }
}
if (options.database !== 'postgres') figures.push(...(await run('pglite', undefined)));
report('legs', figures);
