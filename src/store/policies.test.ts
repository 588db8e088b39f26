import { beforeEach, describe, expect, test } from 'vitest';
import { describeEachDatabase, freshPostgres, postgresUrl } from '../../test/databases.ts';
import {
  addContents,
  addPolicies,
  BOXES,
  boxRow,
  EMBEDDING,
  NAMESPACE,
  newPolicy,
  prepareStore,
  vectorRow,
} from '../../test/store.ts';
import type { OutputSpec } from '../contract/index.ts';
import type { Database, Queryable } from './database.ts';
import { readFeatures, writeFeatures } from './features.ts';
import { dropGraph, listGraphs, saveGraph } from './graphs.ts';
import { finishTasks } from './leases.ts';
import {
  activateReady,
  addPolicyVersion,
  dropBuilding,
  dropPolicy,
  policiesOf,
  repinPolicy,
  rewordPolicy,
  setPolicyWaiting,
} from './policies.ts';
import { lockPlanning } from './planning-lock.ts';
import type { NewPolicyVersion, PolicyRecord } from './records.ts';
import { taskCounts } from './task-status.ts';
import { claimTasks, planBackfill, planTasks } from './tasks.ts';
import { listTables, rebuildViews, viewNames } from './view-sql.ts';

const NUMBERS: OutputSpec = { columns: { value: { type: 'integer' } }, vectors: {} };
const WORDS: OutputSpec = { columns: { value: { type: 'text' }, taken_at: { type: 'timestamp' } }, vectors: {} };

describeEachDatabase('policies', (open) => {
  let db: Database;
  let shared: Database | undefined;
  beforeEach(async () => {
    shared ??= await prepareStore(await open());
    db = shared;
    await db.transaction(async (tx) => {
      for (const { name } of await listGraphs(tx, NAMESPACE)) await dropGraph(tx, NAMESPACE, name);
      await tx.query('delete from ns_demo._content');
      await saveGraph(tx, NAMESPACE, { name: 'photos', policies: [] });
    });
  });
  const add = (policy: NewPolicyVersion) => db.transaction((tx) => addPolicyVersion(tx, NAMESPACE, policy));
  const write = (
    policy: PolicyRecord,
    contentId: string,
    ...rows: Parameters<typeof writeFeatures>[3][number]['rows']
  ) => db.transaction((tx) => writeFeatures(tx, NAMESPACE, policy, [{ contentId, rows }]));
  const select = async (text: string) => (await db.query(`${text}`)).rows;

  test('addPolicyVersion() keeps all that was asked and resolved', async () => {
    const asked = newPolicy('objects', BOXES, {
      contentSource: 'faces',
      filter: [{ key: 'year', op: '>=', value: 2024 }],
      space: 'abc',
      model: 'yolox-nano',
      waitingFor: 'its model',
    });
    const record = await add(asked);
    expect(record).toEqual({ ...asked, id: record.id, version: 1, namespace: NAMESPACE, state: 'active' });
    expect(await policiesOf(db, NAMESPACE)).toEqual([record]);
    await setPolicyWaiting(db, record.id, 1, null);
    await rewordPolicy(db, record.id, 1, { model: 'nano' });
    const [changed] = await policiesOf(db, NAMESPACE);
    expect([changed?.waitingFor, changed?.askedParams]).toEqual([undefined, { model: 'nano' }]);
  });

  test('addPolicyVersion() refuses an output with a column that every table has', async () => {
    const output: OutputSpec = { columns: { ord: { type: 'integer' } }, vectors: {} };
    await expect(add(newPolicy('wrong', output))).rejects.toThrow('column "ord" is there twice');
    expect(await policiesOf(db, NAMESPACE)).toEqual([]);
  });

  test('a later version is built beside the one in use, and takes over when no task of it is open', async () => {
    const [first] = await addPolicies(db, newPolicy('p', NUMBERS));
    if (first === undefined) throw new Error('no policy');
    const [id = ''] = await addContents(db, 'a.jpg');
    await write(first, id, { columns: { value: 7 }, vectors: {} });
    const second = await db.transaction(async (tx) => {
      const policy = await addPolicyVersion(tx, NAMESPACE, newPolicy('p', WORDS, { params: { model: 'other' } }));
      expect(
        await planBackfill(
          tx,
          NAMESPACE,
          { policyId: policy.id, version: 2 },
          { mimePatterns: ['image/*'], filters: [] },
        ),
      ).toBe(1);
      await rebuildViews(tx, NAMESPACE);
      return policy;
    });
    expect([second.id, second.version, second.state]).toEqual([first.id, 2, 'building']);
    expect(await activateReady(db, NAMESPACE)).toEqual([]);
    expect(await select('select value from ns_demo.photos')).toEqual([{ value: 7 }]);

    await claimTasks(db, NAMESPACE, {
      token: 't',
      leaseMs: 1000,
      maxContents: 5,
      policies: [{ policyId: second.id, version: 2 }],
    });
    await db.transaction(async (tx) => {
      await finishTasks(tx, NAMESPACE, 't', [{ contentId: id, policyId: second.id, version: 2 }], {
        maxAttempts: 3,
        backoffMs: 1,
      });
      await writeFeatures(tx, NAMESPACE, second, [
        { contentId: id, rows: [{ columns: { value: 'seven' }, vectors: {} }] },
      ]);
    });
    expect(await activateReady(db, NAMESPACE)).toEqual([{ ...second, state: 'active' }]);
    expect(await select('select value from ns_demo.photos')).toEqual([{ value: 'seven' }]);
    expect((await policiesOf(db, NAMESPACE)).map(({ version, state }) => [version, state])).toEqual([[2, 'active']]);
    expect(await select(`select 1 from pg_class where relname = '_p${first.id}_v1'`)).toEqual([]);
    expect(await taskCounts(db, NAMESPACE)).toMatchObject([{ policyId: first.id, version: 2, done: 1 }]);
    expect(await activateReady(db, NAMESPACE)).toEqual([]);
  });

  test('versions that take from each other take over at once, when no task of any is open', async () => {
    const [objects, boxes] = await addPolicies(
      db,
      newPolicy('objects', BOXES),
      newPolicy('boxes', EMBEDDING, { contentSource: 'objects' }),
    );
    const [id = ''] = await addContents(db, 'a.jpg');
    if (objects === undefined || boxes === undefined) throw new Error('no policies');
    const finish = async (policyId: number): Promise<void> => {
      const task = { policyId, version: 2 };
      const token = `t${policyId}`;
      await claimTasks(db, NAMESPACE, { token, leaseMs: 1000, maxContents: 5, policies: [task] });
      const limits = { maxAttempts: 3, backoffMs: 1 };
      await db.transaction((tx) => finishTasks(tx, NAMESPACE, token, [{ contentId: id, ...task }], limits));
    };
    await add(newPolicy('objects', BOXES));
    await add(newPolicy('boxes', EMBEDDING, { contentSource: 'objects' }));
    const tasks = [objects, boxes].map((policy) => ({ contentId: id, policyId: policy.id, version: 2 }));
    await db.transaction((tx) => planTasks(tx, NAMESPACE, tasks));
    const states = async () => (await policiesOf(db, NAMESPACE)).map(({ name, version }) => `${name} ${version}`);

    await finish(objects.id);
    expect(await activateReady(db, NAMESPACE)).toEqual([]);
    expect(await states()).toEqual(['objects 1', 'objects 2', 'boxes 1', 'boxes 2']);
    await finish(boxes.id);
    expect((await activateReady(db, NAMESPACE)).map(({ name }) => name)).toEqual(['objects', 'boxes']);
    expect(await states()).toEqual(['objects 2', 'boxes 2']);
  });

  test('activateReady() tells of each as it takes over, before one behind it fails', async () => {
    await addPolicies(db, newPolicy('numbers', NUMBERS), newPolicy('words', WORDS));
    await add(newPolicy('numbers', WORDS));
    await add(newPolicy('words', NUMBERS));
    const told: string[][] = [];
    const activating = activateReady(db, NAMESPACE, (versions) => {
      told.push(versions.map(({ name }) => name));
      if (told.length === 2) throw new Error('failed behind the second');
    });
    await expect(activating).rejects.toThrow('failed behind the second');
    expect(told).toEqual([['numbers'], ['words']]);
  });

  test('one that waits for a model, and never had one, holds nothing back; a new one of a source being built is built with it', async () => {
    const waiting = newPolicy('boxes', EMBEDDING, { contentSource: 'objects', waitingFor: 'a model' });
    const [, boxes] = await addPolicies(db, newPolicy('objects', BOXES), waiting);
    const [id = ''] = await addContents(db, 'a.jpg');
    if (boxes === undefined) throw new Error('no policies');
    await add(newPolicy('objects', BOXES));
    await add(waiting);
    expect((await add(newPolicy('more', EMBEDDING, { contentSource: 'objects' }))).state).toBe('building');
    await db.transaction((tx) => planTasks(tx, NAMESPACE, [{ contentId: id, policyId: boxes.id, version: 2 }]));
    expect((await activateReady(db, NAMESPACE)).map(({ name }) => name)).toEqual(['objects', 'boxes', 'more']);
  });

  test('a version that is still building gives way to the next one, whose number is new', async () => {
    await addPolicies(db, newPolicy('p', NUMBERS));
    const second = await add(newPolicy('p', WORDS));
    const third = await add(newPolicy('p', BOXES));
    expect([second.version, third.version]).toEqual([2, 3]);
    expect((await policiesOf(db, NAMESPACE)).map(({ version, state }) => [version, state])).toEqual([
      [1, 'active'],
      [3, 'building'],
    ]);
  });

  test('dropBuilding() leaves the version in use, and nothing of the one that was being built', async () => {
    await addPolicies(db, newPolicy('p', NUMBERS));
    await add(newPolicy('p', WORDS));
    await db.transaction((tx) => dropBuilding(tx, NAMESPACE, 'photos', 'p'));
    expect((await policiesOf(db, NAMESPACE)).map(({ version, state }) => [version, state])).toEqual([[1, 'active']]);
    const { rows } = await db.query(`select table_name from information_schema.tables where table_name like '%_v2'`);
    expect(rows).toEqual([]);
  });

  test('activateReady() waits for its turn where a query holds a view', async () => {
    if (db.dialect.name === 'pglite') return; // One connection: a query can't hold anything while another runs.
    await addPolicies(db, newPolicy('p', NUMBERS));
    await add(newPolicy('p', WORDS));
    const reading = db.transaction(async (tx) => {
      await tx.query('select * from ns_demo.photos');
      await tx.query('select pg_sleep(6)');
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await activateReady(db, NAMESPACE)).toEqual([]);
    await reading;
    expect(await activateReady(db, NAMESPACE)).toHaveLength(1);
  });

  test('repinPolicy() makes an empty table anew, and refuses where there are results', async () => {
    const [policy] = await addPolicies(db, newPolicy('p', { columns: {}, vectors: {} }, { waitingFor: 'a model' }));
    if (policy === undefined) throw new Error('no policy');
    const pinned = await repinPolicy(db, policy.id, 1, {
      params: { model: 'nano' },
      output: EMBEDDING,
      space: 's',
      model: 'nano',
    });
    expect(pinned).toMatchObject({
      params: { model: 'nano' },
      output: EMBEDDING,
      space: 's',
      model: 'nano',
      waitingFor: 'a model',
    });
    const [id = ''] = await addContents(db, 'a.jpg');
    await write(pinned, id, vectorRow(1, 0, 0));
    expect(await select('select embedding from ns_demo."photos.p"')).toEqual([{ embedding: [1, 0, 0] }]);
    await expect(repinPolicy(db, policy.id, 1, { params: {}, output: BOXES })).rejects.toThrow(
      'Cannot pin policy "photos.p" again: it has stored results',
    );
  });

  test('dropPolicy() and dropGraph() leave neither table, task nor view', async () => {
    const [policy] = await addPolicies(db, newPolicy('p', NUMBERS), newPolicy('q', WORDS));
    if (policy === undefined) throw new Error('no policy');
    await addContents(db, 'a.jpg');
    await db.transaction((tx) =>
      planBackfill(tx, NAMESPACE, { policyId: policy.id, version: 1 }, { mimePatterns: ['*/*'], filters: [] }),
    );
    expect(await db.transaction((tx) => dropPolicy(tx, NAMESPACE, 'photos', 'p'))).toBe(true);
    expect(await db.transaction((tx) => dropPolicy(tx, NAMESPACE, 'photos', 'p'))).toBe(false);
    expect(await viewNames(db, NAMESPACE)).toEqual(['content', 'ingestion', 'photos', 'photos.q']);
    expect(await taskCounts(db, NAMESPACE)).toEqual([]);
    expect(await db.transaction((tx) => dropGraph(tx, NAMESPACE, 'photos'))).toBe(true);
    expect(await db.transaction((tx) => dropGraph(tx, NAMESPACE, 'photos'))).toBe(false);
    expect(
      await select(
        `select relname from pg_class where relname like '\\_p%v_' and relnamespace = 'ns_demo'::regnamespace`,
      ),
    ).toEqual([]);
    expect(await select('select * from ns_demo.ingestion')).toEqual([]);
  });

  test('listGraphs() tells what was asked and what became of it', async () => {
    const spec = {
      name: 'photos',
      description: 'all of them',
      policies: [{ name: 'p', extractor: 'test/extractor', params: {}, filter: [] }],
    };
    const [policy] = await addPolicies(db, newPolicy('p', NUMBERS));
    await db.transaction((tx) => saveGraph(tx, NAMESPACE, spec));
    const { namespace: _namespace, askedParams: _asked, ...shown } = policy ?? { namespace: '', askedParams: {} };
    expect(await listGraphs(db, NAMESPACE)).toEqual([
      { name: 'photos', description: 'all of them', spec, policies: [shown] },
    ]);
  });

  test('views show rows of all policies, columns of other types under names of their own, and no vectors', async () => {
    const [numbers, words, , objects] = await addPolicies(
      db,
      newPolicy('numbers', NUMBERS),
      newPolicy('words', WORDS),
      newPolicy('clip', EMBEDDING),
      newPolicy('objects', BOXES, { graph: 'other' }),
    );
    if (numbers === undefined || words === undefined || objects === undefined) throw new Error('no policies');
    const [id = ''] = await addContents(db, 'a.jpg');
    await write(numbers, id, { columns: { value: 7 }, vectors: {} });
    await write(words, id, { columns: { value: 'seven', taken_at: '2024-05-01T12:00:00+02:00' }, vectors: {} });
    await write(objects, id, boxRow('skateboard', 0.9), boxRow('dog', 0.4));
    expect(
      await select('select policy, ord, value, words_value, taken_at from ns_demo.photos order by policy'),
    ).toEqual([
      { policy: 'numbers', ord: 0, value: 7, words_value: null, taken_at: null },
      { policy: 'words', ord: 0, value: null, words_value: 'seven', taken_at: '2024-05-01T10:00:00Z' },
    ]);
    expect(
      await select(`select name, graph, policy, score, x2 from ns_demo.ingestion where object_name = 'skateboard'`),
    ).toEqual([{ name: 'a.jpg', graph: 'other', policy: 'objects', score: 0.9, x2: 10 }]);
    const tables = new Map((await listTables(db, NAMESPACE)).map((table) => [table.name, table]));
    expect([...tables.keys()]).toEqual([
      'content',
      'ingestion',
      'photos',
      'other',
      'photos.numbers',
      'photos.words',
      'photos.clip',
      'other.objects',
    ]);
    expect(tables.get('photos')?.columns.map(({ name }) => name)).not.toContain('embedding');
    expect(tables.get('other')?.columns).toContainEqual({ name: 'x1', type: 'double precision', unit: 'px' });
    for (const [name, { columns }] of tables) {
      const actual = await db.query<{ name: string; type: string }>(
        `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
          where attrelid = $1::regclass and attnum > 0 order by attnum`,
        [`ns_demo."${name}"`],
      );
      const planned = columns.map(({ name: column, type }) => ({
        name: column,
        type: type === 'timestamptz' ? 'timestamp with time zone' : type,
      }));
      expect(actual.rows).toEqual(planned);
    }
  });

  test('view content takes date and place from EXIF policies, and is null without', async () => {
    const output: OutputSpec = {
      columns: { taken_at: { type: 'timestamp' }, latitude: { type: 'real' }, longitude: { type: 'real' } },
      vectors: {},
    };
    const [id = '', other = ''] = await addContents(db, 'a.jpg', 'b.jpg');
    expect(await select('select count(taken_at) as dates, count(uri) as uris from ns_demo.content')).toEqual([
      { dates: 0, uris: 2 },
    ]);
    const [, exif] = await addPolicies(
      db,
      newPolicy('not-exif', output),
      newPolicy('exif', output, { extractor: 'image/exif' }),
    );
    if (exif === undefined) throw new Error('no policy');
    await write(exif, id, {
      columns: { taken_at: '2024-05-01T12:00:00', latitude: 41.890251, longitude: 12.492373 },
      vectors: {},
    });
    await write(exif, other, { columns: { latitude: null }, vectors: {} });
    expect(await select('select name, taken_at, latitude, longitude from ns_demo.content order by name')).toEqual([
      { name: 'a.jpg', taken_at: '2024-05-01T12:00:00Z', latitude: 41.890251, longitude: 12.492373 },
      { name: 'b.jpg', taken_at: null, latitude: null, longitude: null },
    ]);
    expect(await readFeatures(db, NAMESPACE, other)).toMatchObject([
      { policy: 'exif', rows: [{ ord: 0, latitude: null }] },
    ]);
  });
});

/** PGlite has one connection, so that nothing comes between. */
describe.skipIf(postgresUrl === undefined)('policies on PostgreSQL', () => {
  const open = freshPostgres();

  /** Runs `meanwhile` under the lock, and lets a version take over at the same time. */
  const activateBeside = async (
    db: Database,
    mode: 'shared' | 'exclusive',
    meanwhile: (tx: Queryable) => Promise<unknown>,
  ): Promise<number> => {
    await addPolicies(db, newPolicy('numbers', NUMBERS));
    await db.transaction((tx) => addPolicyVersion(tx, NAMESPACE, newPolicy('numbers', WORDS)));
    let isLocked = false;
    let goOn = (): void => undefined;
    const looked = new Promise<void>((done) => (goOn = done));
    const working = db.transaction(async (tx) => {
      await lockPlanning(tx, NAMESPACE, mode);
      isLocked = true;
      await looked;
      await meanwhile(tx);
    });
    await expect.poll(() => isLocked).toBe(true);
    let ended = false;
    const activating = activateReady(db, NAMESPACE).finally(() => (ended = true));
    const waiting = `select 1 from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`;
    await expect.poll(async () => ended || (await db.query(waiting)).rows.length > 0).toBe(true);
    const wasEnded = ended;
    goOn();
    await working;
    expect(wasEnded).toBe(false);
    return (await activating).length;
  };

  test('activateReady() waits for a change of graphs, which may take the version back', async () => {
    const db = await prepareStore(await open());
    const takeBack = (tx: Queryable): Promise<void> => dropBuilding(tx, NAMESPACE, 'photos', 'numbers');
    expect(await activateBeside(db, 'exclusive', takeBack)).toBe(0);
    expect((await policiesOf(db, NAMESPACE)).map(({ version, state }) => [version, state])).toEqual([[1, 'active']]);
  });

  test('activateReady() waits for what plans tasks of the version that goes, and leaves none of them', async () => {
    const db = await prepareStore(await open());
    const [contentId = ''] = await addContents(db, 'a.jpg');
    const plan = async (tx: Queryable): Promise<void> => {
      const [old] = await policiesOf(tx, NAMESPACE);
      await planTasks(tx, NAMESPACE, [{ contentId, policyId: old?.id ?? 0, version: 1 }]);
    };
    expect(await activateBeside(db, 'shared', plan)).toBe(1);
    expect(await taskCounts(db, NAMESPACE)).toEqual([]);
  });
});
