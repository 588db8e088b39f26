import { beforeAll, expect, test } from 'vitest';
import { freshPglite } from '../../test/databases.ts';
import { NAMESPACE, newContent, prepareStore } from '../../test/store.ts';
import type { Database } from '../store/index.ts';
import { claimTasks, finishTasks, listTasks, PICTURE_POLICY } from '../store/index.ts';
import { storeAndPlan } from './plan-contents.ts';

const open = freshPglite();
let db: Database;
beforeAll(async () => {
  db = await prepareStore(await open());
});

/** Ends the open task of one content with an error for good. */
async function failWith(code: string, contentId: string): Promise<void> {
  await claimTasks(db, NAMESPACE, { token: code, leaseMs: 60_000, maxContents: 10, policies: [PICTURE_POLICY] });
  const error = { code, message: `Cannot read: ${code}`, retriable: false };
  const results = [{ ...PICTURE_POLICY, contentId, error }];
  await db.transaction((tx) => finishTasks(tx, NAMESPACE, code, results, { maxAttempts: 3, backoffMs: 0 }));
}

const stateOf = async (contentId: string): Promise<unknown> =>
  (await listTasks(db, NAMESPACE, { contentId, limit: 10 })).tasks.map(({ state, errorCode }) => [state, errorCode]);

test.each(['enoent', 'bytes_changed', 'not_found'])(
  'storeAndPlan() tries again what failed with %s, once its bytes are met at another place',
  async (code) => {
    const before = newContent('a.jpg', { bytes: code });
    expect((await storeAndPlan(db, NAMESPACE, [before])).created.size).toBe(1);
    await failWith(code, before.contentId);
    const moved = newContent('b.jpg', { bytes: code });
    expect((await storeAndPlan(db, NAMESPACE, [moved])).created.size).toBe(0);
    expect(await stateOf(before.contentId)).toEqual([['waiting', null]]);
  },
);

test('storeAndPlan() leaves alone what failed for another reason', async () => {
  const broken = newContent('c.jpg');
  await storeAndPlan(db, NAMESPACE, [broken]);
  await failWith('unreadable_image', broken.contentId);
  await storeAndPlan(db, NAMESPACE, [newContent('d.jpg', { bytes: 'c.jpg' })]);
  expect(await stateOf(broken.contentId)).toEqual([['failed', 'unreadable_image']]);
});
