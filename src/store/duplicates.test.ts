import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addPolicies, NAMESPACE, newContent, newPolicy, prepareStore } from '../../test/store.ts';
import type { OutputSpec } from '../contract/index.ts';
import { insertContents } from './contents.ts';
import type { Database } from './database.ts';
import { greyPictures, hashedPictures, sameBytes } from './duplicates.ts';
import { readFeatures, writeFeatures } from './features.ts';
import { setLocationState } from './locations.ts';
import type { PolicyRecord } from './records.ts';
import { listTables } from './view-sql.ts';

const HASHES: OutputSpec = {
  columns: { phash: { type: 'text' }, grey: { type: 'text', bulky: true } },
  vectors: {},
};

describeEachDatabase('duplicates', (open) => {
  let db: Database;
  let policy: PolicyRecord;
  const dog = newContent('dog.jpg', { bytes: 'dog', uri: 'file:///b/dog.jpg' });
  const cat = newContent('cat.jpg');
  const given = {
    ...newContent('given.jpg', { bytes: 'dog', uri: 'fovea:dog' }),
    contentId: dog.contentId.replace(/^./, 'f'),
  };
  beforeAll(async () => {
    db = await prepareStore(await open());
    [policy] = (await addPolicies(db, newPolicy('phash', HASHES, { extractor: 'image/phash' }))) as [PolicyRecord];
    const at = (uri: string, mtimeNs: string) => ({ ...dog, location: { ...dog.location, uri, mtimeNs } });
    await db.transaction((tx) =>
      insertContents(tx, NAMESPACE, [dog, cat, at('file:///a/dog.jpg', '1'), at('file:///gone/dog.jpg', '0')]),
    );
    await db.transaction((tx) => insertContents(tx, NAMESPACE, [given]));
    await setLocationState(db, NAMESPACE, ['file:///gone/dog.jpg'], 'missing');
    await db.transaction((tx) =>
      writeFeatures(
        tx,
        NAMESPACE,
        policy,
        [dog, cat].map(({ contentId, name }) => ({
          contentId,
          rows: [{ columns: { phash: name, grey: `grey ${name}` }, vectors: {} }],
        })),
      ),
    );
  });

  test('sameBytes() groups places of files that are there and contents of other ids, the oldest file first', async () => {
    expect(await sameBytes(db, NAMESPACE, 10)).toEqual({
      groups: [
        {
          sha256: dog.sha256,
          sizeBytes: 12,
          places: [
            { contentId: dog.contentId, name: 'dog.jpg', uri: 'file:///a/dog.jpg' },
            { contentId: dog.contentId, name: 'dog.jpg', uri: 'file:///b/dog.jpg' },
            { contentId: given.contentId, name: 'given.jpg', uri: null },
          ],
        },
      ],
      total: 1,
      copies: 2,
      copiedBytes: 24,
    });
  });

  test('hashedPictures() and greyPictures() read what was hashed', async () => {
    const id = { policyId: policy.id, version: 1 };
    expect(
      (await hashedPictures(db, NAMESPACE, id)).map(({ phash, sizeBytes }) => [phash, sizeBytes]).toSorted(),
    ).toEqual([
      ['cat.jpg', 28],
      ['dog.jpg', 12],
    ]);
    expect(await greyPictures(db, NAMESPACE, id, [cat.contentId, given.contentId])).toEqual(
      new Map([[cat.contentId, 'grey cat.jpg']]),
    );
  });

  test("a bulky column is seen in the policy's own view, not in shared views and features", async () => {
    const tables = await listTables(db, NAMESPACE);
    const having = tables.filter(({ columns }) => columns.some(({ name }) => name === 'grey')).map(({ name }) => name);
    expect(having).toEqual(['photos.phash']);
    const [features] = await readFeatures(db, NAMESPACE, cat.contentId);
    expect(features?.rows).toEqual([{ ord: 0, phash: 'cat.jpg' }]);
  });
});
