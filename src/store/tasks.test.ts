import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import {
  addContents,
  addPolicies,
  BOXES,
  boxRow,
  NAMESPACE,
  newContent,
  newPolicy,
  prepareStore,
} from '../../test/store.ts';
import type { LabelFilter, Labels } from '../contract/index.ts';
import { matches } from '../graph/index.ts';
import { getContent } from './content-list.ts';
import { insertContents } from './contents.ts';
import type { Database } from './database.ts';
import { deleteContents } from './delete-contents.ts';
import { readFeatures, writeFeatures } from './features.ts';
import { extendLease, finishTasks, releaseLeases, releaseTasks } from './leases.ts';
import { setPolicyWaiting } from './policies.ts';
import type { PolicyRecord } from './records.ts';
import { contentCounts, listTasks, retryFailed, taskCounts } from './task-status.ts';
import { claimTasks, PICTURE_POLICY, planBackfill, planTasks } from './tasks.ts';

const RETRY = { maxAttempts: 3, backoffMs: 60_000 };
const AGAIN = { code: 'busy', message: 'try again', retriable: true };
const BROKEN = { code: 'unreadable_image', message: 'Cannot read picture: it ends too early', retriable: false };

describeEachDatabase('tasks', (open) => {
  let db: Database;
  let boxes: PolicyRecord;
  let objects: { policyId: number; version: number };
  let ids: string[];
  beforeAll(async () => {
    db = await prepareStore(await open());
    [boxes] = (await addPolicies(db, newPolicy('objects', BOXES))) as [PolicyRecord];
    objects = { policyId: boxes.id, version: 1 };
  });
  beforeEach(async () => {
    await db.query('delete from ns_demo._task');
    await db.query('delete from ns_demo._content');
    // One after the other, so that their order is known.
    ids = [];
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) ids.push(...(await addContents(db, name)));
    for (const contentId of ids) {
      await db.transaction((tx) =>
        planTasks(
          tx,
          NAMESPACE,
          [PICTURE_POLICY, objects].map((policy) => ({ ...policy, contentId })),
        ),
      );
    }
  });
  const claim = (
    token: string,
    options: {
      maxContents?: number;
      maxBytes?: number;
      leaseMs?: number;
      policies?: { policyId: number; version: number }[];
    } = {},
  ) =>
    claimTasks(db, NAMESPACE, {
      token,
      leaseMs: 60_000,
      maxContents: 10,
      policies: [PICTURE_POLICY, objects],
      ...options,
    });
  const finish = (token: string, results: Parameters<typeof finishTasks>[3], retry = RETRY) =>
    db.transaction((tx) => finishTasks(tx, NAMESPACE, token, results, retry));
  const stateOf = async (contentId: string) =>
    (await listTasks(db, NAMESPACE, { contentId, limit: 10 })).tasks.find(({ graph }) => graph !== undefined);
  const makeDue = () => db.query(`update ns_demo._task set available_at = now() where state = 'waiting'`);
  const runOut = () =>
    db.query(`update ns_demo._task set lease_until = now() - interval '1 second' where state = 'running'`);

  test('planTasks() plans once', async () => {
    const rows = [{ ...objects, contentId: ids[0] ?? '' }];
    expect(await db.transaction((tx) => planTasks(tx, NAMESPACE, rows))).toBe(0);
    expect(
      await db.transaction((tx) =>
        planTasks(tx, NAMESPACE, [{ ...rows[0], policyId: objects.policyId, version: 2, contentId: ids[0] ?? '' }]),
      ),
    ).toBe(1);
  });

  test('claimTasks() leases all tasks of the oldest contents, with what is needed to read them', async () => {
    const claimed = await claim('t1', { maxContents: 2 });
    expect(claimed).toEqual(
      ['a.jpg', 'b.jpg'].map((name, index) => ({
        contentId: ids[index],
        mimeType: 'image/jpeg',
        suspect: false,
        sizeBytes: 20,
        sha256: newContent(name).sha256,
        uris: [`file:///photos/${name}`],
        tasks: [
          { ...PICTURE_POLICY, attempts: 1 },
          { ...objects, attempts: 1 },
        ],
      })),
    );
    expect((await claim('t2')).map(({ contentId }) => contentId)).toEqual([ids[2]]);
    expect(await claim('t3')).toEqual([]);
  });

  test('claimTasks() leases as many as fit by their bytes, and one that is larger alone', async () => {
    const idsOf = async (token: string, maxBytes: number) =>
      (await claim(token, { maxBytes })).map(({ contentId }) => contentId);
    expect(await idsOf('t1', 45)).toEqual(ids.slice(0, 2));
    expect(await idsOf('t2', 19)).toEqual(ids.slice(2));
    expect(await idsOf('t3', 19)).toEqual([]);
  });

  test('claimTasks() leaves tasks of policies that the worker does not know', async () => {
    const first = await claim('t1', { policies: [PICTURE_POLICY] });
    expect(first.flatMap(({ tasks }) => tasks.map(({ policyId }) => policyId))).toEqual([0, 0, 0]);
    const second = await claim('t2', { policies: [objects] });
    expect(second.flatMap(({ tasks }) => tasks.map(({ policyId }) => policyId))).toEqual(
      ids.map(() => objects.policyId),
    );
    expect(await claim('t3', { policies: [] })).toEqual([]);
  });

  test('claimTasks() gives each task to one of many claimers', async () => {
    const more = await addContents(db, ...Array.from({ length: 40 }, (_, index) => `many ${index}`));
    await db.transaction((tx) =>
      planTasks(
        tx,
        NAMESPACE,
        more.flatMap((contentId) => [
          { ...PICTURE_POLICY, contentId },
          { ...objects, contentId },
        ]),
      ),
    );
    const atOnce = await Promise.all([1, 2, 3, 4].map((number) => claim(`at once ${number}`, { maxContents: 3 })));
    expect(atOnce.map((contents) => contents.length)).toEqual([3, 3, 3, 3]);
    for (const number of [1, 2, 3, 4]) await db.transaction((tx) => releaseTasks(tx, NAMESPACE, `at once ${number}`));
    const given: string[] = [];
    const worker = async () => {
      for (;;) {
        const claimed = await claim(randomUUID(), { maxContents: 3 });
        if (claimed.length === 0) return;
        expect(claimed.every(({ tasks }) => tasks.length === 2)).toBe(true);
        given.push(...claimed.map(({ contentId }) => contentId));
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    expect(given.toSorted()).toEqual([...ids, ...more].toSorted());
  });

  test('finishTasks() counts with the current token only, and results with a stale one are not written', async () => {
    const [id = '', other = ''] = ids;
    await claim('t1', { maxContents: 1 });
    await runOut();
    await claim('t2', { maxContents: 1 });
    const complete = (token: string, score: number) =>
      db.transaction(async (tx) => {
        const done = await finishTasks(tx, NAMESPACE, token, [{ ...objects, contentId: id }], RETRY);
        const rows = done.accepted.map(({ contentId }) => ({ contentId, rows: [boxRow('dog', score)] }));
        await writeFeatures(tx, NAMESPACE, boxes, rows);
        return done;
      });
    expect(await complete('t1', 0.1)).toEqual({ accepted: [], stale: [id] });
    expect(await readFeatures(db, NAMESPACE, id)).toEqual([]);
    expect(await complete('t2', 0.2)).toEqual({
      accepted: [{ ...objects, contentId: id, failedForGood: false }],
      stale: [],
    });
    expect(await complete('t2', 0.3)).toEqual({ accepted: [], stale: [id] });
    expect(await readFeatures(db, NAMESPACE, id)).toMatchObject([{ rows: [{ score: 0.2 }] }]);
    expect(await finish('t2', [{ ...objects, contentId: other }])).toEqual({ accepted: [], stale: [other] });
  });

  test('finishTasks() does not count for a content that was deleted meanwhile', async () => {
    const [id = ''] = ids;
    await claim('t1', { maxContents: 1 });
    await deleteContents(db, NAMESPACE, [id]);
    expect(await finish('t1', [{ ...objects, contentId: id }])).toEqual({ accepted: [], stale: [id] });
  });

  test('finishTasks() puts a retriable error off, twice as long each time, until it fails for good', async () => {
    const [id = ''] = ids;
    const delays: number[] = [];
    for (const attempt of [1, 2, 3]) {
      const [content] = await claim(`t${attempt}`, { maxContents: 1, policies: [objects] });
      expect(content).toMatchObject({ contentId: id, tasks: [{ attempts: attempt }] });
      const { accepted } = await finish(`t${attempt}`, [{ ...objects, contentId: id, error: AGAIN }]);
      expect(accepted).toEqual([{ ...objects, contentId: id, failedForGood: attempt === 3 }]);
      expect(await claim('nothing', { maxContents: 1, policies: [objects] })).not.toMatchObject([{ contentId: id }]);
      await db.transaction((tx) => releaseTasks(tx, NAMESPACE, 'nothing'));
      const { rows } = await db.query<{ seconds: number }>(
        `select extract(epoch from available_at - now())::float8 as seconds from ns_demo._task where content_id = $1 and state = 'waiting' and policy_id > 0`,
        [id],
      );
      delays.push(...rows.map(({ seconds }) => Math.round(seconds / 60)));
      await db.query(`update ns_demo._task set available_at = 'epoch' where content_id = $1 and state = 'waiting'`, [
        id,
      ]);
    }
    expect(delays).toEqual([1, 2]);
    expect(await stateOf(id)).toMatchObject({ state: 'failed', attempts: 3, errorCode: 'busy', error: 'try again' });
  });

  test('finishTasks() fails at once what trying again would not help; retryFailed() tries again all the same', async () => {
    const [id = ''] = ids;
    await claim('t1', { maxContents: 2 });
    await finish('t1', [{ ...objects, contentId: id, error: BROKEN }]);
    expect(await stateOf(id)).toEqual({
      contentId: id,
      name: 'a.jpg',
      graph: 'photos',
      policy: 'objects',
      version: 1,
      state: 'failed',
      attempts: 1,
      errorCode: 'unreadable_image',
      error: 'Cannot read picture: it ends too early',
    });
    expect(await retryFailed(db, NAMESPACE, ['nonsense'])).toBe(0);
    expect(await retryFailed(db, NAMESPACE, [id])).toBe(1);
    expect(await stateOf(id)).toMatchObject({ state: 'waiting', attempts: 0, errorCode: null, error: null });
    expect(await retryFailed(db, NAMESPACE)).toBe(0);
  });

  test('a lease that ran out is claimed again, its content alone, and fails after three lost workers', async () => {
    await claim('t1');
    for (const token of ['t2', 't3']) {
      await runOut();
      expect((await claim(token)).map(({ contentId }) => contentId)).toEqual([ids[0]]);
    }
    await runOut();
    expect((await claim('t4')).map(({ contentId }) => contentId)).toEqual([ids[1]]);
    expect(await stateOf(ids[0] ?? '')).toMatchObject({
      state: 'failed',
      errorCode: 'worker_lost',
      error: 'Cannot extract: the worker that had it ended or fell silent 3 times',
    });
  });

  test('extendLease() keeps a lease, also one that ran out unclaimed', async () => {
    await claim('t1', { maxContents: 1 });
    await runOut();
    expect(await extendLease(db, NAMESPACE, 't1', 60_000)).toBe(true);
    expect((await claim('t2')).map(({ contentId }) => contentId)).toEqual(ids.slice(1));
    expect(await extendLease(db, NAMESPACE, 't3', 60_000)).toBe(false);
  });

  test('releaseTasks() gives back what is named without counting the attempt', async () => {
    await claim('t1');
    const release = (which?: Parameters<typeof releaseTasks>[3]) =>
      db.transaction((tx) => releaseTasks(tx, NAMESPACE, 't1', which));
    expect(await release({ policies: [], contentIds: ids })).toBe(0);
    expect(await release({ policies: [objects], contentIds: [ids[0] ?? ''] })).toBe(1);
    expect(await release({ policies: [objects] })).toBe(2);
    expect(await release()).toBe(3);
    expect(await release()).toBe(0);
    expect((await claim('t2')).flatMap(({ tasks }) => tasks.map(({ attempts }) => attempts))).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
  });

  test('releaseLeases() gives back the leases of one server, and no others, without counting the attempt', async () => {
    await claim('server-a/1', { maxContents: 1 });
    await claim('server-b/1', { maxContents: 1 });
    expect(await releaseLeases(db, NAMESPACE, 'server-a/')).toBe(2);
    const next = await claim('server-a/2');
    expect(next.map(({ contentId }) => contentId).toSorted()).toEqual([ids[0], ids[2]].toSorted());
    expect(next.flatMap(({ tasks }) => tasks.map(({ attempts }) => attempts))).toEqual([1, 1, 1, 1]);
  });

  test('taskCounts(), contentCounts() and listTasks() agree on what happened', async () => {
    await claim('t1', { maxContents: 2 });
    await finish('t1', [
      { ...PICTURE_POLICY, contentId: ids[0] ?? '' },
      { ...objects, contentId: ids[0] ?? '' },
      { ...objects, contentId: ids[1] ?? '', error: BROKEN },
    ]);
    expect(await taskCounts(db, NAMESPACE)).toEqual([
      { ...PICTURE_POLICY, waiting: 1, running: 1, done: 1, failed: 0, doneLastMinute: 1 },
      { ...objects, waiting: 1, running: 0, done: 1, failed: 1, doneLastMinute: 2 },
    ]);
    expect(await contentCounts(db, NAMESPACE)).toEqual({ contents: 3, failedContents: 1, indexedContents: 1 });
    const failed = await listTasks(db, NAMESPACE, { state: 'failed', limit: 10 });
    expect([failed.total, failed.tasks.map(({ name }) => name)]).toEqual([1, ['b.jpg']]);
    const some = await listTasks(db, NAMESPACE, { limit: 2 });
    expect([some.total, some.tasks.length]).toEqual([6, 2]);
    expect(
      (await listTasks(db, NAMESPACE, { contentId: ids[0], limit: 9 })).tasks.map(({ policy }) => policy).toSorted(),
    ).toEqual(['objects', 'picture']);
    expect((await listTasks(db, NAMESPACE, { contentId: 'nonsense', limit: 9 })).total).toBe(0);
    await makeDue();
  });

  test('contentCounts() takes a content for indexed where only a model that is missing holds it up', async () => {
    await claim('t1');
    await finish('t1', [
      ...ids.map((contentId) => ({ ...PICTURE_POLICY, contentId })),
      { ...objects, contentId: ids[0] ?? '', error: BROKEN },
    ]);
    expect(await contentCounts(db, NAMESPACE)).toEqual({ contents: 3, failedContents: 1, indexedContents: 0 });
    await setPolicyWaiting(db, objects.policyId, objects.version, 'its model is missing');
    expect(await contentCounts(db, NAMESPACE)).toEqual({ contents: 3, failedContents: 1, indexedContents: 2 });
    await setPolicyWaiting(db, objects.policyId, objects.version, null);
  });

  test('planBackfill() takes contents by mime type, and by what another policy found', async () => {
    const text = newContent('notes.txt', { mimeType: 'text/plain' });
    await db.transaction((tx) => insertContents(tx, NAMESPACE, [text]));
    const plan = (version: number, mimePatterns: string[], contentSource?: PolicyRecord) =>
      db.transaction((tx) =>
        planBackfill(tx, NAMESPACE, { policyId: 99, version }, { mimePatterns, filters: [], contentSource }),
      );
    expect(await plan(1, ['image/*'])).toBe(3);
    expect(await plan(1, ['image/*'])).toBe(0);
    expect(await plan(2, ['*/*'])).toBe(4);
    expect(await plan(3, ['text/plain', 'image/png'])).toBe(1);
    expect(await plan(4, ['image/_peg', 'image/%'])).toBe(0);
    expect(await plan(5, [])).toBe(0);
    await db.transaction((tx) =>
      writeFeatures(tx, NAMESPACE, boxes, [{ contentId: ids[1] ?? '', rows: [boxRow('dog', 0.9)] }]),
    );
    expect(await plan(6, ['image/*'], boxes)).toBe(1);
    await db.query('delete from ns_demo._task where policy_id = 99');
  });
});

describeEachDatabase('planBackfill() filters', (open) => {
  test('agree with matches() of the graph on every operator and type', async () => {
    const db = await prepareStore(await open());
    const labels: Labels[] = [
      {},
      { k: 'a' },
      { k: 'b' },
      { k: 'B' },
      { k: '5' },
      { k: 5 },
      { k: 5.5 },
      { k: -1e21 },
      { k: true },
      { k: false },
    ];
    const contents = labels.map((own, index) => newContent(`content ${index}`, { labels: own }));
    await db.transaction((tx) => insertContents(tx, NAMESPACE, contents));
    const values: LabelFilter['value'][] = ['a', 'B', '', '5', 5, 5.25, -1e21, true, false, null];
    const filters = (['=', '!=', '>', '<', '>=', '<='] as const).flatMap((op) =>
      values.map((value): LabelFilter => ({ key: 'k', op, value })),
    );
    for (const [index, filter] of filters.entries()) {
      const policy = { policyId: 1000 + index, version: 1 };
      await db.transaction((tx) => planBackfill(tx, NAMESPACE, policy, { mimePatterns: ['*/*'], filters: [filter] }));
      const { rows } = await db.query<{ content_id: string }>(
        'select content_id from ns_demo._task where policy_id = $1',
        [policy.policyId],
      );
      const planned = new Set(rows.map(({ content_id: id }) => id));
      for (const [place, { contentId }] of contents.entries()) {
        expect([filter, labels[place], planned.has(contentId)]).toEqual([
          filter,
          labels[place],
          matches([filter], labels[place] ?? {}),
        ]);
      }
    }
  });
});

describeEachDatabase('deletion while work goes on', (open) => {
  test('waits for what plans tasks of the content at that moment', async () => {
    const db = await prepareStore(await open());
    const [id = ''] = await addContents(db, 'planned.jpg');
    let deletion: Promise<unknown> | undefined;
    const outside = AsyncResource.bind(() => deleteContents(db, NAMESPACE, [id]));
    await db.transaction(async (tx) => {
      await planTasks(tx, NAMESPACE, [{ ...PICTURE_POLICY, contentId: id }]);
      deletion = outside();
      await new Promise((resolve) => setTimeout(resolve, 200));
    });
    await deletion;
    expect((await db.query('select * from ns_demo._task')).rows).toEqual([]);
  });

  test('leaves neither task nor feature behind, whoever comes first', async () => {
    const db = await prepareStore(await open());
    const [boxes] = (await addPolicies(db, newPolicy('objects', BOXES))) as [PolicyRecord];
    const policy = { policyId: boxes.id, version: 1 };
    const next = { policyId: boxes.id, version: 7 };
    for (let round = 0; round < 8; round += 1) {
      const [id = ''] = await addContents(db, `round ${round}`);
      await db.transaction((tx) => planTasks(tx, NAMESPACE, [{ ...policy, contentId: id }]));
      await claimTasks(db, NAMESPACE, { token: `t${round}`, leaseMs: 60_000, maxContents: 9, policies: [policy] });
      const complete = db.transaction(async (tx) => {
        const { accepted } = await finishTasks(tx, NAMESPACE, `t${round}`, [{ ...policy, contentId: id }], RETRY);
        await writeFeatures(
          tx,
          NAMESPACE,
          boxes,
          accepted.map(({ contentId }) => ({ contentId, rows: [boxRow('dog', 1)] })),
        );
        await planTasks(tx, NAMESPACE, [{ ...next, contentId: id }]);
      });
      const plan = db.transaction((tx) => planTasks(tx, NAMESPACE, [{ ...next, version: 8, contentId: id }]));
      await Promise.all(
        round % 2 === 0
          ? [complete, plan, deleteContents(db, NAMESPACE, [id])]
          : [deleteContents(db, NAMESPACE, [id]), plan, complete],
      );
      expect(await getContent(db, NAMESPACE, id)).toBeUndefined();
    }
    for (const table of ['_content', '_location', '_task', `_p${boxes.id}_v1`]) {
      expect((await db.query(`select * from ns_demo."${table}"`)).rows).toEqual([]);
    }
  });
});
