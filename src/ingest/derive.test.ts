import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { NAMESPACE, newContent, newPolicy, prepareStore, EMBEDDING } from '../../test/store.ts';
import { BlobStore } from '../sources/index.ts';
import type { Database, PolicyRecord } from '../store/index.ts';
import {
  addPolicyVersion,
  claimTasks,
  contentCounts,
  deleteContents,
  dropPolicy,
  getContent,
  listContents,
  planBackfill,
  rebuildViews,
  saveGraph,
  setLabels,
} from '../store/index.ts';
import { storeDerived } from './derive.ts';
import { storeAndPlan } from './plan-contents.ts';

const home = mkdtempSync(join(tmpdir(), 'fovea-derive-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const FRAMES = { columns: { frames: { type: 'integer' as const } }, vectors: {}, contents: ['image/jpeg'] };
const page = { limit: 50, label: [] };

describeEachDatabase('storeDerived()', (open) => {
  const prepare = async () => {
    const database = await prepareStore(await open());
    const policies: PolicyRecord[] = [];
    await database.transaction(async (tx) => {
      await saveGraph(tx, NAMESPACE, { name: 'photos', policies: [] });
      const frames = { ...newPolicy('frames', FRAMES), accepts: ['video/*'] };
      policies.push(await addPolicyVersion(tx, NAMESPACE, frames));
      policies.push(await addPolicyVersion(tx, NAMESPACE, newPolicy('clip', EMBEDDING)));
      await rebuildViews(tx, NAMESPACE);
    });
    const [frames, clip] = policies as [PolicyRecord, PolicyRecord];
    const video = newContent('clip.mp4', { mimeType: 'video/mp4', labels: { trip: 'rome' } });
    await storeAndPlan(database, NAMESPACE, [video]);
    const claim = (policy: PolicyRecord) => {
      const policyOf = [{ policyId: policy.id, version: policy.version }];
      return claimTasks(database, NAMESPACE, { token: 't', leaseMs: 60_000, maxContents: 100, policies: policyOf });
    };
    await claim(frames);
    const blobs = new BlobStore(join(home, database.dialect.name));
    const derive = (ord: number, token = 't') =>
      storeDerived(
        { database, blobs },
        {
          workerId: 'w',
          token,
          namespace: NAMESPACE,
          contentId: video.contentId,
          policyId: frames.id,
          version: frames.version,
          contents: [
            {
              ord,
              position: { frame: ord * 25, timeMs: ord * 1000 },
              mimeType: 'image/jpeg',
              bytes: Buffer.from(`frame ${ord}`),
            },
          ],
        },
      );
    return { database, frames, clip, video, claim, derive };
  };
  const children = async (database: Database, parent: string) =>
    (await listContents(database, NAMESPACE, { ...page, parent })).contents;

  test('stores frames below their video, and plans what takes pictures for them', async () => {
    const { database, clip, video, claim, derive } = await prepare();
    const [first, again] = [await derive(3), await derive(3)];
    expect([first.created.length, again]).toEqual([1, { current: true, created: [] }]);
    const [frame] = await children(database, video.contentId);
    expect(frame).toMatchObject({
      contentId: first.created[0],
      parentId: video.contentId,
      rootId: video.contentId,
      name: 'clip.mp4#t=3',
      labels: { trip: 'rome' },
      position: { frame: 75, timeMs: 3000 },
    });
    expect((await claim(clip)).map(({ contentId }) => contentId)).toEqual(first.created);
    // Neither lists nor counts tell of frames where contents are asked for as they were added.
    const { contents } = await listContents(database, NAMESPACE, page);
    expect(contents.map(({ name }) => name)).toEqual(['clip.mp4']);
    expect(await contentCounts(database, NAMESPACE)).toMatchObject({ contents: 1, indexedContents: 0 });
  });

  test('stores nothing for a lease that has gone', async () => {
    const { database, video, derive } = await prepare();
    expect(await derive(0, 'another')).toEqual({ current: false, created: [] });
    await deleteContents(database, NAMESPACE, [video.contentId]);
    expect(await derive(0)).toEqual({ current: false, created: [] });
    expect(await children(database, video.contentId)).toEqual([]);
  });

  test('a policy that comes later takes the frames that are there, of its own graph or by name', async () => {
    const { database, frames, derive, claim } = await prepare();
    await derive(0);
    const taken = async (scope: Partial<Parameters<typeof planBackfill>[3]>): Promise<number> =>
      database.transaction((tx) =>
        planBackfill(
          tx,
          NAMESPACE,
          { policyId: 99, version: Math.ceil(Math.random() * 1e6) },
          { mimePatterns: ['image/*'], filters: [], ...scope },
        ),
      );
    expect(await taken({})).toBe(0);
    expect(await taken({ framesOf: [frames.id] })).toBe(1);
    expect(await taken({ contentSource: frames })).toBe(1);
    expect(await taken({ contentSource: { ...frames, version: 2 } })).toBe(0);
    expect((await claim(frames)).length).toBe(0);
  });

  test('frames have the labels of their video, and go with the policy that made them', async () => {
    const { database, video, derive } = await prepare();
    const { created } = await derive(0);
    await setLabels(database, NAMESPACE, [video.contentId], { trip: 'oslo' }, []);
    const id = created[0] ?? '';
    expect((await getContent(database, NAMESPACE, id))?.labels).toEqual({ trip: 'oslo' });
    await database.transaction((tx) => dropPolicy(tx, NAMESPACE, 'photos', 'frames'));
    expect(await getContent(database, NAMESPACE, id)).toBeUndefined();
    expect(await contentCounts(database, NAMESPACE)).toMatchObject({ contents: 1 });
  });
});
