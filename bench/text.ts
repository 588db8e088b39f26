/**
 * Search by words over captions that are made by putting the beginning of one real caption and the end of another together;
 * the questions are real captions of photos, as they stand.
 *
 *     goal on PostgreSQL: p50 ≤ 50 ms over 1,000,000 captions, with a hundred contents ranked
 *
 *     npm run bench -- text [--database postgres|pglite|both] [--rows 1000000] [--queries 300] [--language en|zh]
 *
 * @module
 */
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import type * as Store from '../dist/store/index.js';
import type { Database, PolicyRecord, TextIndex } from '../dist/store/index.js';
import { captionedPhotos, scratchFolder } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { quantile, report } from './lib-report.ts';

const DEPTH = 100;
const MAX_P50_MS = 50;
const PGLITE_ROWS = 50_000;
const WARM_UP = 50;
const BATCH = 1000;
const NAMESPACE = 'default';

const store = (await import(pathToFileURL(resolve('dist/store/index.js')).href)) as typeof Store;
const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
};

const { values: options } = parseArgs({
  options: {
    database: { type: 'string', default: 'both' },
    rows: { type: 'string', default: '1000000' },
    queries: { type: 'string', default: '300' },
    language: { type: 'string', default: 'en' },
  },
});
const language = options.language === 'zh' ? 'zh' : 'en';
const captions = [...captionedPhotos('train'), ...captionedPhotos('val'), ...captionedPhotos('test')].flatMap(
  (photo) => photo[language],
);

/** Halves of two captions, another pair for each place; words stay whole. */
function recombined(place: number): string {
  const first = split(captions[(place * 7919) % captions.length] ?? '');
  const second = split(captions[(place * 104_729 + Math.floor(place / captions.length)) % captions.length] ?? '');
  const joint = language === 'zh' ? '' : ' ';
  return [...first.slice(0, Math.ceil(first.length / 2)), ...second.slice(Math.ceil(second.length / 2))].join(joint);
}

function split(caption: string): string[] {
  return language === 'zh' ? [...caption] : caption.split(' ');
}

/** Contents by one statement, since they are not what is measured; captions with the product's own function. */
async function load(database: Database, rows: number): Promise<TextIndex> {
  await store.migrate(database);
  await store.ensureNamespace(database, NAMESPACE);
  const policy = await database.transaction(makePolicy);
  const started = performance.now();
  for (let start = 0; start < rows; start += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, rows - start) }, (_, offset) => start + offset);
    await database.transaction(async (tx) => {
      const { rows: made } = await tx.query<{ id: string }>(
        `insert into ns_${NAMESPACE}._content (content_id, root_id, sha256, mime_type, size_bytes, name)
         select id, id, id::text, 'image/jpeg', 1, 'photo' from (select gen_random_uuid() as id from generate_series(1, $1::integer)) new
         returning content_id as id`,
        [places.length],
      );
      await store.writeFeatures(
        tx,
        NAMESPACE,
        policy,
        made.map(({ id }, offset) => ({
          contentId: id,
          rows: [{ columns: { caption: recombined(places[offset] ?? 0) }, vectors: {} }],
        })),
      );
    });
    if ((start / BATCH) % 100 === 99) console.log(`${start + BATCH} captions`);
  }
  const written = performance.now();
  await database.maintain('load');
  await database.execute('analyze');
  const { id: policyId, version } = policy;
  const index = { policyId, version, name: 'bench.captions.caption', field: 'caption', language };
  const counting = performance.now();
  await store.refreshTermCounts(database, NAMESPACE, [index]);
  console.log(
    `${database.dialect.name}: ${rows} captions written in ${seconds(started, written)} s, terms counted in ${seconds(counting)} s`,
  );
  return index;
}

function seconds(from: number, to: number = performance.now()): string {
  return ((to - from) / 1000).toFixed(1);
}

async function makePolicy(tx: Store.Queryable): Promise<PolicyRecord> {
  await store.saveGraph(tx, NAMESPACE, {
    name: 'bench',
    policies: [{ name: 'captions', extractor: 'bench/captions', params: {}, filter: [] }],
  });
  return store.addPolicyVersion(tx, NAMESPACE, {
    graph: 'bench',
    name: 'captions',
    extractor: 'bench/captions',
    extractorVersion: '1',
    askedParams: {},
    params: {},
    filter: [],
    accepts: ['image/*'],
    output: { columns: { caption: { type: 'text', language } }, vectors: {} },
  });
}

/** Milliseconds of each question, and how many of them were answered in full depth. */
async function measure(database: Database, index: TextIndex): Promise<{ times: number[]; full: number }> {
  const times: number[] = [];
  let full = 0;
  for (let place = 0; place < WARM_UP + Number(options.queries); place += 1) {
    const text = captions[(place * 131) % captions.length] ?? '';
    const started = performance.now();
    const matches = await store.searchText(database, NAMESPACE, { text, indexes: [index], depth: DEPTH });
    if (place < WARM_UP) continue;
    times.push(performance.now() - started);
    if (matches.length === DEPTH) full += 1;
  }
  return { times, full };
}

async function run(database: Database, rows: number): Promise<Figure[]> {
  const { name } = database.dialect;
  try {
    const { times, full } = await measure(database, await load(database, rows));
    const p50 = quantile(times, 0.5);
    const goal = name === 'postgres' ? { goal: `≤ ${MAX_P50_MS}`, met: p50 <= MAX_P50_MS } : {};
    return [
      { name: `${name} ${language} ${rows} p50 ms`, value: p50, ...goal },
      { name: `${name} ${language} ${rows} p95 ms`, value: quantile(times, 0.95) },
      { name: `${name} answered in full depth`, value: full / times.length },
    ];
  } finally {
    await database.close();
  }
}

const figures: Figure[] = [];
if (options.database !== 'pglite') {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('There is no PostgreSQL with pgvector on this machine');
  const cluster = startCluster(bin);
  try {
    figures.push(...(await run(await store.openDatabase({ url: cluster.url }), Number(options.rows))));
  } finally {
    cluster.stop();
  }
}
if (options.database !== 'postgres') {
  const folder = scratchFolder('text');
  try {
    const rows = Math.min(PGLITE_ROWS, Number(options.rows));
    figures.push(...(await run(await store.openDatabase({ folder: join(folder, 'database') }), rows)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
report('text', figures);
