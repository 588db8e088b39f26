import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { NAMESPACE, prepareStore } from '../../test/store.ts';
import { NotFoundError } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import { dropNamespace, ensureNamespace } from '../store/index.ts';
import { createKeyRing } from './key-ring.ts';

describeEachDatabase('createKeyRing()', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await prepareStore(await open());
  });

  test('makes keys, keeps only their hash, finds them and nothing else', async () => {
    const ring = createKeyRing(database);
    const { key, ...made } = await ring.create({ namespace: NAMESPACE, access: 'read', name: 'the website' });
    expect(key).toMatch(new RegExp(`^fovea_${made.id}_[0-9a-f]{64}$`));
    expect(made).toMatchObject({ namespace: NAMESPACE, access: 'read', name: 'the website' });
    expect(await ring.find(key)).toEqual(made);
    expect(await ring.list()).toEqual([made]);
    const { rows } = await database.query('select * from fovea.api_key');
    expect(JSON.stringify(rows)).not.toContain(key.slice(-20));
    expect(rows).toMatchObject([{ sha256: createHash('sha256').update(key).digest('hex') }]);
    const last = key.endsWith('0') ? '1' : '0';
    for (const wrong of [
      key.slice(0, -1) + last,
      key.slice(0, -1),
      `${key}0`,
      key.toUpperCase(),
      made.id,
      '',
      rows[0]?.['sha256'],
    ])
      expect(await ring.find(String(wrong)), String(wrong)).toBeUndefined();
    await ring.remove(made.id);
    expect(await ring.find(key)).toBeUndefined();
    await expect(ring.remove(made.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  test('makes none for a namespace that is not there, and they go with it', async () => {
    const ring = createKeyRing(database);
    await expect(ring.create({ namespace: 'nope', access: 'read', name: '' })).rejects.toThrow(
      'Cannot find namespace "nope": known: "demo"',
    );
    await ensureNamespace(database, 'passing');
    const { key } = await ring.create({ namespace: 'passing', access: 'write', name: '' });
    expect(await ring.find(key)).toMatchObject({ namespace: 'passing', access: 'write' });
    await dropNamespace(database, 'passing');
    ring.forget();
    expect(await ring.find(key)).toBeUndefined();
  });

  test('notices what another server of the database does within two seconds', async () => {
    let time = 0;
    const ring = createKeyRing(database, () => time);
    const other = createKeyRing(database);
    const whole = await other.create({ namespace: null, access: 'write', name: '' });
    expect(await ring.find(whole.key)).toMatchObject({ namespace: null, access: 'write' });
    await other.remove(whole.id);
    time = 2000;
    // The embedded database has one server.
    if (database.dialect.name === 'postgres') expect(await ring.find(whole.key)).toBeUndefined();
    ring.forget();
    expect(await ring.find(whole.key)).toBeUndefined();
  });

  test('takes a damaged hash for none', async () => {
    const key = `fovea_0123456789ab_${'0'.repeat(64)}`;
    await database.query(`insert into fovea.api_key (id, name, sha256) values ('0123456789ab', 'restored', 'abc')`);
    expect(await createKeyRing(database).find(key)).toBeUndefined();
  });
});
