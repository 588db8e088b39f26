import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, BOXES, boxRow, NAMESPACE, newPolicy, prepareStore } from '../../test/store.ts';
import type { Database } from './database.ts';
import { setLabels } from './contents.ts';
import { listFeatureRows } from './feature-rows.ts';
import { writeFeatures } from './features.ts';
import type { PolicyRecord } from './records.ts';

describeEachDatabase('listFeatureRows()', (open) => {
  let db: Database;
  let graph: string;
  let ids: string[];
  beforeAll(async () => {
    db = await prepareStore(await open());
    const [policy] = (await addPolicies(db, newPolicy('objects', BOXES))) as [PolicyRecord];
    ({ graph } = policy);
    ids = [];
    // One after the other, so that their times tell the order.
    for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) ids.push(...(await addContents(db, name)));
    const rows = [boxRow('dog', 0.9), boxRow('cat', 0.8)];
    await db.transaction((tx) =>
      writeFeatures(
        tx,
        NAMESPACE,
        policy,
        ids.map((contentId) => ({ contentId, rows })),
      ),
    );
    await setLabels(db, NAMESPACE, [ids[0] ?? ''], { size: 12 }, []);
  });
  const list = (query: Partial<Parameters<typeof listFeatureRows>[2]> = {}) =>
    listFeatureRows(db, NAMESPACE, { graph, policy: 'objects', filter: [], limit: 100, ...query });

  test('gives rows of the newest content first, by number, and counts them all', async () => {
    const page = await list({ limit: 3 });
    expect(page?.total).toBe(6);
    expect(page?.rows.map(({ contentId, ord }) => [ids.indexOf(contentId), ord])).toEqual([
      [2, 0],
      [2, 1],
      [1, 0],
    ]);
    expect(page?.rows[0]?.columns).toMatchObject({ object_name: 'dog', score: expect.closeTo(0.9) });
  });

  test('goes on behind a row, of the same content too', async () => {
    const behind = async (content: number, ord: number) =>
      (await list({ after: { contentId: ids[content] ?? '', ord } }))?.rows.map(({ contentId, ord: row }) => [
        ids.indexOf(contentId),
        row,
      ]);
    expect(await behind(1, 0)).toEqual([
      [1, 1],
      [0, 0],
      [0, 1],
    ]);
    expect(await behind(0, 1)).toEqual([]);
    expect(await behind(0, -1)).toHaveLength(2);
  });

  test('filters by labels of their contents', async () => {
    const filtered = await list({ filter: [{ key: 'size', op: '>=', value: 10 }] });
    expect([filtered?.total, filtered?.rows.map(({ contentId }) => contentId)]).toEqual([2, [ids[0], ids[0]]]);
  });

  test('knows no other policy', async () => {
    expect(await list({ policy: 'nosuch' })).toBeUndefined();
  });
});
