import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import {
  addPolicies,
  BOXES,
  boxRow,
  EMBEDDING,
  NAMESPACE,
  newContent,
  newPolicy,
  prepareStore,
  unit,
  vectorRow,
} from '../../test/store.ts';
import { insertContents } from './contents.ts';
import type { Database } from './database.ts';
import { deleteContents } from './delete-contents.ts';
import { writeFeatures } from './features.ts';
import { contentColumns, hydrate, positionsOf } from './hydrate.ts';
import { buildHnsw, dropHnsw, hasHnsw, listIndexes } from './indexes.ts';
import { setLocationState } from './locations.ts';
import { dropNamespace, ensureNamespace } from './namespaces.ts';
import type { PolicyRecord, SqlCondition, VectorIndex } from './records.ts';
import { tableSizes } from './table-sizes.ts';
import { measureTables } from './view-sql.ts';
import { nearestRows } from './nearest-rows.ts';
import { countMatching, countRows, matchingContents, nearest } from './vectors.ts';
import type { NearestOptions } from './vectors.ts';

/** Contents on a quarter circle: number n lies n degrees from the x axis. */
const DEGREES = Array.from({ length: 91 }, (_, degree) => degree);
const at = (degree: number): [number, number, number] => [
  Math.cos((degree * Math.PI) / 180),
  Math.sin((degree * Math.PI) / 180),
  0,
];

describeEachDatabase('vector search', (open) => {
  let db: Database;
  let clip: VectorIndex;
  let regions: VectorIndex;
  let boxes: PolicyRecord;
  let whole: PolicyRecord;
  let ids: string[];
  const degreeOf = (contentId: string) => ids.indexOf(contentId);
  beforeAll(async () => {
    db = await prepareStore(await open());
    const policies = await addPolicies(
      db,
      newPolicy('clip', EMBEDDING, { space: 'space', model: 'tiny' }),
      newPolicy('objects', BOXES),
      newPolicy('parts', EMBEDDING, { contentSource: 'objects', space: 'space' }),
    );
    const [first, detector, parts] = policies as [PolicyRecord, PolicyRecord, PolicyRecord];
    whole = first;
    boxes = detector;
    clip = { policyId: whole.id, version: 1, output: 'embedding', dimension: 3 };
    regions = { policyId: parts.id, version: 1, output: 'embedding', dimension: 3 };
    const contents = DEGREES.map((degree) =>
      newContent(`${degree}.jpg`, { labels: { degree, even: degree % 2 === 0 } }),
    );
    ids = contents.map(({ contentId }) => contentId);
    await db.transaction(async (tx) => {
      await insertContents(tx, NAMESPACE, contents);
      await writeFeatures(
        tx,
        NAMESPACE,
        whole,
        ids.map((contentId, degree) => ({ contentId, rows: [vectorRow(...at(degree))] })),
      );
      // Content 0 has fifty parts near 45 degrees, contents 1 to 3 have one each further off.
      const crowd = Array.from({ length: 50 }, (_, ord) => ({ ...vectorRow(...at(45 + ord / 100)), ord }));
      const others = [1, 2, 3].map((place) => ({
        contentId: ids[place] ?? '',
        rows: [{ ...vectorRow(...at(50 + place)), ord: 7 }],
      }));
      await writeFeatures(tx, NAMESPACE, parts, [{ contentId: ids[0] ?? '', rows: crowd }, ...others]);
      await writeFeatures(tx, NAMESPACE, detector, [
        { contentId: ids[1] ?? '', rows: [{ ...boxRow('dog', 0.9, 5), ord: 7 }] },
      ]);
    });
  });
  const search = async (degree: number, options: Partial<NearestOptions> = {}, index = clip) => {
    const found = await nearest(db, NAMESPACE, index, unit(...at(degree)), { limit: 3, path: 'exact', ...options });
    return found.map(({ contentId }) => degreeOf(contentId));
  };
  const label = (key: string, value: string): SqlCondition => ({ labels: [{ key, value }] });
  const where = (text: string): SqlCondition => ({ labels: [], where: text });

  test('nearestRows() gives each content its own nearest rows, the nearest first', async () => {
    const contentIds = [1, 0, 4].map((place) => ids[place] ?? '');
    const rows = await nearestRows(db, NAMESPACE, regions, unit(...at(90)), { contentIds, each: 2 });
    // Content 0 has one at every hundredth of a degree from 45 to 45.5, content 1 one at 51, content 4 none.
    expect(rows.map(({ contentId }) => degreeOf(contentId))).toEqual([1, 0, 0]);
    expect(rows[0]).toMatchObject({ ord: 7, distance: expect.closeTo(1 - Math.cos((39 * Math.PI) / 180), 3) });
    // Half floats tell neighbours apart no better.
    for (const { ord } of rows.slice(1)) expect(ord).toBeGreaterThan(35);
    expect(await nearestRows(db, NAMESPACE, regions, unit(1, 0, 0), { contentIds: [], each: 2 })).toEqual([]);
  });

  test('nearest() gives the nearest first, with the cosine distance', async () => {
    const found = await nearest(db, NAMESPACE, clip, unit(...at(30.2)), { limit: 3, path: 'exact' });
    expect(found.map(({ contentId }) => degreeOf(contentId))).toEqual([30, 31, 29]);
    expect(found[0]).toMatchObject({ ord: 0 });
    expect(found[1]?.distance).toBeCloseTo(1 - Math.cos((0.8 * Math.PI) / 180), 3);
  });

  test('nearest() filters by labels, by a condition, and by both', async () => {
    for (const path of ['exact', 'filter-first'] as const) {
      expect(await search(30.2, { path, condition: label('even', 'true') })).toEqual([30, 32, 28]);
      expect(await search(30.2, { path, condition: where(`c.name in ('3.jpg', '4.jpg')`) })).toEqual([4, 3]);
      expect(
        await search(30.2, {
          path,
          condition: { labels: [{ key: 'even', value: 'true' }], where: `name like '_.jpg' -- small` },
        }),
      ).toEqual([8, 6, 4]);
      expect(await search(30.2, { path, condition: label('degree', '77') })).toEqual([77]);
      expect(await search(30.2, { path, condition: label('degree', 'none') })).toEqual([]);
    }
  });

  test('nearest() gives distinct contents, each with its best row, however many rows one has', async () => {
    const found = await nearest(db, NAMESPACE, regions, unit(...at(45)), { limit: 3, path: 'exact' });
    expect(found.map(({ contentId, ord }) => [degreeOf(contentId), ord])).toEqual([
      [0, 0],
      [1, 7],
      [2, 7],
    ]);
    expect(await search(45, { limit: 100 }, regions)).toEqual([0, 1, 2, 3]);
  });

  test('nearest() runs a condition as the reader: what it may not see stays unseen', async () => {
    await expect(search(1, { condition: where('exists (select 1 from fovea.setting)') })).rejects.toMatchObject({
      sqlState: '42501',
    });
    await expect(countMatching(db, NAMESPACE, where('exists (select 1 from ns_demo._task)'))).rejects.toMatchObject({
      sqlState: '42501',
    });
  });

  test('nearest() ends a condition that takes too long, and says what is wrong with one that fails', async () => {
    const endless = where('(select count(*) from generate_series(1, 1000000000)) > 0');
    const ended = nearest(db, NAMESPACE, clip, unit(1, 0, 0), {
      limit: 3,
      path: 'exact',
      condition: endless,
      timeoutMs: 300,
    });
    await expect(ended).rejects.toThrow('Cannot search with this condition: it took longer than 300 ms');
    await expect(countMatching(db, NAMESPACE, where('1 / (width - width) > 0 or 1 / 0 > 0'))).rejects.toThrow(
      'Cannot search with this condition: division by zero',
    );
  });

  test('buildHnsw() makes an index that nearest() uses, at every selectivity', async () => {
    expect(await hasHnsw(db, NAMESPACE, clip)).toBe(false);
    await buildHnsw(db, NAMESPACE, clip);
    await buildHnsw(db, NAMESPACE, clip);
    expect(await hasHnsw(db, NAMESPACE, clip)).toBe(true);
    const plan = await db.transaction(async (tx) => {
      await tx.execute('set local enable_seqscan = off');
      const vector = tx.dialect.vector(unit(1, 0, 0));
      return (
        await tx.query(
          `explain select content_id from ns_demo._p${clip.policyId}_v1 order by embedding <=> '${vector}' limit 3`,
        )
      ).rows;
    });
    expect(JSON.stringify(plan)).toContain('hnsw');
    expect(await search(30.2, { path: 'hnsw', efSearch: 40 })).toEqual([30, 31, 29]);
    expect(await search(30.2, { path: 'hnsw', efSearch: 40, limit: 91 })).toHaveLength(91);
    expect(await search(10, { path: 'hnsw', efSearch: 1, condition: label('degree', '90') })).toEqual([90]);
    expect(
      await search(30.2, { path: 'hnsw', efSearch: 40, condition: where(`name like '8_.jpg'`), limit: 20 }),
    ).toEqual(Array.from({ length: 10 }, (_, index) => 80 + index));
    // A scan that gives up early is no answer: the exact path gives it.
    expect(
      await search(10, { path: 'hnsw', efSearch: 1, limit: 1, maxScanTuples: 1, condition: label('degree', '90') }),
    ).toEqual([90]);
    await dropHnsw(db, NAMESPACE, clip);
    expect(await hasHnsw(db, NAMESPACE, clip)).toBe(false);
  });

  test('listIndexes() tells of vectors in use; countRows() counts them', async () => {
    expect(await listIndexes(db, NAMESPACE)).toEqual([
      {
        name: 'photos.clip.embedding',
        graph: 'photos',
        policy: 'clip',
        output: 'embedding',
        dimension: 3,
        metric: 'cosine',
        rows: 91,
        space: 'space',
        model: 'tiny',
        hnsw: false,
        bytes: expect.any(Number),
      },
      {
        name: 'photos.parts.embedding',
        graph: 'photos',
        policy: 'parts',
        output: 'embedding',
        dimension: 3,
        metric: 'cosine',
        rows: 53,
        space: 'space',
        model: null,
        hnsw: false,
        bytes: expect.any(Number),
      },
    ]);
    expect(await countRows(db, NAMESPACE, regions)).toBe(53);
  });

  test('measureTables() tells how many rows a table shows, and the bytes that hold them, with their indexes', async () => {
    const tables = new Map((await measureTables(db, NAMESPACE)).map((table) => [table.name, table]));
    const rowsOf = (name: string) => tables.get(name)?.rows;
    expect(['content', 'ingestion', 'photos', 'photos.clip', 'photos.parts'].map(rowsOf)).toEqual([91, 1, 1, 91, 53]);
    expect([...tables.values()].every(({ rowsAreEstimated }) => !rowsAreEstimated)).toBe(true);
    const before = tables.get('photos.clip')?.bytes ?? 0;
    const sizeOf = async (name: string): Promise<number | undefined> =>
      (await listIndexes(db, NAMESPACE)).find((index) => index.name === name)?.bytes;
    expect(before).toBe(await sizeOf('photos.clip.embedding'));
    await buildHnsw(db, NAMESPACE, clip);
    expect(await sizeOf('photos.clip.embedding')).toBeGreaterThan(before);
    await dropHnsw(db, NAMESPACE, clip);
  });

  test('tableSizes() takes the estimate of the planner for a large table, and leaves out what is not there', async () => {
    await db.execute(`create table ns_${NAMESPACE}._large as select n from generate_series(1, 60000) n;
      analyze ns_${NAMESPACE}._large`);
    const sizes = await tableSizes(db, NAMESPACE, ['_large', '_content', '_gone']);
    expect([...sizes.keys()].toSorted()).toEqual(['_content', '_large']);
    expect(sizes.get('_large')).toMatchObject({ rows: expect.closeTo(60_000, -4), isEstimated: true });
    expect(sizes.get('_content')).toMatchObject({ rows: 91, isEstimated: false });
    await db.execute(`drop table ns_${NAMESPACE}._large`);
  });

  test('countMatching() and matchingContents() answer in a namespace that was dropped and made again', async () => {
    const condition: SqlCondition = { labels: [{ key: 'trip', value: 'rome' }], where: 'c.width is null' };
    const page = { limit: 5, offset: 0 };
    for (const round of [1, 2]) {
      await ensureNamespace(db, 'again');
      const content = newContent(`${round}.jpg`, { namespace: 'again', labels: { trip: 'rome' } });
      await db.transaction((tx) => insertContents(tx, 'again', [content]));
      expect(await matchingContents(db, 'again', condition, page)).toEqual([{ contentId: content.contentId }]);
      expect(await countMatching(db, 'again', condition)).toBe(1);
      await dropNamespace(db, 'again');
    }
  });

  test('countMatching() and matchingContents() list what passes, newest first', async () => {
    expect(await countMatching(db, NAMESPACE, label('even', 'true'))).toBe(46);
    expect(await countMatching(db, NAMESPACE, where('c.size_bytes > 20'), 10)).toBe(10);
    const named = where(`name like '4_.jpg'`);
    const idsOf = async (offset: number) =>
      (await matchingContents(db, NAMESPACE, named, { limit: 6, offset })).map(({ contentId }) => contentId);
    const all = await idsOf(0);
    const rest = await idsOf(6);
    expect([...all, ...rest].map(degreeOf).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, index) => 40 + index),
    );
    expect(all).toHaveLength(6);
  });

  test('hydrate() reads what hits show, in the order given, and leaves out what has gone', async () => {
    const gone = newContent('gone.jpg');
    await db.transaction((tx) => insertContents(tx, NAMESPACE, [gone]));
    await deleteContents(db, NAMESPACE, [gone.contentId]);
    await setLocationState(db, NAMESPACE, ['file:///photos/2.jpg'], 'missing');
    const hits = [ids[2], gone.contentId, ids[1]].map((contentId = '') => ({ contentId, ord: 7 }));
    expect(await hydrate(db, NAMESPACE, hits, { index: regions })).toEqual([
      {
        contentId: ids[2],
        name: '2.jpg',
        sha256: newContent('2.jpg').sha256,
        color: null,
        uri: null,
        mimeType: 'image/jpeg',
        width: null,
        height: null,
        labels: { degree: 2, even: true },
        ord: 7,
        region: null,
      },
      {
        contentId: ids[1],
        name: '1.jpg',
        sha256: newContent('1.jpg').sha256,
        color: null,
        uri: 'file:///photos/1.jpg',
        mimeType: 'image/jpeg',
        width: null,
        height: null,
        labels: { degree: 1, even: false },
        ord: 7,
        region: { xmin: 5, ymin: 1, xmax: 15, ymax: 11 },
      },
    ]);
    expect(await hydrate(db, NAMESPACE, [{ contentId: ids[1] ?? '', ord: 0 }], { index: clip })).toMatchObject([
      { ord: null, region: null },
    ]);
    expect(await hydrate(db, NAMESPACE, [{ contentId: ids[1] ?? '', ord: null }])).toMatchObject([
      { name: '1.jpg', ord: null, region: null },
    ]);
    expect(
      await hydrate(db, NAMESPACE, [{ contentId: ids[1] ?? '', ord: 7 }], {
        index: { ...regions, policyId: boxes.id },
      }),
    ).toMatchObject([{ region: { xmin: 5, ymin: 1, xmax: 15, ymax: 11 } }]);
  });

  test('contentColumns() reads what the view shows of some', async () => {
    const [, other = ''] = ids;
    expect(await contentColumns(db, NAMESPACE, ['name', 'size_bytes', 'labels'], [other])).toEqual(
      new Map([[other, { name: '1.jpg', size_bytes: expect.any(Number), labels: { degree: 1, even: false } }]]),
    );
  });

  describe('of a video by its frames', () => {
    /** The first twelve of the long one lie nearer together than the pictures, others between them; the short one has one. */
    const FRAMES = 40;
    const degree = (place: number) => (place === FRAMES ? 20.1 : place < 12 ? 10.5 + place / 100 : 40.4 + place);
    const frame: readonly string[] = Array.from({ length: FRAMES + 1 }, () => randomUUID());
    const [long, short] = [newContent('long.mp4', { mimeType: 'video/mp4' }), newContent('short.mp4')];
    const videos = [long.contentId, short.contentId];
    const found = async (direction: number, options: Partial<NearestOptions> = {}) => {
      const near = await nearest(db, NAMESPACE, clip, unit(...at(direction)), { limit: 3, path: 'exact', ...options });
      return near.map(({ rootId, contentId, moments }) => [
        videos.includes(rootId) ? videos.indexOf(rootId) - 2 : degreeOf(rootId),
        frame.indexOf(contentId),
        moments?.map((moment) => frame.indexOf(moment.contentId)),
      ]);
    };
    beforeAll(async () => {
      await db.transaction(async (tx) => {
        await insertContents(tx, NAMESPACE, [long, short]);
        const parents = frame.map((_id, place) => (place < FRAMES ? long.contentId : short.contentId));
        await tx.query(
          `insert into ns_${NAMESPACE}._content (content_id, root_id, parent_id, sha256, mime_type, size_bytes, name, position)
             select t.id, t.parent, t.parent, 'sha of ' || t.place, 'image/jpeg', 1, 'frame', jsonb_build_object('frame', t.place, 'timeMs', 9000 - 40 * t.place)
               from unnest($1::uuid[], $2::uuid[], $3::integer[]) as t (id, parent, place)`,
          [frame, parents, frame.map((_id, place) => place)],
        );
        const results = frame.map((contentId, place) => ({
          contentId,
          rows: [vectorRow(...at(degree(place)))],
        }));
        await writeFeatures(tx, NAMESPACE, whole, results);
      });
    });
    afterAll(() => deleteContents(db, NAMESPACE, videos));

    test('nearest() gives it once, with the frames that lie nearest', async () => {
      expect(await found(62.6)).toEqual([
        [-2, 22, [22, 23, 21, 24, 20]],
        [63, -1, undefined],
        [62, -1, undefined],
      ]);
      expect((await found(20.2))[0]).toEqual([-1, FRAMES, [FRAMES]]);
    });

    test('nearest() gives as many contents as are asked for, however many frames lie nearer', async () => {
      for (const path of ['exact', 'filter-first'] as const) {
        expect((await found(10.55, { path, limit: 2 })).map(([root]) => root)).toEqual([-2, 11]);
        expect(await found(10.55, { path, limit: 200 })).toHaveLength(DEGREES.length + 2);
      }
    });

    test('nearest() holds conditions against frames, and countMatching() counts videos', async () => {
      const early = where('time_ms > 8000 and parent_id is not null');
      expect(await found(62.6, { condition: early })).toEqual([[-2, 22, [22, 23, 21, 24, 20]]]);
      expect((await found(62.6, { condition: where('time_ms < 8100') }))[0]?.slice(0, 2)).toEqual([-2, 23]);
      expect(await countMatching(db, NAMESPACE, early)).toBe(1);
      expect(await countMatching(db, NAMESPACE, where('true'))).toBe(DEGREES.length + 2);
      expect(await countMatching(db, NAMESPACE, { ...early, rootId: long.contentId }, 1)).toBe(1);
    });

    test('matchingContents() names the frames that pass, by their time', async () => {
      const page = { limit: 10, offset: 0 };
      const late = await matchingContents(db, NAMESPACE, where('time_ms between 7430 and 7600'), page);
      expect(late).toEqual([{ contentId: long.contentId, moments: [39, 38, 37, 36, 35].map((place) => frame[place]) }]);
      const itself = await matchingContents(db, NAMESPACE, where(`root_id = '${long.contentId}'`), page);
      expect(itself).toEqual([{ contentId: long.contentId }]);
    });

    test('positionsOf() says where frames lie, of pictures nothing', async () => {
      const [first = ''] = frame;
      expect(await positionsOf(db, NAMESPACE, [first, ids[0] ?? ''])).toEqual(
        new Map([[first, { sha256: 'sha of 0', frame: 0, timeMs: 9000 }]]),
      );
    });
  });
});
