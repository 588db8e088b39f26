/**
 * Every released schema, as its release wrote it (`fixtures/schema-<n>.sql`, by `scripts/schema-fixture.mjs`), comes to
 * the schema of today with nothing lost.
 */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { loadSchema, NAMESPACE, newContent, prepareStore, SCHEMAS, unit } from '../../test/store.ts';
import { listContents } from './content-list.ts';
import { insertContents } from './contents.ts';
import type { Database } from './database.ts';
import { readFeatures } from './features.ts';
import { listGraphs } from './graphs.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { migrate } from './namespaces.ts';
import { activateReady, setPolicyWaiting } from './policies.ts';
import { taskCounts } from './task-status.ts';
import { nearest } from './vectors.ts';
import { rebuildViews } from './view-sql.ts';

test('MIGRATIONS are numbered from 1 on, and each has a fixture', () => {
  const numbers = MIGRATIONS.map((_step, index) => index + 1);
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(numbers);
  expect(readdirSync(SCHEMAS).toSorted()).toEqual(numbers.map((number) => `schema-${number}.sql`));
});

describeEachDatabase('migrate()', (open) => {
  test.each(MIGRATIONS.map(({ version }) => version))(
    'brings schema %i to the schema of today with all its rows',
    async (version) => {
      const db = await open();
      await loadSchema(db, version);
      expect(await migrate(db)).toEqual({ from: version, to: SCHEMA_VERSION });
      expect(await catalogue(db)).toEqual(await catalogue(await prepareStore(await open())));

      const { contents } = await listContents(db, NAMESPACE, { limit: 10, label: ['trip=rome'] });
      expect(contents).toMatchObject([
        { name: 'dog.jpg', locations: [{ uri: 'file:///photos/dog.jpg', state: 'present' }] },
      ]);
      const dog = contents[0]?.contentId ?? '';
      expect(await readFeatures(db, NAMESPACE, dog)).toEqual([
        {
          graph: 'photos',
          policy: 'objects',
          rows: [
            { ord: 0, object_name: 'dog', score: 0.9, bounding_box: [1, 2, 3, 4], taken_at: '2024-05-01T12:00:00Z' },
          ],
        },
        { graph: 'photos', policy: 'clip', rows: [{ ord: 0 }] },
      ]);
      const clip = { policyId: 2, version: 1, output: 'embedding', dimension: 3 };
      expect(await nearest(db, NAMESPACE, clip, unit(1, 0, 0), { limit: 5, path: 'exact' })).toEqual([
        { rootId: dog, contentId: dog, ord: 0, distance: 0 },
      ]);
      expect((await taskCounts(db, NAMESPACE)).map(({ waiting, running }) => [waiting, running])).toEqual([
        [1, 1],
        [2, 0],
        [2, 0],
      ]);

      expect(await activateReady(db, NAMESPACE), 'its model is missing').toEqual([]);
      await setPolicyWaiting(db, 1, 2, null);
      expect((await activateReady(db, NAMESPACE)).map(({ id, version: now }) => [id, now])).toEqual([[1, 2]]);
      expect((await listGraphs(db, NAMESPACE)).map(({ name, policies }) => [name, policies.length])).toEqual([
        ['photos', 2],
      ]);
      await db.transaction((tx) => rebuildViews(tx, NAMESPACE));
      expect(
        (await db.transaction((tx) => insertContents(tx, NAMESPACE, [newContent('new.jpg')]))).created,
      ).toHaveLength(1);
    },
  );
});

/** Columns, constraints and indexes of what every database has. */
async function catalogue(db: Database): Promise<unknown[]> {
  const { rows } = await db.query(`
    select 'column' as kind, c.relname as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
             || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as definition
      from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace in ('fovea'::regnamespace, 'ns_demo'::regnamespace) and c.relkind = 'r' and c.relname !~ '_p[0-9]' and a.attnum > 0
    union all
    select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
      from pg_constraint where connamespace in ('fovea'::regnamespace, 'ns_demo'::regnamespace) and conrelid::regclass::text !~ '_p[0-9]'
    union all
    select 'index', tablename, indexname, indexdef from pg_indexes where schemaname in ('fovea', 'ns_demo') and tablename !~ '_p[0-9]'
    order by 1, 2, 3`);
  return rows;
}
