import { beforeAll, beforeEach, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, NAMESPACE, prepareStore } from '../../test/store.ts';
import type { Database } from './database.ts';
import { claimTasks, PICTURE_POLICY, planTasks } from './tasks.ts';

describeEachDatabase('claimTasks() when the clock of the database was put back', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await prepareStore(await open());
  });
  beforeEach(async () => {
    await db.query('delete from ns_demo._task');
    await db.query('delete from ns_demo._content');
    const [contentId = ''] = await addContents(db, 'a.jpg');
    await db.transaction((tx) => planTasks(tx, NAMESPACE, [{ ...PICTURE_POLICY, contentId }]));
  });
  const claim = (token: string) =>
    claimTasks(db, NAMESPACE, { token, leaseMs: 120_000, maxContents: 10, policies: [PICTURE_POLICY] });
  /** As if this had been written before. */
  const putOff = (column: string, by: string) =>
    db.query(`update ns_demo._task set ${column} = now() + $1::interval`, [by]);

  test('hands out what was planned later than now, and what was leased until long after', async () => {
    await putOff('available_at', '1 day');
    expect(await claim('t1')).toHaveLength(1);
    await putOff('lease_until', '1 day');
    expect(await claim('t2')).toMatchObject([{ suspect: true }]);
  });

  test('leaves what waits a moment, and what is leased, alone', async () => {
    await putOff('available_at', '8 s');
    expect(await claim('t1')).toEqual([]);
    await putOff('available_at', '0 s');
    expect(await claim('t2')).toHaveLength(1);
    expect(await claim('t3')).toEqual([]);
  });
});
