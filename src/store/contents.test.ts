import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import {
  addContents,
  addPolicies,
  BOXES,
  boxRow,
  EMBEDDING,
  NAMESPACE,
  newContent,
  newPolicy,
  prepareStore,
  vectorRow,
} from '../../test/store.ts';
import { contentIdOfGiven } from '../contract/index.ts';
import { getContent, listContents } from './content-list.ts';
import { addLabels, contentIdFor, givenIds, identify, insertContents, setLabels, setPicture } from './contents.ts';
import type { Database } from './database.ts';
import { deleteContents, describeDeletion } from './delete-contents.ts';
import { writeFeatures } from './features.ts';
import { knownLocations, locationsBelow, setLocationState } from './locations.ts';
import type { NewContent } from './records.ts';
import { PICTURE_POLICY, planTasks } from './tasks.ts';

test('contentIdFor() is a version 5 uuid of namespace and bytes', () => {
  const id = contentIdFor('demo', 'AB'.repeat(32));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(contentIdFor('demo', 'ab'.repeat(32))).toBe(id);
  expect(contentIdFor('other', 'ab'.repeat(32))).not.toBe(id);
});

describeEachDatabase('contents', (open) => {
  let db: Database;
  beforeAll(async () => {
    db = await prepareStore(await open());
  });
  const insert = (...contents: NewContent[]) => db.transaction((tx) => insertContents(tx, NAMESPACE, contents));
  const states = async (id: string) => (await getContent(db, NAMESPACE, id))?.locations;

  test('insertContents() stores a content with its location', async () => {
    const content = newContent('one.jpg', { labels: { trip: 'rome', year: 2024, good: true } });
    expect(await insert(content)).toEqual({ created: [content.contentId] });
    expect(await getContent(db, NAMESPACE, content.contentId)).toMatchObject({
      contentId: content.contentId,
      rootId: content.contentId,
      parentId: null,
      name: 'one.jpg',
      mimeType: 'image/jpeg',
      sizeBytes: 28,
      width: null,
      labels: { trip: 'rome', year: 2024, good: true },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      locations: [{ uri: 'file:///photos/one.jpg', state: 'present' }],
    });
    expect(await knownLocations(db, NAMESPACE, ['file:///photos/one.jpg', 'file:///none'])).toEqual(
      new Map([
        [
          'file:///photos/one.jpg',
          {
            contentId: content.contentId,
            size: 28,
            mtimeNs: '1700000000123456789',
            inode: '18446744073709551615',
            state: 'present',
          },
        ],
      ]),
    );
  });

  test('insertContents() adds a location and merges labels for the same bytes, in one batch and in two', async () => {
    const first = newContent('twin-a.jpg', { bytes: 'twin', labels: { a: 1, b: 1 } });
    const second = newContent('twin-b.jpg', { bytes: 'twin', labels: { b: 2 } });
    expect(await insert(first, second)).toEqual({ created: [first.contentId] });
    expect(await insert(newContent('twin-c.jpg', { bytes: 'twin', labels: { c: 3 } }))).toEqual({ created: [] });
    const content = await getContent(db, NAMESPACE, first.contentId);
    expect(content?.name).toBe('twin-a.jpg');
    expect(content?.labels).toEqual({ a: 1, b: 2, c: 3 });
    expect(content?.locations.map(({ uri }) => uri)).toEqual(
      ['a', 'b', 'c'].map((letter) => `file:///photos/twin-${letter}.jpg`),
    );
  });

  test('insertContents() moves a location whose bytes changed; the old content keeps it as missing where it lies nowhere else', async () => {
    const old = newContent('edited.jpg', { bytes: 'before' });
    const fresh = newContent('edited.jpg', { bytes: 'after' });
    await insert(old);
    await insert(fresh);
    expect(await states(old.contentId)).toEqual([{ uri: 'file:///photos/edited.jpg', state: 'missing' }]);
    expect(await states(fresh.contentId)).toEqual([{ uri: 'file:///photos/edited.jpg', state: 'present' }]);
    expect(
      (await knownLocations(db, NAMESPACE, ['file:///photos/edited.jpg'])).get('file:///photos/edited.jpg'),
    ).toMatchObject({
      contentId: fresh.contentId,
      state: 'present',
    });

    expect(await locationsBelow(db, NAMESPACE, 'file:///photos/edited.jpg', null, 9)).toEqual([
      { uri: 'file:///photos/edited.jpg', contentId: fresh.contentId, state: 'present' },
    ]);

    const copy = newContent('copy.jpg', { bytes: 'copied' });
    await insert(copy, newContent('original.jpg', { bytes: 'copied' }));
    await insert(newContent('copy.jpg', { bytes: 'other now' }));
    expect(await states(copy.contentId)).toEqual([{ uri: 'file:///photos/original.jpg', state: 'present' }]);
  });

  test('insertContents() keeps both contents present when two files swap names', async () => {
    const [a, b] = [newContent('x.jpg', { bytes: 'A' }), newContent('y.jpg', { bytes: 'B' })];
    await insert(a, b);
    await insert(newContent('x.jpg', { bytes: 'B' }), newContent('y.jpg', { bytes: 'A' }));
    expect(await states(a.contentId)).toEqual([{ uri: 'file:///photos/y.jpg', state: 'present' }]);
    expect(await states(b.contentId)).toEqual([{ uri: 'file:///photos/x.jpg', state: 'present' }]);
  });

  test('setLocationState() marks files as gone and back, for the content that lay there last', async () => {
    const old = newContent('moving.jpg', { bytes: 'moving 1' });
    const fresh = newContent('moving.jpg', { bytes: 'moving 2' });
    await insert(old);
    await insert(fresh);
    await setLocationState(db, NAMESPACE, ['file:///photos/moving.jpg'], 'missing');
    expect(await states(fresh.contentId)).toEqual([{ uri: 'file:///photos/moving.jpg', state: 'missing' }]);
    await setLocationState(db, NAMESPACE, ['file:///photos/moving.jpg'], 'present');
    expect(await states(fresh.contentId)).toEqual([{ uri: 'file:///photos/moving.jpg', state: 'present' }]);
    expect(await states(old.contentId)).toEqual([{ uri: 'file:///photos/moving.jpg', state: 'missing' }]);
  });

  test('identify() gives the next id of the same bytes where the first was updated, and refuses a taken id of a caller', async () => {
    const identified = (content: NewContent) => db.transaction((tx) => identify(tx, NAMESPACE, [content]));
    const first = newContent('first.jpg');
    expect(await identified(first)).toEqual([first]);
    await insert(first);
    expect(await identified(first)).toEqual([first]);
    await db.query(`update ns_demo._content set sha256 = 'other' where content_id = $1`, [first.contentId]);
    const [next] = await identified(first);
    expect(next?.contentId).toBe(contentIdFor(NAMESPACE, first.sha256, 2));
    await insert(...(next === undefined ? [] : [next]));
    expect(await identified(first), 'its second home').toEqual([next]);
    const named = { ...first, givenId: 'abc' };
    await expect(identified(named)).rejects.toThrow(
      'Cannot add "first.jpg" as "abc": the content of that id has other bytes',
    );
    await expect(insert(first), 'as where it was updated in between').rejects.toThrow('was changed while it was added');
  });

  test('insertContents() keeps the id as its caller wrote it, and gives it to a content that had none', async () => {
    const given = { ...newContent('given.jpg'), contentId: contentIdOfGiven('0A'), givenId: '0A' };
    await insert(given);
    await insert({ ...given, givenId: 'a' });
    expect(await getContent(db, NAMESPACE, given.contentId)).toMatchObject({ givenId: '0A', version: 1 });
    const unnamed = newContent('unnamed.jpg');
    await insert(unnamed);
    expect(await getContent(db, NAMESPACE, unnamed.contentId)).toMatchObject({ givenId: null });
    const id = unnamed.contentId.replaceAll('-', '').toUpperCase();
    expect((await insert({ ...unnamed, givenId: id })).created).toEqual([]);
    const ids = [given.contentId, unnamed.contentId, newContent('none.jpg').contentId, 'nonsense'];
    expect(await givenIds(db, NAMESPACE, ids)).toEqual(
      new Map([
        [given.contentId, '0A'],
        [unnamed.contentId, id],
      ]),
    );
  });

  test('insertContents() lets contents with the same bytes lie in one place, until its bytes change', async () => {
    const place = 'https://example.org/shared.jpg';
    const one = newContent('shared.jpg', { uri: place });
    const two = { ...one, contentId: contentIdOfGiven('2'), givenId: '2' };
    await insert(one);
    await insert(two);
    const present = [{ uri: place, state: 'present' }];
    expect([await states(one.contentId), await states(two.contentId)]).toEqual([present, present]);
    await insert(newContent('changed.jpg', { uri: place }));
    const missing = [{ uri: place, state: 'missing' }];
    expect([await states(one.contentId), await states(two.contentId)]).toEqual([missing, missing]);
  });

  test('locationsBelow() pages through a folder in byte order and takes its name literally', async () => {
    const uris = [
      'file:///f_1/B.jpg',
      'file:///f_1/a.jpg',
      'file:///f_1/ü.jpg',
      'file:///f_1/😀.jpg',
      'file:///fx1/no.jpg',
      'file:///f_10/no.jpg',
    ];
    await insert(...uris.map((uri, index) => newContent(`below ${index}`, { uri })));
    const pages = [];
    for (let after: string | null = null; ;) {
      const page = await locationsBelow(db, NAMESPACE, 'file:///f_1/', after, 3);
      if (page.length === 0) break;
      pages.push(page.map(({ uri }) => uri));
      after = page.at(-1)?.uri ?? null;
    }
    expect(pages).toEqual([uris.slice(0, 3), uris.slice(3, 4)]);
  });

  test('setLabels() merges and removes; addLabels() merges; unknown ids are passed over', async () => {
    const [id = ''] = await addContents(db, 'labelled.jpg');
    await setLabels(db, NAMESPACE, [id, 'nonsense'], { a: 1, b: 'x' }, []);
    await setLabels(db, NAMESPACE, [id], { b: 'y' }, ['a']);
    await addLabels(db, NAMESPACE, [id], { c: false });
    expect((await getContent(db, NAMESPACE, id))?.labels).toEqual({ b: 'y', c: false });
  });

  test('setPicture() stores sizes', async () => {
    const [id = ''] = await addContents(db, 'sized.jpg');
    await db.transaction((tx) => setPicture(tx, NAMESPACE, [{ contentId: id, width: 640, height: 480, frames: 3 }]));
    expect(await getContent(db, NAMESPACE, id)).toMatchObject({ width: 640, height: 480, frames: 3 });
  });

  test('texts that PostgreSQL refuses are stored without what it refuses', async () => {
    const content = newContent('nul\0 and half \ud800.jpg', { labels: { 'k\0': 'v\0' } });
    await insert(content);
    expect(await getContent(db, NAMESPACE, content.contentId)).toMatchObject({
      name: 'nul and half \ufffd.jpg',
      labels: { k: 'v' },
    });
  });

  test('getContent() knows nothing of unknown ids, uuids or not', async () => {
    expect(await getContent(db, NAMESPACE, 'nonsense')).toBeUndefined();
    expect(await getContent(db, NAMESPACE, '00000000-0000-4000-8000-000000000000')).toBeUndefined();
  });
});

describeEachDatabase('listContents()', (open) => {
  let db: Database;
  let ids: string[];
  beforeAll(async () => {
    db = await prepareStore(await open());
    ids = [];
    for (const year of [1, 2, 3, 4, 5]) {
      const content = newContent(`${year}.jpg`, { labels: { year, kind: year % 2 === 0 ? 'even' : 'odd' } });
      await db.transaction((tx) => insertContents(tx, NAMESPACE, [content]));
      ids.unshift(content.contentId);
    }
    await db.transaction((tx) => planTasks(tx, NAMESPACE, [{ ...PICTURE_POLICY, contentId: ids[0] ?? '' }]));
  });

  test('pages from the newest on, also while contents come', async () => {
    const first = await listContents(db, NAMESPACE, { limit: 2, label: [] });
    const later = newContent('6.jpg');
    await db.transaction((tx) => insertContents(tx, NAMESPACE, [later]));
    const second = await listContents(db, NAMESPACE, { limit: 2, label: [], cursor: first.cursor });
    const third = await listContents(db, NAMESPACE, { limit: 2, label: [], cursor: second.cursor });
    expect([first, second, third].flatMap(({ contents }) => contents.map(({ contentId }) => contentId))).toEqual(ids);
    expect([first.total, third.total, third.cursor]).toEqual([5, 6, undefined]);
    await deleteContents(db, NAMESPACE, [later.contentId]);
  });

  test('filters by labels of any type, and by the state of tasks', async () => {
    const names = async (label: string[], state?: Parameters<typeof listContents>[2]['state']) => {
      const { contents, total } = await listContents(db, NAMESPACE, { limit: 10, label, state });
      expect(total).toBe(contents.length);
      return contents.map(({ name }) => name);
    };
    expect(await names(['kind=even'])).toEqual(['4.jpg', '2.jpg']);
    expect(await names(['kind=odd', 'year=3'])).toEqual(['3.jpg']);
    expect(await names(['year=x'])).toEqual([]);
    expect(await names([], 'waiting')).toEqual(['5.jpg']);
    expect(await names([], 'failed')).toEqual([]);
    expect(await names([], 'open')).toEqual(['5.jpg']);
    expect(await names([], 'indexed')).toEqual(['4.jpg', '3.jpg', '2.jpg', '1.jpg']);
  });

  test('filters by conditions, by what policies have done, and by place, and counts what passes', async () => {
    const [boxes] = await addPolicies(db, newPolicy('objects', BOXES));
    const version = { policyId: boxes?.id ?? 0, version: 1 };
    const done = ids.slice(1, 3);
    await db.transaction((tx) =>
      planTasks(
        tx,
        NAMESPACE,
        ids.map((contentId) => ({ ...version, contentId })),
      ),
    );
    await db.query(`update ns_demo._task set state = 'done' where policy_id = $1 and content_id = any ($2::uuid[])`, [
      version.policyId,
      done,
    ]);
    const page = async (query: Partial<Parameters<typeof listContents>[2]>) => {
      const { contents, total } = await listContents(db, NAMESPACE, { limit: 10, label: [], ...query });
      return [contents.map(({ name }) => name), total];
    };
    const atLeastThree = [{ key: 'year', op: '>=', value: 3 }] as const;
    expect(await page({ filters: atLeastThree })).toEqual([['5.jpg', '4.jpg', '3.jpg'], 3]);
    expect(await page({ filters: atLeastThree, label: ['kind=even'] })).toEqual([['4.jpg'], 1]);
    expect(await page({ policies: [version] })).toEqual([['4.jpg', '3.jpg'], 2]);
    expect(await page({ policies: [] })).toEqual([[], 0]);
    expect(await page({ after: ids[3], limit: 1 })).toEqual([['1.jpg'], 5]);
    expect(await page({ after: ids[1], filters: atLeastThree })).toEqual([['3.jpg'], 3]);
  });

  test('finds a text in names, in small letters or capitals, and takes nothing in it for a sign', async () => {
    const named = ['Äpfel_100%.JPG', 'äpfel-1000.jpg'].map((name) => newContent(name));
    for (const content of named) await db.transaction((tx) => insertContents(tx, NAMESPACE, [content]));
    const found = async (name: string) => {
      const { contents, total } = await listContents(db, NAMESPACE, { limit: 10, label: [], name });
      return [contents.map((content) => content.name), total];
    };
    expect(await found('ÄPFEL')).toEqual([['äpfel-1000.jpg', 'Äpfel_100%.JPG'], 2]);
    expect(await found('100%.jpg')).toEqual([['Äpfel_100%.JPG'], 1]);
    expect(await found('l_1')).toEqual([['Äpfel_100%.JPG'], 1]);
    expect(await found(`'; select`)).toEqual([[], 0]);
    await deleteContents(
      db,
      NAMESPACE,
      named.map(({ contentId }) => contentId),
    );
  });

  test('refuses a cursor and a label that are none', async () => {
    await expect(listContents(db, NAMESPACE, { limit: 2, label: [], cursor: 'bm9uc2Vuc2U' })).rejects.toThrow(
      'Cannot continue from cursor',
    );
    await expect(listContents(db, NAMESPACE, { limit: 2, label: ['trip'] })).rejects.toThrow(
      'Cannot read label "trip"',
    );
  });
});

describeEachDatabase('deleteContents()', (open) => {
  test('leaves no row of the content in any table, its children included', async () => {
    const db = await prepareStore(await open());
    const [boxes, embedding] = await addPolicies(db, newPolicy('objects', BOXES), newPolicy('clip', EMBEDDING));
    const [keep = '', drop = ''] = await addContents(db, 'keep.jpg', 'drop.jpg');
    const blob = newContent('drop.jpg', { uri: 'fovea:abc' });
    const child = '11111111-1111-4111-8111-111111111111';
    await db.transaction(async (tx) => {
      await insertContents(tx, NAMESPACE, [blob]);
      await tx.query(
        `insert into ns_demo._content (content_id, root_id, parent_id, sha256, mime_type, size_bytes, name) values ($1, $2, $2, '', 'image/jpeg', 1, 'child')`,
        [child, drop],
      );
      for (const contentId of [keep, drop, child]) {
        await planTasks(tx, NAMESPACE, [
          { ...PICTURE_POLICY, contentId },
          { policyId: boxes?.id ?? 0, version: 1, contentId },
        ]);
        if (boxes !== undefined)
          await writeFeatures(tx, NAMESPACE, boxes, [{ contentId, rows: [boxRow('dog', 0.9), boxRow('cat', 0.8)] }]);
        if (embedding !== undefined)
          await writeFeatures(tx, NAMESPACE, embedding, [{ contentId, rows: [vectorRow(1, 0, 0)] }]);
      }
    });
    const before = await rowsByTable(db);
    expect(Object.keys(before).toSorted()).toEqual([
      '_content',
      '_location',
      '_p1_v1',
      '_p2_v1',
      '_task',
      '_text_content',
    ]);

    const asked = [drop, 'nonsense', '22222222-2222-4222-8222-222222222222'];
    const told = await describeDeletion(db, NAMESPACE, asked);
    expect(told).toMatchObject({ derived: 1, rows: 6, storedBytes: 32, keptFiles: 1, orphanBlobs: ['fovea:abc'] });
    expect(await rowsByTable(db)).toEqual(before);
    const deleted = await deleteContents(db, NAMESPACE, asked);
    expect(deleted).toEqual(told);
    expect(deleted.deleted.toSorted()).toEqual([drop, child].toSorted());
    expect(deleted.unknown).toEqual(['nonsense', '22222222-2222-4222-8222-222222222222']);
    expect(deleted.orphanBlobs).toEqual(['fovea:abc']);
    expect(await rowsByTable(db)).toEqual({
      _content: [keep],
      _location: [keep],
      _p1_v1: [keep, keep],
      _p2_v1: [keep],
      _task: [keep, keep],
      _text_content: [keep],
    });

    // Nothing plans tasks for what is gone.
    expect(await db.transaction((tx) => planTasks(tx, NAMESPACE, [{ ...PICTURE_POLICY, contentId: drop }]))).toBe(0);
  });

  test('keeps stored bytes that another namespace refers to', async () => {
    const db = await prepareStore(await open());
    const { ensureNamespace } = await import('./namespaces.ts');
    await ensureNamespace(db, 'other');
    const here = newContent('a.jpg', { uri: 'fovea:same' });
    await db.transaction((tx) => insertContents(tx, NAMESPACE, [here]));
    await db.transaction((tx) =>
      insertContents(tx, 'other', [newContent('a.jpg', { uri: 'fovea:same', namespace: 'other' })]),
    );
    const nothing = { orphanBlobs: [], storedBytes: 0 };
    expect(await describeDeletion(db, NAMESPACE, [here.contentId])).toMatchObject(nothing);
    expect(await deleteContents(db, NAMESPACE, [here.contentId])).toMatchObject(nothing);
  });
});

/** Content ids of every table of the namespace that has the column. */
async function rowsByTable(db: Database): Promise<Record<string, string[]>> {
  const tables = await db.query<{ name: string }>(
    `select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
      where c.table_schema = 'ns_demo' and c.column_name = 'content_id' and t.table_type = 'BASE TABLE'`,
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables.rows) {
    const { rows } = await db.query<{ content_id: string }>(
      `select content_id from ns_demo."${name}" order by content_id`,
    );
    found[name] = rows.map(({ content_id: id }) => id);
  }
  return found;
}
