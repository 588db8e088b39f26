import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freshPglite } from '../../../test/databases.ts';
import { NAMESPACE, newContent } from '../../../test/store.ts';
import { BlobStore } from '../../sources/index.ts';
import { insertContents, listContents, migrate, nearest, SCHEMA_VERSION, taskCounts } from '../../store/index.ts';
import { createBlobRemovals } from '../blob-removals.ts';
import { createBackups } from './backups.ts';
import { checkBackup, restoreBackup } from './restore.ts';
import type { RestoreParts } from './restore.ts';

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fovea-restore-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('restoreBackup()', () => {
  const path = join(FIXTURES, 'schema-1.tar');
  const open = freshPglite();
  let restored: RestoreParts;
  let empty: RestoreParts;
  const parts = async (name: string): Promise<RestoreParts> => {
    const database = await open();
    await migrate(database);
    const home = mkdtempSync(join(folder, name));
    const blobs = new BlobStore(join(home, 'blobs'));
    return { database, blobs, removals: createBlobRemovals({ home, database, blobs }) };
  };

  beforeAll(async () => {
    empty = await parts('empty');
  });

  test.each(readdirSync(FIXTURES))('restores %s, as its release wrote it', async (name) => {
    const file = join(FIXTURES, name);
    expect(await checkBackup(file)).toMatchObject({ contents: 3, originals: 1, namespaces: [NAMESPACE] });
    restored = await parts('fixture');
    const { database, blobs } = restored;
    const steps = new Set<string>();
    await restoreBackup(restored, file, ({ step }) => steps.add(step));
    expect([...steps]).toEqual(['checking', 'restoring']);
    const { contents } = await listContents(database, NAMESPACE, { limit: 10, label: [] });
    expect(contents.map((content) => content.name).toSorted()).toEqual(['cat.jpg', 'dog.jpg', 'owl.jpg']);
    const owl = contents.find((content) => content.name === 'owl.jpg')?.sha256 ?? '';
    expect(readFileSync(blobs.path(owl)).toString()).toBe('an owl');
    const clip = { policyId: 2, version: 1, output: 'embedding', dimension: 3 };
    const near = await nearest(database, NAMESPACE, clip, Float32Array.of(1, 0, 0), { limit: 5, path: 'exact' });
    expect(near).toMatchObject([{ ord: 0, distance: 0 }]);
    // The one that a worker held waits again.
    expect((await taskCounts(database, NAMESPACE)).map(({ waiting, running }) => [waiting, running])).toEqual([
      [2, 0],
      [2, 0],
      [2, 0],
    ]);
    expect(await migrate(database)).toEqual({ from: SCHEMA_VERSION, to: SCHEMA_VERSION });
  });

  test('leaves nothing where it is stopped', async () => {
    const stopping = restoreBackup(empty, path, ({ step }) => {
      if (step === 'restoring') throw new Error('stopped');
    });
    await expect(stopping).rejects.toThrow('stopped');
    expect(await stored(empty.blobs)).toEqual([]);
    expect((await empty.database.query('select 1 from fovea.namespace')).rows).toEqual([]);
  });

  test('counts originals that were gone or damaged when they were backed up, and restores the rest', async () => {
    const { database, blobs } = restored;
    const { uri, sha256 } = await blobs.put([Buffer.from('gone')]);
    await database.transaction((tx) => insertContents(tx, NAMESPACE, [newContent('gone.jpg', { uri })]));
    await blobs.remove(sha256);
    const [owl = ''] = await stored(blobs);
    writeFileSync(blobs.path(owl), 'no owl');
    const backups = createBackups({ ...restored, onNote: () => undefined });
    const file = join(folder, 'again.tar');
    writeFileSync(file, Buffer.from(await new Response(await backups.start()).arrayBuffer()));
    await backups.close();
    expect(await checkBackup(file)).toMatchObject({ contents: 4, originals: 1, missingOriginals: 1 });
    expect(await restoreBackup(empty, file, () => undefined)).toMatchObject({ damagedOriginals: 1 });
    expect(await stored(empty.blobs)).toEqual([]);
  });
});

async function stored(blobs: BlobStore): Promise<string[]> {
  const names: string[] = [];
  for await (const name of blobs.each()) names.push(name);
  return names;
}
