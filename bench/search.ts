/**
 * What the product adds to a vector search: through HTTP, against the same SQL by hand in the same transaction shape on the
 * same database, unfiltered and with label filters of 50, 10, 1 and 0.1 % of the rows.
 *
 *     ratio = p50 of the product / p50 by hand        goal ≤ 1.5 on PostgreSQL, at recall@10 ≥ 0.95
 *
 * By hand, what answers the same reply: [count what the filter leaves] · begin read only, settings, nearest, commit · hydrate, with the settings and the
 * path that the product's plan named. Product and hand take turns on PostgreSQL, each with queries that the other has not just asked; PGlite has one owner, so
 * there the hand goes first and the product after it.
 *
 *     npm run bench -- search [--database postgres|pglite|both] [--rows 100000] [--queries 200]
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { connect, serve } from 'fovea';
import type { FoveaClient, LegPlan } from 'fovea';
import type * as SearchPlanning from '../dist/retrieval/plan.js';
import type * as Store from '../dist/store/index.js';
import type { Database, NewContent, VectorIndex } from '../dist/store/index.js';
import { scratchFolder, testData } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { quantile, report } from './lib-report.ts';

const DIMENSION = 512;
const LIMIT = 10;
const MAX_RATIO = 1.5;
const MIN_RECALL = 0.95;
const INDEX = 'bench.v.embedding';
/** Searches before the clock runs, of each kind. */
const WARM_UP = 100;
/** Label that a share of the rows has: every 2nd, 10th, … row. */
const FILTERS = [
  { name: 'all', every: 1 },
  { name: '50 %', every: 2 },
  { name: '10 %', every: 10 },
  { name: '1 %', every: 100 },
  { name: '0.1 %', every: 1000 },
] as const;

const store = (await import(pathToFileURL(resolve('dist/store/index.js')).href)) as typeof Store;
const { chooseSearchPath } = (await import(
  pathToFileURL(resolve('dist/retrieval/plan.js')).href
)) as typeof SearchPlanning;
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
const NAMESPACE = 'default';

interface Loaded {
  readonly index: VectorIndex;
  /** Content ids in the order of the vectors. */
  readonly ids: readonly string[];
}

/** Writes contents, labels and vectors with the product's own functions, and builds the index with them. */
async function load(database: Database, vectors: readonly Float32Array[]): Promise<Loaded> {
  await store.migrate(database);
  await store.ensureNamespace(database, NAMESPACE);
  const policy = await database.transaction(async (tx) => {
    await store.saveGraph(tx, NAMESPACE, {
      name: 'bench',
      policies: [{ name: 'v', extractor: 'bench/query', params: {}, filter: [] }],
    });
    const added = await store.addPolicyVersion(tx, NAMESPACE, {
      graph: 'bench',
      name: 'v',
      extractor: 'bench/query',
      extractorVersion: '1',
      askedParams: {},
      params: {},
      filter: [],
      accepts: ['image/*'],
      output: { columns: {}, vectors: { embedding: { dimension: DIMENSION, metric: 'cosine' } } },
      space: 'bench',
    });
    await store.rebuildViews(tx, NAMESPACE);
    return added;
  });
  const contents = vectors.map((_vector, place) => content(place));
  for (let start = 0; start < contents.length; start += 500) {
    const batch = contents.slice(start, start + 500);
    await database.transaction(async (tx) => {
      await store.insertContents(tx, NAMESPACE, batch);
      const rows = batch.map(({ contentId }, offset) => ({
        contentId,
        rows: [{ columns: {}, vectors: { embedding: vectors[start + offset] ?? new Float32Array() } }],
      }));
      await store.writeFeatures(tx, NAMESPACE, policy, rows);
    });
  }
  await database.maintain('load');
  const index = { policyId: policy.id, version: policy.version, output: 'embedding', dimension: DIMENSION };
  const started = performance.now();
  await store.buildHnsw(database, NAMESPACE, index);
  await database.maintain('index');
  console.log(
    `${database.dialect.name}: ${rowCount} rows loaded, HNSW built in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  return { index, ids: contents.map(({ contentId }) => contentId) };
}

function content(place: number): NewContent {
  const sha256 = createHash('sha256').update(String(place)).digest('hex');
  const labels = Object.fromEntries(
    FILTERS.filter(({ every }) => place % every === 0).map(({ every }) => [`every${every}`, 'yes']),
  );
  const location = { uri: `file:///bench/${place}.jpg`, size: 1, mtimeNs: '1', inode: String(place) };
  return {
    contentId: store.contentIdFor(NAMESPACE, sha256),
    sha256,
    mimeType: 'image/jpeg',
    sizeBytes: 1,
    name: `${place}.jpg`,
    labels,
    location,
  };
}

/** The search by hand, with the path and settings of the product's plan. */
async function byHand(
  database: Database,
  index: VectorIndex,
  query: Float32Array,
  every: number,
  plan: Pick<LegPlan, 'path' | 'efSearch'>,
): Promise<void> {
  const schema = store.identifier(store.namespaceSchema(NAMESPACE));
  const label = JSON.stringify({ [`every${every}`]: 'yes' });
  if (every > 1) {
    await database.transaction(
      (tx) =>
        tx.query(`select count(*) from (select 1 from ${schema}.content c  where c.labels @> $1::jsonb) m`, [label]),
      { readOnly: true, priority: 'search' },
    );
  }
  const vector = `$1::${database.dialect.vectorType(DIMENSION)}`;
  const distance = plan.path === 'hnsw' ? `e.embedding <=> ${vector}` : `(e.embedding <=> ${vector}) + 0`;
  const filter =
    every > 1
      ? `join (select c.content_id as id from ${schema}.content c where c.labels @> $3::jsonb) m on m.id = e.content_id`
      : '';
  const found = await database.transaction(
    async (tx) => {
      await tx.execute('set local jit = off; set local random_page_cost = 1.1');
      if (plan.path === 'hnsw') {
        await tx.execute(
          `set local hnsw.ef_search = ${plan.efSearch}; set local hnsw.iterative_scan = 'relaxed_order'; set local hnsw.max_scan_tuples = 100000; set local hnsw.scan_mem_multiplier = 4; set local enable_sort = off`,
        );
      }
      return tx.query<{ content_id: string }>(
        `select e.content_id, e.ord, e.embedding <=> ${vector} as distance from ${schema}._p${index.policyId}_v${index.version} e ${filter} order by ${distance} limit $2`,
        [database.dialect.vector(query), LIMIT + 1, ...(every > 1 ? [label] : [])],
      );
    },
    { readOnly: true, priority: 'search' },
  );
  await database.query(
    `select c.content_id, c.name, c.mime_type, c.sha256, c.width, c.height, c.labels,
            (select l.uri from ${schema}._location l where l.content_id = c.content_id and l.state = 'present' order by l.uri limit 1) as uri
       from ${schema}._content c join unnest($1::uuid[]) as t (content_id) on t.content_id = c.content_id`,
    [found.rows.slice(0, LIMIT).map(({ content_id: id }) => id)],
  );
}

/** The true neighbours among every n-th row, by brute force. */
function exactNeighbours(vectors: readonly Float32Array[], query: Float32Array, every: number): Set<number> {
  const best: { place: number; score: number }[] = [];
  for (let place = 0; place < vectors.length; place += every) {
    const vector = vectors[place] ?? query;
    let score = 0;
    for (let i = 0; i < DIMENSION; i += 1) score += (vector[i] ?? 0) * (query[i] ?? 0);
    if (best.length < LIMIT || score > (best.at(-1)?.score ?? -1)) {
      best.push({ place, score });
      best.sort((a, b) => b.score - a.score);
      best.length = Math.min(best.length, LIMIT);
    }
  }
  return new Set(best.map(({ place }) => place));
}

interface Measured {
  readonly plan: LegPlan;
  readonly recall: number;
  readonly product: number[];
  readonly hand: number[];
}

async function measure(
  client: FoveaClient,
  handed: Database | undefined,
  index: VectorIndex,
  ids: readonly string[],
  queries: readonly Float32Array[],
  every: number,
): Promise<Measured> {
  const request = (place: number) => ({
    query: `q${place}`,
    index: INDEX,
    limit: LIMIT,
    ...(every > 1 ? { labels: [`every${every}=yes`] } : {}),
  });
  const [plan] = (await client.search({ ...request(0), explain: true })).plan?.legs ?? [];
  if (plan === undefined) throw new Error('The server explained nothing');
  const places = new Map(ids.map((id, place) => [id, place]));
  for (let round = 0; round < WARM_UP; round += 1) {
    await client.search(request(round % queries.length));
    if (handed !== undefined)
      await byHand(handed, index, queries[round % queries.length] ?? new Float32Array(), every, plan);
  }
  const product: number[] = [];
  const hand: number[] = [];
  let found = 0;
  for (const [place, query] of queries.entries()) {
    const start = performance.now();
    const { hits } = await client.search(request(place));
    product.push(performance.now() - start);
    if (hits.length < LIMIT) throw new Error(`${hits.length} hits for query ${place} with a filter of 1 in ${every}`);
    const wanted = neighbours.get(every)?.[place];
    found += hits.filter(({ contentId }) => wanted?.has(places.get(contentId) ?? -1)).length;
    if (handed === undefined) continue;
    // Another query than the product's: the second to ask would find the pages of the first in the processor's cache.
    const other = queries[(place + queries.length / 2) % queries.length] ?? query;
    const again = performance.now();
    await byHand(handed, index, other, every, plan);
    hand.push(performance.now() - again);
  }
  return { plan, recall: found / (LIMIT * queries.length), product, hand };
}

async function run(
  name: 'postgres' | 'pglite',
  url: string | undefined,
  vectors: readonly Float32Array[],
  queries: readonly Float32Array[],
): Promise<Figure[]> {
  const folder = scratchFolder(`search-${name}`);
  const home = join(folder, 'home');
  const queryFile = join(folder, 'queries.f32');
  writeFileSync(
    queryFile,
    Buffer.concat(queries.map((query) => Buffer.from(query.buffer, query.byteOffset, query.byteLength))),
  );
  process.env.BENCH_QUERIES = queryFile;
  const database = await store.openDatabase(url === undefined ? { folder: join(home, 'db') } : { url });
  const { index, ids } = await load(database, vectors);
  // PGlite has one owner: the hand goes first, with the plan that the product will name for these sizes.
  const before = new Map<number, number[]>();
  if (url === undefined) {
    for (const { every } of FILTERS) {
      const filteredRows = every > 1 ? Math.ceil(rowCount / every) : undefined;
      const plan = chooseSearchPath({ rows: rowCount, hasHnsw: true, filteredRows, limit: LIMIT + 1 });
      const times: number[] = [];
      for (const query of queries) {
        const start = performance.now();
        await byHand(database, index, query, every, plan);
        times.push(performance.now() - start);
      }
      before.set(every, times);
    }
    await database.close();
  }
  const extractors = [resolve('bench/query-extractor.mjs')];
  const server = await serve({
    home,
    port: 0,
    workers: 0,
    extractors,
    hub: { offline: true },
    ...(url === undefined ? {} : { database: url }),
  });
  const figures: Figure[] = [];
  try {
    const client = connect(server.url);
    for (let place = 0; place < 5; place += 1) await client.search({ query: `q${place}`, index: INDEX });
    for (const { name: filter, every } of FILTERS) {
      const measured = await measure(client, url === undefined ? undefined : database, index, ids, queries, every);
      figures.push(...figuresOf(name, filter, { ...measured, hand: before.get(every) ?? measured.hand }));
    }
  } finally {
    await server.close();
    if (url !== undefined) await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

function figuresOf(database: string, filter: string, { plan, recall, product, hand }: Measured): Figure[] {
  const ratio = quantile(product, 0.5) / quantile(hand, 0.5);
  const cells = [filter.padEnd(6), plan.path.padEnd(12), String(plan.efSearch ?? '–').padStart(4), recall.toFixed(3)];
  const times = [quantile(product, 0.5), quantile(product, 0.95), quantile(hand, 0.5), quantile(hand, 0.95)].map((ms) =>
    ms.toFixed(2).padStart(7),
  );
  console.log(
    `${database.padEnd(9)} ${cells.join('  ')}  product p50 ${times[0]} p95 ${times[1]} ms  hand p50 ${times[2]} p95 ${times[3]} ms  ratio ${ratio.toFixed(2)}`,
  );
  const gate = database === 'postgres';
  return [
    { name: `${database} ${filter} recall@10`, value: recall, goal: `≥ ${MIN_RECALL}`, met: recall >= MIN_RECALL },
    {
      name: `${database} ${filter} ratio`,
      value: ratio,
      ...(gate ? { goal: `≤ ${MAX_RATIO}`, met: ratio <= MAX_RATIO } : {}),
    },
    { name: `${database} ${filter} p50 ms`, value: quantile(product, 0.5) },
    { name: `${database} ${filter} p95 ms`, value: quantile(product, 0.95) },
  ];
}

const vectors = [...generator.vectors({ count: rowCount, dimension: DIMENSION, seed: 1 })];
const queries = [...generator.vectors({ count: queryCount, dimension: DIMENSION, seed: 1, stream: 1 })];
/** By filter and query; before any server runs, since brute force blocks this thread. */
const neighbours = new Map(
  FILTERS.map(({ every }) => [every as number, queries.map((query) => exactNeighbours(vectors, query, every))]),
);
const figures: Figure[] = [];
if (options.database !== 'pglite') {
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error('This bench needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = startCluster(bin);
  try {
    figures.push(...(await run('postgres', cluster.url, vectors, queries)));
  } finally {
    cluster.stop();
  }
}
if (options.database !== 'postgres') figures.push(...(await run('pglite', undefined, vectors, queries)));
console.log('');
report('search', figures);
