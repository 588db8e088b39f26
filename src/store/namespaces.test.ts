import { beforeAll, describe, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, BOXES, NAMESPACE, newContent, newPolicy, prepareStore } from '../../test/store.ts';
import { insertContents } from './contents.ts';
import type { Database } from './database.ts';
import { OPEN_FUNCTIONS_SQL } from './door/harden.ts';
import { SCHEMA_VERSION } from './migrations.ts';
import { dropNamespace, ensureNamespace, listNamespaces, migrate } from './namespaces.ts';

describeEachDatabase('namespaces', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await prepareStore(await open());
  });

  test('migrate() does nothing the second time', async () => {
    expect(await migrate(db)).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });

  test('migrate() refuses a database of a newer Fovea, with a sentence', async () => {
    await db.query(`update fovea.setting set value = '99' where key = 'schema_version'`);
    await expect(migrate(db)).rejects.toThrow(
      `Cannot open the database: its schema is version 99 and this Fovea knows versions up to ${SCHEMA_VERSION}`,
    );
    await db.query(`update fovea.setting set value = $1::jsonb where key = 'schema_version'`, [String(SCHEMA_VERSION)]);
  });

  test('migrate() closes the functions that lead past a reader', async () => {
    expect((await db.query(OPEN_FUNCTIONS_SQL)).rows).toEqual([]);
  });

  test('ensureNamespace() makes a namespace once, and refuses names that are no schema', async () => {
    expect(await ensureNamespace(db, 'second')).toBe(true);
    expect(await ensureNamespace(db, 'second')).toBe(false);
    expect(await listNamespaces(db)).toEqual([NAMESPACE, 'second']);
    await expect(ensureNamespace(db, 'Sec ond')).rejects.toThrow(
      'Cannot create namespace "Sec ond": it must start with',
    );
  });

  test('ensureNamespace() makes one only, when several ask at once', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => ensureNamespace(db, 'wanted')));
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  test('dropNamespace() leaves nothing, and names the stored bytes that nobody else needs', async () => {
    await ensureNamespace(db, 'gone');
    const own = newContent('own.jpg', { namespace: 'gone', uri: 'fovea:own' });
    const shared = newContent('shared.jpg', { namespace: 'gone', uri: 'fovea:shared' });
    await db.transaction((tx) => insertContents(tx, 'gone', [own, shared]));
    await db.transaction((tx) => insertContents(tx, NAMESPACE, [newContent('shared.jpg', { uri: 'fovea:shared' })]));
    expect(await dropNamespace(db, 'gone')).toEqual({ dropped: true, orphanBlobs: ['fovea:own'] });
    expect(await dropNamespace(db, 'gone')).toEqual({ dropped: false, orphanBlobs: [] });
    const { rows } = await db.query(
      `select nspname as name from pg_namespace where nspname = 'ns_gone'
      union all select rolname from pg_roles where rolname = $1`,
      [db.dialect.role('fovea_reader_gone')],
    );
    expect(rows).toEqual([]);
    expect(await ensureNamespace(db, 'gone')).toBe(true);
  });
});

describe('the reader', () => {
  describeEachDatabase('of a namespace', (open) => {
    let db: Database;
    const reader = { role: `fovea_reader_${NAMESPACE}`, schema: `ns_${NAMESPACE}` };
    beforeAll(async () => {
      db = await prepareStore(await open());
      await addContents(db, 'a.jpg');
      await addPolicies(db, newPolicy('objects', BOXES));
    });

    test('reads the views', async () => {
      const names = await db.asReader(
        reader,
        async (tx) => (await tx.query<{ name: string }>('select name from content')).rows,
      );
      expect(names).toEqual([{ name: 'a.jpg' }]);
      for (const view of ['ingestion', 'photos', '"photos.objects"']) {
        expect(await db.asReader(reader, async (tx) => (await tx.query(`select * from ${view}`)).rows)).toEqual([]);
      }
    });

    test.each(['ns_demo._content', 'ns_demo._task', 'ns_demo._p1_v1', 'fovea.policy', 'fovea.setting'])(
      'does not read %s',
      async (table) => {
        await expect(db.asReader(reader, (tx) => tx.query(`select * from ${table}`))).rejects.toMatchObject({
          sqlState: '42501',
        });
      },
    );
  });
});
