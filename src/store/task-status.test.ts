import { expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, BOXES, NAMESPACE, newPolicy, prepareStore } from '../../test/store.ts';
import { listTasks } from './task-status.ts';
import { claimTasks, PICTURE_POLICY, planTasks } from './tasks.ts';

describeEachDatabase('listTasks()', (open) => {
  test('pages through all tasks, each once, and keeps to the policies that are asked for', async () => {
    const db = await prepareStore(await open());
    const [boxes] = await addPolicies(db, newPolicy('objects', BOXES));
    const objects = { policyId: boxes?.id ?? 0, version: 1 };
    const ids = await addContents(db, 'a.jpg', 'b.jpg', 'c.jpg');
    const tasks = ids.flatMap((contentId) => [PICTURE_POLICY, objects].map((policy) => ({ ...policy, contentId })));
    await db.transaction((tx) => planTasks(tx, NAMESPACE, tasks));
    await claimTasks(db, NAMESPACE, { token: 't', leaseMs: 60_000, maxContents: 1, policies: [objects] });
    const whole = await listTasks(db, NAMESPACE, { limit: 100 });
    const pages: (typeof whole)[] = [];
    for (let cursor: string | undefined; pages.length === 0 || cursor !== undefined; cursor = pages.at(-1)?.cursor)
      pages.push(await listTasks(db, NAMESPACE, { limit: 4, cursor }));
    expect(pages.map((page) => [page.tasks.length, page.total])).toEqual([
      [4, 6],
      [2, 6],
    ]);
    expect(pages.flatMap((page) => page.tasks)).toEqual(whole.tasks);
    const ours = await listTasks(db, NAMESPACE, { policies: [objects], limit: 2 });
    expect([ours.total, ours.tasks.map(({ policy }) => policy)]).toEqual([3, ['objects', 'objects']]);
    await expect(listTasks(db, NAMESPACE, { limit: 4, cursor: 'bm9uc2Vuc2U' })).rejects.toThrow('Cannot continue from');
  });
});
