import { beforeAll, describe, expect, test } from 'vitest';
import { freshPglite, freshPostgres, postgresUrl } from '../../../test/databases.ts';
import { countRows, everything } from '../../../test/everything.ts';
import { addPolicies, BOXES, loadSchema, NAMESPACE, newContent, newPolicy, prepareStore } from '../../../test/store.ts';
import { ConflictError, contentIdOfGiven, DEFAULT_NAMESPACE, InvalidInputError } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import {
  claimTasks,
  ensureNamespace,
  finishTasks,
  insertContents,
  listNamespaces,
  migrate,
  nearest,
  numberEnded,
  PICTURE_POLICY,
  planTasks,
  recordProblems,
  saveLink,
  SCHEMA_VERSION,
  writeFeatures,
} from '../index.ts';
import { readBlobUris, readChunks, readHead } from './dump.ts';
import type { DumpHead, RowChunk } from './dump.ts';
import { loadDump } from './load.ts';

interface Dump {
  readonly head: DumpHead;
  readonly chunks: readonly RowChunk[];
  readonly blobs: readonly string[];
}

async function dump(db: Database): Promise<Dump> {
  return db.transaction(async (tx) => {
    const head = await readHead(tx);
    const blobs = [];
    for await (const uris of readBlobUris(tx, head.namespaces)) blobs.push(...uris);
    const chunks = [];
    for await (const chunk of readChunks(tx, head)) chunks.push(chunk);
    return { head, chunks, blobs };
  });
}

async function* from(chunks: readonly RowChunk[]): AsyncGenerator<RowChunk> {
  yield* chunks;
}

const load = (db: Database, { head, chunks }: Pick<Dump, 'head' | 'chunks'>): Promise<void> =>
  loadDump(db, head, () => from(chunks));

const ALL = {
  columns: {
    caption: { type: 'text' },
    count: { type: 'integer' },
    score: { type: 'real' },
    sharp: { type: 'boolean' },
    taken_at: { type: 'timestamp' },
    more: { type: 'json' },
    bounding_box: { type: 'box' },
    words: { type: 'text[]' },
    colors: { type: 'real[]' },
  },
  vectors: { embedding: { dimension: 3, metric: 'cosine' } },
} as const;

const ODD = 'a "b" \\n \\ {c,d} \n\té\u{1f415} null';

/** Two namespaces with something in every column of every table. */
async function fillDatabase(db: Database): Promise<void> {
  await prepareStore(db);
  await ensureNamespace(db, 'second');
  const [all] = await addPolicies(
    db,
    newPolicy('all', ALL, { space: 'abc', model: 'tiny', params: { a: 1.1, b: [ODD] } }),
    newPolicy('objects', BOXES, { contentSource: 'all', filter: [{ key: 'trip', op: '=', value: 'rome' }] }),
    newPolicy('all', ALL, { waitingFor: 'a model', params: { a: 2 } }),
  );
  if (all === undefined) throw new Error('no policy was made');
  const contents = [
    newContent(`${ODD}.jpg`, { labels: { trip: 'rome', note: ODD, year: 2024 } }),
    newContent('stored.jpg', { uri: `fovea:${'a'.repeat(64)}` }),
    newContent('failed.jpg'),
  ];
  const [first, second, third] = contents.map(({ contentId }) => contentId);
  if (first === undefined || second === undefined || third === undefined) throw new Error('no content was made');
  const version = { policyId: all.id, version: 1 };
  await db.transaction(async (tx) => {
    await insertContents(tx, NAMESPACE, contents);
    await insertContents(tx, 'second', [
      newContent('stored.jpg', { namespace: 'second', uri: `fovea:${'a'.repeat(64)}` }),
      newContent('other.jpg', { namespace: 'second', uri: `fovea:${'b'.repeat(64)}` }),
    ]);
    await planTasks(tx, NAMESPACE, [
      ...contents.map(({ contentId }) => ({ contentId, ...PICTURE_POLICY })),
      { contentId: third, ...version },
    ]);
    await writeFeatures(tx, NAMESPACE, all, [
      {
        contentId: first,
        rows: [
          {
            columns: {
              caption: ODD,
              count: 9_007_199_254_740_991,
              score: 0.1 + 0.2,
              sharp: false,
              taken_at: '2024-05-01T12:00:00.123456Z',
              more: { text: ODD, numbers: [1e-7, 12_345.678] },
              bounding_box: [0.1, 2, 3, 4],
              words: [ODD, '', 'NULL'],
              colors: [1 / 3, -0, 1e300],
            },
            vectors: { embedding: Float32Array.of(1 / 3, -2 / 3, 2 / 3) },
          },
          { columns: {}, vectors: { embedding: Float32Array.of(0, 1e-6, 1) } },
        ],
      },
    ]);
  });
  await db.transaction(async (tx) => {
    await saveLink(tx, NAMESPACE, { graph: 'photos', contentSource: 'all', linkedGraph: 'photos' });
    await insertContents(tx, NAMESPACE, [
      { ...newContent('named.jpg'), contentId: contentIdOfGiven('00Aa'), givenId: '00Aa' },
    ]);
    await planTasks(tx, NAMESPACE, [{ contentId: second, ...version }]);
    await numberEnded(tx, NAMESPACE, [{ contentId: second, ...version }]);
    await tx.query(`update ns_demo._task set state = 'done' where ended_no is not null`);
  });
  await recordProblems(db, NAMESPACE, [{ uri: 'file:///odd', path: '/odd', code: 'unreadable_file', message: ODD }]);
  const failing = { token: 'lost', leaseMs: 60_000, maxContents: 9, policies: [version] };
  await claimTasks(db, NAMESPACE, failing);
  const error = { code: 'unreadable_image', message: `Cannot read picture: ${ODD}`, retriable: false };
  await db.transaction((tx) =>
    finishTasks(tx, NAMESPACE, 'lost', [{ contentId: third, ...version, error }], { maxAttempts: 1, backoffMs: 1 }),
  );
  await db.query(`insert into fovea.api_key (id, name, sha256) values ('k1', 'of a colleague', 'abc')`);
}

/** A database as an engine finds it at its first start. */
async function emptyStore(db: Database): Promise<Database> {
  await migrate(db);
  await ensureNamespace(db, DEFAULT_NAMESPACE);
  return db;
}

const fresh = { PGlite: freshPglite(), PostgreSQL: freshPostgres() };
type Kind = keyof typeof fresh;
const filled = new Map<Kind, Promise<{ readonly db: Database; readonly dumped: Dump }>>();

/** One filled database of a kind, and a dump of it. */
function source(kind: Kind): Promise<{ readonly db: Database; readonly dumped: Dump }> {
  const making = filled.get(kind) ?? makeSource(kind);
  filled.set(kind, making);
  return making;
}

async function makeSource(kind: Kind): Promise<{ readonly db: Database; readonly dumped: Dump }> {
  const db = await fresh[kind]();
  await fillDatabase(db);
  return { db, dumped: await dump(db) };
}

describe.each([
  { from: 'PGlite', to: 'PGlite' },
  { from: 'PGlite', to: 'PostgreSQL' },
  { from: 'PostgreSQL', to: 'PGlite' },
  { from: 'PostgreSQL', to: 'PostgreSQL' },
] as const)('a dump of $from in $to', ({ from: kind, to }) => {
  const skipped = postgresUrl === undefined && (kind === 'PostgreSQL' || to === 'PostgreSQL');

  test.skipIf(skipped)('has every row of every table as it was, vectors bit for bit, and works', async () => {
    const { db, dumped } = await source(kind);
    const copy = await emptyStore(await fresh[to]());
    await load(copy, dumped);
    const precision = kind === to ? 'as stored' : 'half';
    const expected = await everything(db, precision);
    expect(countRows(expected)).toBeGreaterThan(20);
    // The namespace that every database has was there, and stays.
    const { 'fovea.namespace': namespaces = [], ...found } = await everything(copy, precision);
    const rest = Object.entries(found).filter(([name]) => !name.startsWith(`ns_${DEFAULT_NAMESPACE}.`));
    const others = namespaces.filter((row) => !row.includes(`"${DEFAULT_NAMESPACE}"`));
    expect({ ...Object.fromEntries(rest), 'fovea.namespace': others }).toEqual(expected);
    expect(await listNamespaces(copy)).toEqual([DEFAULT_NAMESPACE, NAMESPACE, 'second']);
    expect(dumped.blobs).toEqual([`fovea:${'a'.repeat(64)}`, `fovea:${'b'.repeat(64)}`]);

    const seen = await copy.asReader({ role: `fovea_reader_${NAMESPACE}`, schema: `ns_${NAMESPACE}` }, (tx) =>
      tx.query('select caption from photos where count > 1'),
    );
    expect(seen.rows).toEqual([{ caption: ODD }]);
    const index = { policyId: 1, version: 1, output: 'embedding', dimension: 3 };
    const near = await nearest(copy, NAMESPACE, index, Float32Array.of(0, 0, 1), { limit: 1, path: 'exact' });
    expect(near).toHaveLength(1);
    const [added] = await addPolicies(copy, newPolicy('later', BOXES));
    expect(added?.id).toBe(3);
  });
});

describe('loadDump()', () => {
  let db: Database;
  let dumped: Dump;
  beforeAll(async () => {
    const { db: original } = await source('PGlite');
    await claimTasks(original, NAMESPACE, {
      token: 'lost',
      leaseMs: 60_000,
      maxContents: 1,
      policies: [PICTURE_POLICY],
    });
    dumped = await dump(original);
    db = await emptyStore(await fresh.PGlite());
    await db.query(`insert into fovea.api_key (id, name, sha256) values ('k2', 'own', 'def')`);
  });
  const states = async (): Promise<unknown> =>
    (await db.query(`select state, count(*) as n from ns_demo._task group by 1 order by 1`)).rows;

  test('changes nothing where the rows end early, or are none of these tables', async () => {
    const before = await everything(db);
    const last = dumped.chunks.at(-1);
    const contents = dumped.chunks.find(({ table }) => table === '_content');
    if (last === undefined || contents === undefined) throw new Error('the dump has no rows');
    const broken = async function* () {
      yield* dumped.chunks;
      throw new Error('the file ended');
    };
    await expect(loadDump(db, dumped.head, broken)).rejects.toThrow('the file ended');
    const bad = [
      { ...last, lines: '["x"]\n' },
      { ...last, lines: 'nonsense\n' },
      { ...last, schema: 'pg_catalog', table: 'pg_authid' },
      contents,
    ];
    for (const chunk of bad) {
      const loading = load(db, { head: dumped.head, chunks: [...dumped.chunks, chunk] });
      await expect(loading).rejects.toBeInstanceOf(InvalidInputError);
      await expect(loading).rejects.toThrow(/^Cannot restore the backup: .*; it is not as Fovea writes them$/s);
    }
    const foreign = { ...dumped.head, namespaces: [NAMESPACE] };
    await expect(load(db, { ...dumped, head: foreign })).rejects.toThrow('its namespaces are not those it names');
    expect(await everything(db)).toEqual(before);
  });

  test('takes no SQL from a dump: types, names and outputs are checked', async () => {
    const chunks = dumped.chunks.map((chunk) =>
      chunk.table === 'policy'
        ? {
            ...chunk,
            lines: chunk.lines.replaceAll('\\"dimension\\":3', '\\"dimension\\":\\"3); drop schema public\\"'),
          }
        : chunk,
    );
    expect(chunks).not.toEqual(dumped.chunks);
    await expect(load(db, { ...dumped, chunks })).rejects.toThrow('has no output that can be stored');
    const tables = dumped.head.tables.map((table) => ({
      ...table,
      columns: table.columns.map(({ name }) => ({
        name: name === 'sha256' ? 'sha256") --' : name,
        type: 'int); drop',
      })),
    }));
    await expect(load(db, { ...dumped, head: { ...dumped.head, tables } })).rejects.toThrow('has no column');
  });

  test('lets what a lease held wait again', async () => {
    const held = dumped.chunks.find(({ table }) => table === '_task')?.lines ?? '';
    expect(held.match(/"running"/g)).toHaveLength(1);
    await load(db, dumped);
    expect(await states()).toEqual([
      { state: 'done', n: 1 },
      { state: 'failed', n: 1 },
      { state: 'waiting', n: 3 },
    ]);
  });

  test('keeps the keys of the database beside those of the dump', async () => {
    const { rows } = await db.query('select id from fovea.api_key order by id');
    expect(rows).toEqual([{ id: 'k1' }, { id: 'k2' }]);
  });

  test('refuses a database with contents, graphs or unreadable files, and says where', async () => {
    const loading = load(db, dumped);
    await expect(loading).rejects.toBeInstanceOf(ConflictError);
    await expect(loading).rejects.toThrow(
      'Cannot restore over what is there: namespace "demo" has 4 contents, 1 graph, 1 unreadable file; namespace "second" has 2 contents; restore into',
    );
  });

  test('brings an older dump to the schema of today', async () => {
    const old = await fresh.PGlite();
    await loadSchema(old, 1);
    const older = await dump(old);
    expect(older.head.schemaVersion).toBe(1);
    const copy = await emptyStore(await fresh.PGlite());
    await load(copy, older);
    await migrate(old);
    const contents = `ns_${NAMESPACE}._content`;
    expect((await everything(copy))[contents]).toEqual((await everything(old))[contents]);
    expect(await migrate(copy)).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });
});
