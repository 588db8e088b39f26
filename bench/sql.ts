/**
 * What the SQL door adds: statements over 1,000,000 detections through HTTP, against the same text in psql on the same
 * database, in turns.
 *
 *     ratio = p50 of the product / p50 of psql (its own \timing)        goal ≤ 2 for a filtered count, on PostgreSQL
 *
 *     npm run bench -- sql [--rows 1000000] [--rounds 15]
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { connect, serve } from 'fovea';
import type * as Store from '../dist/store/index.js';
import type { Database } from '../dist/store/index.js';
import { scratchFolder } from './lib-data.ts';
import type { Figure } from './lib-report.ts';
import { quantile, report } from './lib-report.ts';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, rounds: { type: 'string', default: '15' } },
});
const rowCount = Number(options.rows);
const BOXES_A_CONTENT = 10;
const MAX_RATIO = 2;
const NAMESPACE = 'default';

const store = (await import(pathToFileURL(resolve('dist/store/index.js')).href)) as typeof Store;
const { findPostgres, startCluster } = (await import(pathToFileURL(resolve('scripts/test-postgres.mjs')).href)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string): { url: string; stop(): void };
};

const STATEMENTS = [
  { name: 'filtered count', gate: true, text: `select count(*) from ingestion where object_name = 'dog'` },
  {
    name: 'count by two columns',
    gate: true,
    text: `select count(*) from ingestion where object_name = 'dog' and score > 0.8`,
  },
  {
    name: 'count by object',
    gate: false,
    text: 'select object_name, count(*) from ingestion group by 1 order by 2 desc',
  },
  {
    name: 'join with contents',
    gate: false,
    text: `select count(distinct c.content_id) from ingestion i join content c using (content_id) where i.object_name = 'dog' and c.width > 500`,
  },
] as const;

/** Ten boxes a content, of eighty kinds that are not equally common. */
async function load(database: Database): Promise<void> {
  await store.migrate(database);
  await store.ensureNamespace(database, NAMESPACE);
  const { id, version } = await database.transaction(async (tx) => {
    await store.saveGraph(tx, NAMESPACE, {
      name: 'photos',
      policies: [{ name: 'objects', extractor: 'image/yolo', params: {}, filter: [] }],
    });
    const pixels = { type: 'real', unit: 'px' } as const;
    const added = await store.addPolicyVersion(tx, NAMESPACE, {
      graph: 'photos',
      name: 'objects',
      extractor: 'image/yolo',
      extractorVersion: '1',
      askedParams: {},
      params: {},
      filter: [],
      accepts: ['image/*'],
      output: {
        columns: {
          object_name: { type: 'text' },
          score: { type: 'real' },
          x1: pixels,
          y1: pixels,
          x2: pixels,
          y2: pixels,
          bounding_box: { type: 'box', unit: 'px' },
          area: { type: 'real', unit: 'px²' },
        },
        vectors: {},
      },
    });
    await store.rebuildViews(tx, NAMESPACE);
    return added;
  });
  const schema = store.identifier(store.namespaceSchema(NAMESPACE));
  const contents = Math.ceil(rowCount / BOXES_A_CONTENT);
  await database.execute(`
    insert into ${schema}._content (content_id, root_id, sha256, mime_type, width, height, size_bytes, name)
    select id, id, md5(n::text), 'image/jpeg', 300 + n % 700, 400, 1, n || '.jpg'
      from generate_series(1, ${contents}) n cross join lateral (select md5('content ' || n)::uuid as id) made;
    insert into ${schema}._p${id}_v${version} (content_id, ord, object_name, score, x1, y1, x2, y2, bounding_box, area)
    select md5('content ' || n)::uuid, ord, kind.name, 0.25 + (n * 7 + ord) % 75 / 100.0, 1, 2, 31, 42, array[1, 2, 31, 42], 1200
      from generate_series(1, ${contents}) n cross join generate_series(0, ${BOXES_A_CONTENT - 1}) ord
      cross join lateral (select least((n * 31 + ord * 17) % 80, (n * 13 + ord) % 80) as k) drawn
      cross join lateral (select case k when 5 then 'dog' when 0 then 'person' else 'kind ' || k end as name) kind;`);
  await database.maintain('load');
}

/** One psql that stays; `time` sends a statement and gives the milliseconds that it tells. */
function openPsql(url: string): { time(text: string): Promise<number>; close(): void } {
  const child = spawn('psql', ['-X', '-q', '-d', url], { stdio: ['pipe', 'pipe', 'inherit'] });
  const schema = store.namespaceSchema(NAMESPACE);
  child.stdin.write(`set search_path = ${store.identifier(schema)}, public;\n\\timing on\n`);
  const waiting: ((ms: number) => void)[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const ms = /^Time: ([\d.]+) ms/.exec(line)?.[1];
    if (ms !== undefined) waiting.shift()?.(Number(ms));
  });
  return {
    time: (text) =>
      new Promise((tell) => {
        waiting.push(tell);
        child.stdin.write(`${text};\n`);
      }),
    close: () => child.stdin.end('\\q\n'),
  };
}

async function main(): Promise<void> {
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error('This bench needs PostgreSQL with pgvector: scripts/install-postgres.sh installs it');
  const cluster = startCluster(bin);
  const folder = scratchFolder('sql');
  const figures: Figure[] = [];
  try {
    const database = await store.openDatabase({ url: cluster.url });
    await load(database);
    await database.close();
    const server = await serve({
      home: join(folder, 'home'),
      port: 0,
      workers: 0,
      hub: { offline: true },
      database: cluster.url,
    });
    const psql = openPsql(cluster.url);
    try {
      const client = connect(server.url);
      for (const { name, gate, text } of STATEMENTS) {
        const [product, hand]: [number[], number[]] = [[], []];
        for (let round = -2; round < Number(options.rounds); round++) {
          const start = performance.now();
          await client.sql(text);
          const ours = performance.now() - start;
          const theirs = await psql.time(text);
          if (round < 0) continue;
          product.push(ours);
          hand.push(theirs);
        }
        const [ours, theirs] = [quantile(product, 0.5), quantile(hand, 0.5)];
        const ratio = ours / theirs;
        figures.push(
          { name: `${name} ratio`, value: ratio, ...(gate ? { goal: `≤ ${MAX_RATIO}`, met: ratio <= MAX_RATIO } : {}) },
          { name: `${name} p50 ms`, value: ours },
          { name: `${name} psql p50 ms`, value: theirs },
        );
      }
    } finally {
      psql.close();
      await server.close();
    }
  } finally {
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  report('sql', figures);
}

await main();
