import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshPglite } from '../../test/databases.ts';
import { NAMESPACE, newContent, prepareStore } from '../../test/store.ts';
import { createThumbnailStore } from '../ingest/index.ts';
import { BlobStore } from '../sources/index.ts';
import { insertContents } from '../store/index.ts';
import { createBlobRemovals } from './blob-removals.ts';
import { enterHome, leaveHome } from './home.ts';
import { createLeftovers, removeLeftovers } from './leftovers.ts';

const open = freshPglite();
const home = mkdtempSync(join(tmpdir(), 'fovea-leftovers-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('removeLeftovers() removes bytes and thumbnails that no content needs, and no others', async () => {
  const database = await prepareStore(await open());
  const blobs = new BlobStore(join(home, 'blobs'));
  const thumbnails = createThumbnailStore(join(home, 'thumbnails'));
  const [needed, orphan] = [await blobs.put([Buffer.from('needed')]), await blobs.put([Buffer.from('orphan')])];
  const [cat, dog] = [newContent('cat.jpg', { uri: needed.uri }), newContent('dog.jpg')];
  await database.transaction((tx) => insertContents(tx, NAMESPACE, [cat]));
  for (const { contentId } of [cat, dog])
    await thumbnails.write(NAMESPACE, { contentId, version: 1 }, 320, Uint8Array.of(1));
  await thumbnails.write('dropped', { contentId: cat.contentId, version: 1 }, 640, Uint8Array.of(1));
  writeFileSync(join(home, 'thumbnails', NAMESPACE, cat.contentId.slice(0, 2), `${cat.contentId}-320.webp.x.part`), '');

  await removeLeftovers({ database, thumbnails, removals: createBlobRemovals({ home, database, blobs }) });
  expect([await blobs.size(needed.sha256), await blobs.size(orphan.sha256)]).toEqual([6, undefined]);
  expect(await thumbnails.read(NAMESPACE, { contentId: cat.contentId, version: 1 }, 320)).toEqual(Buffer.of(1));
  expect(await thumbnails.read(NAMESPACE, { contentId: dog.contentId, version: 1 }, 320)).toBeUndefined();
  expect(await thumbnails.namespaces()).toEqual([NAMESPACE]);
  const names = [];
  for await (const contentId of thumbnails.each(NAMESPACE)) names.push(contentId);
  expect(names).toEqual([cat.contentId]);
});

test('createLeftovers() cleans at the end where a change broke off, and only there', async () => {
  const database = await prepareStore(await open());
  const blobs = new BlobStore(join(home, 'broken-off'));
  const removals = createBlobRemovals({ home, database, blobs });
  const leftovers = createLeftovers({
    database,
    removals,
    thumbnails: createThumbnailStore(join(home, 'broken-off-thumbnails')),
  });
  const lost = new Error('The database was lost');
  const { sha256 } = await leftovers.guard(() => blobs.put([Buffer.from('stored and never added')]));
  await leftovers.clean();
  expect(await blobs.size(sha256)).toBe(22);
  const breaksOff = blobs.putAnd.bind(blobs, [Buffer.from('stored and never added')], () => Promise.reject(lost));
  await expect(leftovers.guard(breaksOff)).rejects.toBe(lost);
  const release = await removals.hold();
  await leftovers.clean();
  expect(await blobs.size(sha256), 'a backup may need it').toBe(22);
  await release();
  expect(await blobs.size(sha256)).toBeUndefined();
});

test('enterHome() tells a home whose process was killed from one that was left', async () => {
  expect(await enterHome(home)).toEqual({ wasKilled: false });
  expect(await enterHome(home)).toEqual({ wasKilled: true });
  await leaveHome(home);
  expect(await enterHome(home)).toEqual({ wasKilled: false });
});
