import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import {
  addContents,
  addPolicies,
  BOXES,
  boxRow,
  EMBEDDING,
  NAMESPACE,
  newPolicy,
  prepareStore,
  unit,
  vectorRow,
} from '../../test/store.ts';
import type { FeatureRow, OutputSpec } from '../contract/index.ts';
import type { Database } from './database.ts';
import { readFeatures, readRegions, readVector, writeFeatures } from './features.ts';
import type { PolicyRecord } from './records.ts';
import { readTexts } from './source-texts.ts';

const EVERYTHING: OutputSpec = {
  columns: {
    words: { type: 'text' },
    count: { type: 'integer' },
    ratio: { type: 'real' },
    flag: { type: 'boolean' },
    at: { type: 'timestamp' },
    tree: { type: 'json' },
    corners: { type: 'box' },
    tags: { type: 'text[]' },
    shares: { type: 'real[]' },
  },
  vectors: {},
};

describeEachDatabase('features', (open) => {
  let db: Database;
  let everything: PolicyRecord;
  let boxes: PolicyRecord;
  let clip: PolicyRecord;
  beforeAll(async () => {
    db = await prepareStore(await open());
    const policies = await addPolicies(
      db,
      newPolicy('everything', EVERYTHING),
      newPolicy('objects', BOXES),
      newPolicy('clip', EMBEDDING),
    );
    [everything, boxes, clip] = policies as [PolicyRecord, PolicyRecord, PolicyRecord];
  });
  const write = (policy: PolicyRecord, results: readonly { contentId: string; rows: readonly FeatureRow[] }[]) =>
    db.transaction((tx) => writeFeatures(tx, NAMESPACE, policy, results));
  const rowsOf = async (contentId: string, policy: string) =>
    (await readFeatures(db, NAMESPACE, contentId)).find((feature) => feature.policy === policy)?.rows;

  test('writeFeatures() stores every type as it was', async () => {
    const [id = ''] = await addContents(db, 'typed.jpg');
    const columns = {
      words: 'NO "PARKING" {here}, \\ \n ü👍',
      count: 4_294_967_296,
      ratio: 0.1,
      flag: false,
      at: '2024-02-29T23:59:59.123456Z',
      tree: { a: [1, { b: null }], 'c"': 'x' },
      corners: [1.5, 2, 3, 4],
      tags: ['a,b', '"', '{}', '', 'NULL', 'c\\'],
      shares: [0.1, 1e-300, -2],
    };
    await write(everything, [
      {
        contentId: id,
        rows: [
          { columns, vectors: {} },
          { columns: {}, vectors: {} },
        ],
      },
    ]);
    const nothing = Object.fromEntries(Object.keys(columns).map((name) => [name, null]));
    expect(await rowsOf(id, 'everything')).toEqual([
      { ord: 0, ...columns },
      { ord: 1, ...nothing },
    ]);
  });

  test('writeFeatures() reads dates without a zone as UTC, and leaves out what PostgreSQL refuses', async () => {
    const [id = ''] = await addContents(db, 'zones.jpg');
    const rows = ['2024-05-01T12:00:00', '2024-05-01', '2024-05-01T12:00:00-0130', '2024-05-01 12:00'].map((at) => ({
      columns: { at, words: 'a\0b', tree: { 'k\0': '\ud800' }, tags: ['\0'] },
      vectors: {},
    }));
    await write(everything, [{ contentId: id, rows }]);
    const stored = await rowsOf(id, 'everything');
    expect(stored?.map(({ at }) => at)).toEqual([
      '2024-05-01T12:00:00Z',
      '2024-05-01T00:00:00Z',
      '2024-05-01T13:30:00Z',
      '2024-05-01T12:00:00Z',
    ]);
    expect(stored?.[0]).toMatchObject({ words: 'ab', tree: { k: '\ufffd' }, tags: [''] });
  });

  test('writeFeatures() replaces what was there, of these contents only', async () => {
    const [a = '', b = ''] = await addContents(db, 'replace-a.jpg', 'replace-b.jpg');
    await write(boxes, [
      { contentId: a, rows: [boxRow('dog', 0.9), boxRow('cat', 0.8)] },
      { contentId: b, rows: [boxRow('car', 0.7)] },
    ]);
    await write(boxes, [{ contentId: a, rows: [] }]);
    expect([await rowsOf(a, 'objects'), (await rowsOf(b, 'objects'))?.length]).toEqual([undefined, 1]);
  });

  test('writeFeatures() writes more rows than one statement takes', async () => {
    const [id = ''] = await addContents(db, 'crowd.jpg');
    const rows = Array.from({ length: 1001 }, (_, index) => boxRow('person', 0.5, index));
    await write(boxes, [{ contentId: id, rows }]);
    const stored = await rowsOf(id, 'objects');
    expect(stored?.map(({ x1 }) => x1)).toEqual(rows.map(({ columns }) => columns.x1));
  });

  test('writeFeatures() refuses rows of a content that is not there', async () => {
    await expect(
      write(boxes, [{ contentId: '00000000-0000-4000-8000-000000000000', rows: [boxRow('dog', 1)] }]),
    ).rejects.toMatchObject({
      sqlState: '23503',
    });
  });

  test('readRegions() gives boxes by content, from four columns or one', async () => {
    const [a = '', b = ''] = await addContents(db, 'regions-a.jpg', 'regions-b.jpg');
    await write(boxes, [{ contentId: a, rows: [{ ...boxRow('dog', 0.9, 5), ord: 3 }, boxRow('cat', 0.8, 7)] }]);
    await write(everything, [
      {
        contentId: b,
        rows: [
          { columns: { corners: [1, 2, 3, 4] }, vectors: {} },
          { columns: {}, vectors: {} },
        ],
      },
    ]);
    expect(await readRegions(db, NAMESPACE, boxes, [a, b])).toEqual(
      new Map([
        [
          a,
          [
            { ord: 1, box: [7, 1, 17, 11] },
            { ord: 3, box: [5, 1, 15, 11] },
          ],
        ],
      ]),
    );
    expect(await readRegions(db, NAMESPACE, everything, [a, b])).toEqual(
      new Map([[b, [{ ord: 0, box: [1, 2, 3, 4] }]]]),
    );
    expect(await readRegions(db, NAMESPACE, clip, [a, b])).toEqual(new Map());
  });

  test('readTexts() gives the searched texts of rows by content, and leaves out rows without any', async () => {
    const output: OutputSpec = {
      columns: {
        caption: { type: 'text', language: 'en' },
        tags: { type: 'text[]', language: 'und' },
        model: { type: 'text' },
      },
      vectors: {},
    };
    const [captions] = (await addPolicies(db, newPolicy('captions', output))) as [PolicyRecord];
    const [a = '', b = ''] = await addContents(db, 'texts-a.jpg', 'texts-b.jpg');
    const textRow = (caption: string | null, tags: string[] | null) => ({
      columns: { caption, tags, model: 'm' },
      vectors: {},
    });
    await write(captions, [
      { contentId: a, rows: [textRow('a dog', ['big', 'ü']), textRow(null, null), textRow(null, ['x'])] },
      { contentId: b, rows: [textRow('', null)] },
    ]);
    expect(await readTexts(db, NAMESPACE, captions, [a, b])).toEqual(
      new Map([
        [
          a,
          [
            { ord: 0, text: 'a dog\nbig\nü' },
            { ord: 2, text: 'x' },
          ],
        ],
      ]),
    );
    await write(captions, [{ contentId: b, rows: [textRow('long '.repeat(5000), null)] }]);
    expect((await readTexts(db, NAMESPACE, captions, [b])).get(b)?.[0]?.text.length).toBe(8000);
    expect(await readTexts(db, NAMESPACE, boxes, [a])).toEqual(new Map());
  });

  test('readVector() gives all vectors of a content, or one', async () => {
    const [id = ''] = await addContents(db, 'vector.jpg');
    await write(clip, [{ contentId: id, rows: [vectorRow(1, 0, 0), { ...vectorRow(3, 4, 0), ord: 5 }] }]);
    const index = { policyId: clip.id, version: 1, output: 'embedding', dimension: 3 };
    expect((await readVector(db, NAMESPACE, index, id)).map(({ ord }) => ord)).toEqual([0, 5]);
    const [found] = await readVector(db, NAMESPACE, index, id, 5);
    for (const [place, number] of unit(3, 4, 0).entries()) expect(found?.vector[place]).toBeCloseTo(number, 3);
    expect(await readVector(db, NAMESPACE, index, id, 9)).toEqual([]);
    expect(await readVector(db, NAMESPACE, index, 'nonsense')).toEqual([]);
  });
});
