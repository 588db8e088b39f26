import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, BOXES, NAMESPACE, newPolicy, prepareStore } from '../../test/store.ts';
import type { Database, Queryable } from './database.ts';
import { deleteContents } from './delete-contents.ts';
import type { PolicyRecord } from './records.ts';
import { endedTasks, numberEnded, tasksOf } from './task-ends.ts';
import { planTasks } from './tasks.ts';

describeEachDatabase('the order of ends', (open) => {
  let db: Database;
  let ids: string[];
  const versions: { policyId: number; version: number }[] = [];
  beforeAll(async () => {
    db = await prepareStore(await open());
    const policies = await addPolicies(db, newPolicy('objects', BOXES), newPolicy('faces', BOXES));
    versions.push(...policies.map(({ id }: PolicyRecord) => ({ policyId: id, version: 1 })));
    ids = await addContents(db, 'a.jpg', 'b.jpg', 'c.jpg', 'd.jpg');
    await db.transaction((tx) =>
      planTasks(
        tx,
        NAMESPACE,
        versions.flatMap((version) => ids.map((contentId) => ({ ...version, contentId }))),
      ),
    );
  });
  const name = (contentId: string): string => 'abcd'[ids.indexOf(contentId)] ?? '';
  const end = (tx: Queryable, names: string, version = 0) =>
    numberEnded(
      tx,
      NAMESPACE,
      [...names].map((each) => ({
        policyId: versions[version]?.policyId ?? 0,
        version: 1,
        contentId: ids['abcd'.indexOf(each)] ?? '',
      })),
    );
  const ended = async (from = 0, which = [0]) => {
    const wanted = versions.filter((_version, index) => which.includes(index));
    return endedTasks(db, NAMESPACE, wanted, from, 10);
  };
  const names = async (from = 0, which = [0]) => (await ended(from, which)).map(({ contentId }) => name(contentId));

  test('numbers rise with each transaction, for one policy or for both', async () => {
    await db.transaction((tx) => end(tx, 'b'));
    await db.transaction((tx) => end(tx, 'a', 1));
    await db.transaction((tx) => end(tx, 'a'));
    expect(await names()).toEqual(['b', 'a']);
    expect(await names(0, [0, 1])).toEqual(['b', 'a', 'a']);
    const [first, second] = await ended();
    expect((second?.number ?? 0) - (first?.number ?? 0)).toBe(2);
    expect(await names((first?.number ?? 0) + 1)).toEqual(['a']);
    expect(await names(second?.number)).toEqual(['a']);
  });

  test('what is done again comes again, and what is deleted moves no other', async () => {
    const before = await ended();
    await db.transaction((tx) => end(tx, 'b'));
    const after = await ended();
    expect(after.map(({ contentId }) => name(contentId))).toEqual(['a', 'b']);
    expect(after[0]).toEqual(before[1]);
    await deleteContents(db, NAMESPACE, [ids[0] ?? '']);
    expect(await ended()).toEqual([after[1]]);
  });

  test('nobody gets a number while another has one that is not committed', async () => {
    // One connection: nobody can.
    if (db.dialect.name === 'pglite') return;
    let commit = (): void => undefined;
    const told = new Promise<void>((resolve) => (commit = resolve));
    let isNumbered = (): void => undefined;
    const numbered = new Promise<void>((resolve) => (isNumbered = resolve));
    const from = ((await ended()).at(-1)?.number ?? 0) + 1;
    const first = db.transaction(async (tx) => {
      await end(tx, 'c');
      isNumbered();
      await told;
    });
    await numbered;
    const second = db.transaction((tx) => end(tx, 'd'));
    // Were the second not made to wait, it would be found here, and the first, which has a lower number, be missed.
    await expect
      .poll(async () =>
        Number(
          (
            await db.query<{ waiting: number }>(
              `select count(*) as waiting from pg_locks where locktype = 'advisory' and not granted
                  and database = (select oid from pg_database where datname = current_database())`,
            )
          ).rows[0]?.waiting,
        ),
      )
      .toBe(1);
    expect(await names(from)).toEqual([]);
    commit();
    await Promise.all([first, second]);
    expect(await names(from)).toEqual(['c', 'd']);
  });

  test('tasksOf() tells open, done and failed ones of contents that are there', async () => {
    const [, b = '', c = ''] = ids;
    await db.query(`update ns_demo._task set state = 'failed' where content_id = $1 and policy_id = $2`, [
      b,
      versions[1]?.policyId ?? 0,
    ]);
    await db.query(`update ns_demo._task set state = 'done' where content_id = $1`, [c]);
    const found = await tasksOf(db, NAMESPACE, [b, c, 'nonsense', ids[0] ?? '']);
    const told = [...found].map(([contentId, tasks]) => [
      name(contentId),
      tasks.map(({ open: isOpen, failed }) => [isOpen, failed]).toSorted(),
    ]);
    expect(told.toSorted()).toEqual([
      [
        'b',
        [
          [false, true],
          [true, false],
        ],
      ],
      [
        'c',
        [
          [false, false],
          [false, false],
        ],
      ],
    ]);
  });
});
