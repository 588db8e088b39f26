import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addPolicies, BOXES, boxRow, NAMESPACE, newContent, newPolicy, prepareStore } from '../../test/store.ts';
import { TimeoutError } from '../contract/index.ts';
import { insertContents } from './contents.ts';
import type { Database } from './database.ts';
import { countFacets, type FacetColumn } from './facets.ts';
import { deleteContents } from './delete-contents.ts';
import { writeFeatures } from './features.ts';
import type { PolicyRecord } from './records.ts';

const boxes = (column: string, type: string): FacetColumn => ({
  kind: 'column',
  table: 'photos.objects',
  column,
  type,
});
const content = (column: string, type: string): FacetColumn => ({ kind: 'column', table: 'content', column, type });

describeEachDatabase('countFacets()', (open) => {
  let db: Database;
  let objects: PolicyRecord;
  beforeAll(async () => {
    db = await prepareStore(await open());
    const contents = [
      newContent('park.jpg', { labels: { trip: 'rome', day: 1 } }),
      newContent('street.png', { labels: { trip: 'rome' }, mimeType: 'image/png' }),
      newContent('sky.jpg', { labels: { trip: 'oslo' } }),
      newContent('wall.jpg'),
    ];
    await db.transaction((tx) => insertContents(tx, NAMESPACE, contents));
    const ids = contents.map(({ contentId }) => contentId);
    const [detector, tags] = await addPolicies(
      db,
      newPolicy('objects', BOXES),
      newPolicy(
        'tags',
        { columns: { tags: { type: 'text[]' }, taken_at: { type: 'timestamp' } }, vectors: {} },
        { extractor: 'image/exif' },
      ),
    );
    if (detector === undefined || tags === undefined) throw new Error('No policies');
    objects = detector;
    const tagged = (given: string[] | null, taken: string | null) => [
      { columns: { tags: given, taken_at: taken }, vectors: {} },
    ];
    await db.transaction(async (tx) => {
      await writeFeatures(tx, NAMESPACE, objects, [
        { contentId: ids[0] ?? '', rows: [boxRow('dog', 0.5), boxRow('dog', 0.25), boxRow('person', 0.5)] },
        { contentId: ids[1] ?? '', rows: [boxRow('dog', 0.5)] },
        { contentId: ids[2] ?? '', rows: [boxRow('Kite 表', 0.5)] },
        { contentId: ids[3] ?? '', rows: [] },
      ]);
      await writeFeatures(tx, NAMESPACE, tags, [
        { contentId: ids[0] ?? '', rows: tagged(['green', 'day'], '2023-12-31T23:30:00.000Z') },
        { contentId: ids[1] ?? '', rows: tagged(['day'], '2024-01-01T00:30:00.000Z') },
        { contentId: ids[2] ?? '', rows: tagged(null, '2024-02-29T12:00:00.000Z') },
      ]);
    });
  });

  const count = (columns: readonly FacetColumn[], options: Partial<Parameters<typeof countFacets>[3]> = {}) =>
    countFacets(db, NAMESPACE, columns, { limit: 20, ...options });

  test('counts contents, not rows, the most frequent value first, and who has none', async () => {
    const [names, scores, types] = await count([
      boxes('object_name', 'text'),
      boxes('score', 'real'),
      content('mime_type', 'text'),
    ]);
    expect(names).toEqual({
      total: 4,
      missing: 1,
      distinct: 3,
      values: [
        { value: 'dog', contents: 2 },
        { value: 'Kite 表', contents: 1 },
        { value: 'person', contents: 1 },
      ],
    });
    expect(scores?.values).toEqual([
      { value: 0.5, contents: 3 },
      { value: 0.25, contents: 1 },
    ]);
    expect(types).toMatchObject({
      missing: 0,
      values: [
        { value: 'image/jpeg', contents: 3 },
        { value: 'image/png', contents: 1 },
      ],
    });
  });

  test('counts tags, labels, years and months by when a picture was taken, in UTC', async () => {
    const tags: FacetColumn = { kind: 'column', table: 'photos.tags', column: 'tags', type: 'text[]' };
    const [byTag, byTrip, byDay, byYear, byMonth] = await count([
      tags,
      { kind: 'label', key: 'trip' },
      { kind: 'label', key: 'day' },
      { kind: 'year' },
      { kind: 'month' },
    ]);
    const pairs = (facet: typeof byTag) => facet?.values.map(({ value, contents }) => [value, contents]);
    expect([pairs(byTag), byTag?.missing]).toEqual([
      [
        ['day', 2],
        ['green', 1],
      ],
      2,
    ]);
    expect(pairs(byTrip)).toEqual([
      ['rome', 2],
      ['oslo', 1],
    ]);
    expect(pairs(byDay)).toEqual([['1', 1]]);
    const added = new Date().getUTCFullYear();
    expect(pairs(byYear)).toEqual([
      [2024, 2],
      [2023, 1],
      [added, 1],
    ]);
    expect(
      pairs(byMonth)
        ?.slice(0, 3)
        .map(([value]) => value),
    ).toEqual(['2023-12', '2024-01', '2024-02']);
    expect([byYear?.missing, byMonth?.missing]).toEqual([0, 0]);
  });

  test('counts those that pass a condition and labels, and cuts values at the limit, not the counts', async () => {
    const [facet] = await count([boxes('object_name', 'text')], {
      limit: 1,
      condition: { labels: [{ key: 'trip', value: 'rome' }], where: 'true -- all' },
    });
    expect(facet).toEqual({ total: 2, missing: 0, distinct: 2, values: [{ value: 'dog', contents: 2 }] });
    const [none] = await count([boxes('object_name', 'text')], { condition: { labels: [], where: 'false' } });
    expect(none).toEqual({ total: 0, missing: 0, distinct: 0, values: [] });
  });

  test('counts a video once, whatever its frames are', async () => {
    const video = newContent('film.mp4', { mimeType: 'video/mp4' });
    const frames = [randomUUID(), randomUUID()];
    await db.transaction(async (tx) => {
      await insertContents(tx, NAMESPACE, [video]);
      await tx.query(
        `insert into ns_${NAMESPACE}._content (content_id, root_id, parent_id, sha256, mime_type, size_bytes, name)
           select t.id, $2, $2, '', 'image/jpeg', 1, 'frame' from unnest($1::uuid[]) as t (id)`,
        [frames, video.contentId],
      );
      const results = frames.map((contentId) => ({ contentId, rows: [boxRow('boat', 0.5), boxRow('dog', 0.5)] }));
      await writeFeatures(tx, NAMESPACE, objects, results);
    });
    const [facet] = await count([boxes('object_name', 'text')], {
      condition: { labels: [], where: "name <> 'sky.jpg'" },
    });
    expect(facet).toMatchObject({ total: 4, missing: 1, distinct: 3 });
    expect(facet?.values).toEqual([
      { value: 'dog', contents: 3 },
      { value: 'boat', contents: 1 },
      { value: 'person', contents: 1 },
    ]);
    await deleteContents(db, NAMESPACE, [video.contentId]);
  });

  test('ends in time, and tells what a condition does wrong', async () => {
    const bomb = { labels: [], where: '(select count(*) from generate_series(1, 1000000000)) > 0' };
    const failure = await count([content('name', 'text')], { condition: bomb, timeoutMs: 300 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TimeoutError);
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^Cannot count by these columns: it took longer than 300 ms/),
    });
    await expect(
      count([content('name', 'text')], { condition: { labels: [], where: '1 / (size_bytes - size_bytes) > 0' } }),
    ).rejects.toMatchObject({
      code: 'sql',
      sqlState: '22012',
    });
  });
});
