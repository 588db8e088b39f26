import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import {
  addPolicies,
  BOXES,
  boxRow,
  EMBEDDING,
  NAMESPACE,
  newPolicy,
  prepareStore,
  vectorRow,
} from '../../test/store.ts';
import type { ClaimReply, CompleteReply } from '../contract/index.ts';
import { BlobStore, blobUri } from '../sources/index.ts';
import type { Database, PolicyRecord } from '../store/index.ts';
import { getContent, listTasks, policiesOf, readFeatures } from '../store/index.ts';
import { Coordinator } from './coordinator.ts';
import { createRateMeter } from './progress.ts';
import { createThumbnailStore } from './thumbnails.ts';
import { updateContent } from './update-content.ts';
import { addUpload } from './upload.ts';

const JPEG = Buffer.of(0xff, 0xd8, 0xff, 0xe0);
const PNG = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A picture by its first bytes. */
async function* picture(start: Uint8Array, letter: string): AsyncGenerator<Uint8Array> {
  yield start;
  yield Buffer.from(letter.repeat(100));
}

describeEachDatabase('updateContent()', (open) => {
  const home = mkdtempSync(join(tmpdir(), 'fovea-update-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const thumbnails = createThumbnailStore(join(home, 'thumbnails'));
  const blobs = new BlobStore(join(home, 'blobs'));
  const removed: string[] = [];
  const removals = { remove: async (uris: readonly string[]) => void removed.push(...uris) };
  let database: Database;
  let coordinator: Coordinator;
  let policies: PolicyRecord[];
  beforeEach(async () => {
    database = await prepareStore(await open());
    policies = await addPolicies(
      database,
      newPolicy('objects', BOXES, { accepts: ['image/jpeg'] }),
      newPolicy('clip', EMBEDDING),
      newPolicy('png', BOXES, { accepts: ['image/png'] }),
      newPolicy('rome', BOXES, { filter: [{ key: 'trip', op: '=', value: 'rome' }] }),
    );
    coordinator = new Coordinator({
      database,
      thumbnails,
      blobs,
      rates: createRateMeter(),
      tokenPrefix: 'home/',
      policies: (namespace) => policiesOf(database, namespace),
      onEvent: () => undefined,
      onPoliciesChanged: () => undefined,
    });
  });
  const add = async (letter: string, givenId?: string) => {
    const upload = { name: `${letter}.jpg`, labels: { first: true }, body: picture(JPEG, letter), givenId };
    return (await addUpload({ database, blobs, removals }, NAMESPACE, upload)).contentId;
  };
  const update = (contentId: string, letter: string, start: Uint8Array = PNG, labels = {}) =>
    updateContent({ database, blobs }, NAMESPACE, contentId, {
      name: `${letter}.png`,
      labels,
      body: picture(start, letter),
    });
  const claim = () => coordinator.claim({ workerId: 'w', maxContents: 8, waitMs: 0 });
  /** Hands in a box named `label`, or a vector, for every task of a lease, and a thumbnail of one letter. */
  const complete = ({ token, contents }: ClaimReply, label: string): Promise<CompleteReply> =>
    coordinator.complete({
      workerId: 'w',
      token,
      refused: [],
      results: contents.map(({ namespace, contentId, tasks }) => ({
        namespace,
        contentId,
        picture: { width: 4, height: 3, frames: 1, thumbnail: Buffer.from(label) },
        tasks: tasks.map(({ policyId, version }) => {
          const clip = policies.find(({ name }) => name === 'clip')?.id;
          return { policyId, version, rows: [policyId === clip ? vectorRow(1, 0, 0) : boxRow(label, 0.9)] };
        }),
      })),
    });
  const thumbnail = async (contentId: string, version: number) =>
    (await thumbnails.read(NAMESPACE, { contentId, version }, 320))?.toString();
  const tasks = async (contentId: string) =>
    (await listTasks(database, NAMESPACE, { contentId, limit: 100 })).tasks
      .map(({ policy, state }) => `${policy} ${state}`)
      .toSorted();

  test('takes the features of the old bytes away with them, and plans all that takes the new ones', async () => {
    const contentId = await add('a');
    await complete(await claim(), 'old');
    expect(await tasks(contentId)).toEqual(['clip done', 'objects done', 'picture done']);
    const before = await getContent(database, NAMESPACE, contentId);
    const outcome = await update(contentId, 'b', PNG, { trip: 'rome' });
    expect(outcome).toEqual({
      changed: true,
      version: 2,
      orphanBlobs: [blobUri(before?.sha256 ?? '')],
    });
    expect(await readFeatures(database, NAMESPACE, contentId)).toEqual([]);
    expect(await tasks(contentId)).toEqual(['clip waiting', 'picture waiting', 'png waiting', 'rome waiting']);
    const after = await getContent(database, NAMESPACE, contentId);
    expect(after).toEqual({
      ...before,
      version: 2,
      name: 'b.png',
      mimeType: 'image/png',
      sizeBytes: 108,
      sha256: expect.not.stringMatching(before?.sha256 ?? ''),
      width: null,
      height: null,
      frames: null,
      labels: { first: true, trip: 'rome' },
      locations: [{ uri: blobUri(after?.sha256 ?? ''), state: 'present' }],
    });
    await complete(await claim(), 'new');
    const rows = (await readFeatures(database, NAMESPACE, contentId)).flatMap((feature) => feature.rows);
    expect(rows.map(({ object_name: label }) => label).filter((label) => label !== undefined)).toEqual(['new', 'new']);
    expect(await thumbnail(contentId, 2)).toBe('new');
  });

  test('a worker that still has the old bytes writes nothing, whoever has the new ones', async () => {
    const contentId = await add('c');
    const old = await claim();
    await update(contentId, 'd', JPEG);
    expect((await complete(old, 'old')).stale).toEqual([contentId]);
    const fresh = await claim();
    expect(fresh.contents.map(({ sha256 }) => sha256)).not.toEqual(old.contents.map(({ sha256 }) => sha256));
    expect((await complete(old, 'old')).stale).toEqual([contentId]);
    expect(await readFeatures(database, NAMESPACE, contentId)).toEqual([]);
    expect((await complete(fresh, 'new')).stale).toEqual([]);
    expect(await getContent(database, NAMESPACE, contentId)).toMatchObject({ width: 4, version: 2 });
    expect([await thumbnail(contentId, 1), await thumbnail(contentId, 2)]).toEqual([undefined, 'new']);
    expect((await readFeatures(database, NAMESPACE, contentId))[0]?.rows[0]?.object_name).toBe('new');
  });

  test('the same bytes change nothing but labels', async () => {
    const contentId = await add('e');
    await complete(await claim(), 'kept');
    const outcome = await updateContent({ database, blobs }, NAMESPACE, contentId, {
      name: 'other.jpg',
      labels: { second: 2 },
      body: picture(JPEG, 'e'),
    });
    expect(outcome).toEqual({ changed: false, version: 1, orphanBlobs: [] });
    expect(await getContent(database, NAMESPACE, contentId)).toMatchObject({
      name: 'e.jpg',
      version: 1,
      labels: { first: true, second: 2 },
    });
    expect(await tasks(contentId)).toEqual(['clip done', 'objects done', 'picture done']);
    expect(await readFeatures(database, NAMESPACE, contentId)).toHaveLength(2);
  });

  test('old bytes that another content has are kept, and met again they are a content of their own', async () => {
    const first = await add('f');
    const twin = await add('f', 'f0');
    expect(await update(first, 'g')).toMatchObject({ changed: true, orphanBlobs: [] });
    const again = await add('f');
    expect([first, twin]).not.toContain(again);
    expect(await add('f'), 'the next time it is known').toBe(again);
    const hashes = await Promise.all([first, twin, again].map((id) => getContent(database, NAMESPACE, id)));
    expect(new Set(hashes.map((content) => content?.sha256)).size).toBe(2);
  });

  test('bytes of what is refused are not kept', async () => {
    await add('l', '1d');
    await expect(add('m', '1D')).rejects.toThrow('has other bytes');
    expect(removed).toHaveLength(1);
    expect(removed[0]).toMatch(/^fovea:[0-9a-f]{64}$/);
  });

  test('there is nothing to update where the content has gone', async () => {
    expect(await update('00000000-0000-4000-8000-000000000000', 'h')).toBeUndefined();
  });

  test('of two updates at once one is the last, and its bytes are those that are extracted', async () => {
    const contentId = await add('i');
    const outcomes = await Promise.all([update(contentId, 'j'), update(contentId, 'k')]);
    expect(outcomes.map((outcome) => outcome?.version).toSorted()).toEqual([2, 3]);
    const content = await getContent(database, NAMESPACE, contentId);
    expect(content?.version).toBe(3);
    const { contents } = await claim();
    expect(contents.map(({ sha256 }) => sha256)).toEqual([content?.sha256]);
    expect(content?.locations).toEqual([{ uri: blobUri(content?.sha256 ?? ''), state: 'present' }]);
  });
});
