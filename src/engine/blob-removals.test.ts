import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { freshPglite } from '../../test/databases.ts';
import { NAMESPACE, newContent, prepareStore } from '../../test/store.ts';
import { BlobStore } from '../sources/index.ts';
import { insertContents } from '../store/index.ts';
import type { Database } from '../store/index.ts';
import { createBlobRemovals } from './blob-removals.ts';

const open = freshPglite();
let database: Promise<Database> | undefined;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let home: string;
let blobs: BlobStore;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fovea-removals-'));
  folders.push(home);
  blobs = new BlobStore(join(home, 'blobs'));
});

const removals = async () =>
  createBlobRemovals({ home, blobs, database: await (database ??= open().then(prepareStore)) });
const store = async (text: string): Promise<string> => (await blobs.put([Buffer.from(text)])).uri;
const isThere = async (uri: string): Promise<boolean> => (await blobs.size(uri.slice('fovea:'.length))) !== undefined;

test('remove() waits for the last of those who hold, and spares what was added again meanwhile', async () => {
  const { remove, hold } = await removals();
  const [gone, again, now] = [await store('gone'), await store('again'), await store('now')];
  await remove([now]);
  expect(await isThere(now)).toBe(false);

  const [first, second] = [await hold(), await hold()];
  await remove([gone, again, 'file:///photos/a.jpg']);
  await (await database)?.transaction((tx) => insertContents(tx, NAMESPACE, [newContent('again.jpg', { uri: again })]));
  await first();
  await first();
  expect([await isThere(gone), await isThere(again)]).toEqual([true, true]);
  await second();
  expect([await isThere(gone), await isThere(again)]).toEqual([false, true]);
});

test('sweepLeftovers() removes what a killed process left, and looks only after one', async () => {
  const { hold, sweepLeftovers } = await removals();
  const orphan = await store('orphan');
  await sweepLeftovers();
  expect(await isThere(orphan)).toBe(true);

  await hold();
  const needed = await store('needed');
  await (
    await database
  )?.transaction((tx) => insertContents(tx, NAMESPACE, [newContent('needed.jpg', { uri: needed })]));
  await (await removals()).sweepLeftovers();
  expect([await isThere(orphan), await isThere(needed)]).toEqual([false, true]);
  expect(existsSync(join(home, 'sweep-blobs'))).toBe(false);
});

test('what this database does not need stays where the home has served others', async () => {
  const theirs = await store('of another database');
  const { remove, sweep } = createBlobRemovals({
    home,
    blobs,
    servesOthers: true,
    database: await (database ??= open().then(prepareStore)),
  });
  await remove([theirs]);
  await sweep();
  expect(await isThere(theirs)).toBe(true);
});
