import { beforeAll, describe, expect, test } from 'vitest';
import { freshPostgres, postgresUrl } from '../../test/databases.ts';
import { addContents, addPolicies, BOXES, NAMESPACE, newPolicy, prepareStore } from '../../test/store.ts';
import { UnavailableError } from '../contract/index.ts';
import { dropPolicy, readHead } from '../store/index.ts';
import type { Database } from '../store/index.ts';
import { explainReaders } from './table-locks.ts';

describe.skipIf(postgresUrl === undefined)('explainReaders() on PostgreSQL', () => {
  const open = freshPostgres();
  let db: Database;
  beforeAll(async () => {
    db = await prepareStore(await open());
    await addContents(db, 'a.jpg');
    await addPolicies(db, newPolicy('objects', BOXES));
  });

  test('says so where a backup keeps a table from being dropped; what only writes goes on', async () => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const backup = db.snapshot(async (tx) => {
      await readHead(tx);
      begin();
      await ended;
    });
    await begun;
    const dropped = explainReaders('drop a policy', () =>
      db.transaction((tx) => dropPolicy(tx, NAMESPACE, 'photos', 'objects')),
    ).catch((error: unknown) => error);
    await addContents(db, 'b.jpg');
    expect(await dropped).toBeInstanceOf(UnavailableError);
    expect(String(await dropped)).toContain('Cannot drop a policy: a backup or a long query is reading its tables');
    end();
    await backup;
    expect(await db.transaction((tx) => dropPolicy(tx, NAMESPACE, 'photos', 'objects'))).toBe(true);
  });
});
