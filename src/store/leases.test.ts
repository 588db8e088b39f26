import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, BOXES, NAMESPACE, newPolicy, prepareStore } from '../../test/store.ts';
import type { Database } from './database.ts';
import { blameTasks, finishTasks } from './leases.ts';
import { listTasks } from './task-status.ts';
import { claimTasks, PICTURE_POLICY, planTasks } from './tasks.ts';

describeEachDatabase('blameTasks()', (open) => {
  let db: Database;
  let objects: { policyId: number; version: number };
  let ids: string[];
  beforeAll(async () => {
    db = await prepareStore(await open());
    const [policy] = await addPolicies(db, newPolicy('objects', BOXES));
    objects = { policyId: policy?.id ?? 0, version: 1 };
  });
  beforeEach(async () => {
    await db.query('delete from ns_demo._task');
    await db.query('delete from ns_demo._content');
    ids = [];
    // One after the other, so that their order is known.
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) {
      const [contentId = ''] = await addContents(db, name);
      ids.push(contentId);
      await db.transaction((tx) =>
        planTasks(tx, NAMESPACE, [
          { ...PICTURE_POLICY, contentId },
          { ...objects, contentId },
        ]),
      );
    }
  });
  const claim = (token: string, { maxContents = 10 } = {}) =>
    claimTasks(db, NAMESPACE, { token, leaseMs: 60_000, maxContents, policies: [PICTURE_POLICY, objects] });
  const stateOf = async (contentId: string) =>
    (await listTasks(db, NAMESPACE, { contentId, limit: 10 })).tasks.find(({ graph }) => graph !== undefined);
  const blame = (token: string, inHand: Parameters<typeof blameTasks>[3]): Promise<number> =>
    db.transaction((tx) => blameTasks(tx, NAMESPACE, token, inHand, 'it hung'));
  const described = (claimed: Awaited<ReturnType<typeof claim>>): unknown =>
    claimed.map(({ contentId, suspect, tasks }) => [
      ids.indexOf(contentId),
      suspect,
      tasks.map((task) => task.attempts),
    ]);

  test('hands what was in hand out alone, and the rest together, with all their attempts', async () => {
    await claim('t1');
    expect(await blame('t1', [{ contentIds: ids.slice(1, 2) }])).toBe(2);
    expect(described(await claim('t2'))).toEqual([[0, false, [1, 1]]]);
    expect(described(await claim('t3'))).toEqual([[1, true, [1, 1]]]);
    expect(described(await claim('t4'))).toEqual([[2, false, [1, 1]]]);
    expect(await blame('t1', [{ contentIds: ids }])).toBe(0);
  });

  test('fails what a worker ended over twice, and nothing else of that content', async () => {
    const [id = ''] = ids;
    for (const token of ['t1', 't2']) {
      await claim(token, { maxContents: 1 });
      await blame(token, [{ contentIds: [id], policy: objects }]);
    }
    expect(await stateOf(id)).toMatchObject({
      state: 'failed',
      attempts: 2,
      errorCode: 'worker_lost',
      error: 'Cannot extract: it hung, and it happened again with this picture alone',
    });
    expect(described(await claim('t3', { maxContents: 1 }))).toEqual([[0, false, [1]]]);
  });

  test('forgets the first time when the content got through alone', async () => {
    const [id = ''] = ids;
    await claim('t1', { maxContents: 1 });
    await blame('t1', [{ contentIds: [id] }]);
    await claim('t2', { maxContents: 1 });
    await db.transaction((tx) =>
      finishTasks(tx, NAMESPACE, 't2', [{ ...objects, contentId: id }], { maxAttempts: 3, backoffMs: 0 }),
    );
    expect(await stateOf(id)).toMatchObject({ state: 'done', errorCode: null, error: null });
  });

  test('finishTasks() and claims go by the clock of the database when that of the server jumps', async () => {
    const [id = ''] = ids;
    const away = { ...objects, contentId: id, error: { code: 'busy', message: 'try again', retriable: true } };
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      vi.setSystemTime(Date.now() + 3_600_000);
      await claim('t1', { maxContents: 1 });
      await db.transaction((tx) => finishTasks(tx, NAMESPACE, 't1', [away], { maxAttempts: 3, backoffMs: 0 }));
      expect((await claim('t2')).map(({ contentId }) => ids.indexOf(contentId))).toContain(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
