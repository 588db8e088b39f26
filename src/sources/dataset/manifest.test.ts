import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRows } from '../../../test/dataset-rows.ts';
import { openDataset } from './open.ts';
import type { DatasetOptions, DatasetRow } from './types.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-manifest-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function rowsOf(name: string, text: string | Uint8Array, options: DatasetOptions = {}): Promise<DatasetRow[]> {
  await writeFile(join(folder, name), text);
  return readRows(await openDataset(join(folder, name), options));
}

test("a CSV of the second seed's shape gives pictures by path and texts in both languages", async () => {
  const text = `name_en,name_zh,text_en,image_filepath
abra,凯西,"Super power attributes, the whole body is ""yellow""",./saved_images/abra_1.png
mew,梦幻,,
`;
  expect(await rowsOf('pokemon.csv', `\uFEFF${text}`)).toEqual([
    {
      row: 0,
      image: { path: join(folder, 'saved_images/abra_1.png') },
      values: { name_en: 'abra', name_zh: '凯西', text_en: 'Super power attributes, the whole body is "yellow"' },
    },
    { row: 1, image: undefined, values: { name_en: 'mew', name_zh: '梦幻', text_en: null } },
  ]);
});

test('tabs and semicolons part columns, too, and quoted fields go over lines', async () => {
  expect(await rowsOf('a.tsv', 'url\tnote\nhttps://x.test/a.jpg\t"one, two;\nthree"\n')).toMatchObject([
    { image: { url: 'https://x.test/a.jpg' }, values: { note: 'one, two;\nthree' } },
  ]);
  expect(await rowsOf('b.csv', 'file;"a,b"\r\nx.jpg;1\r\n')).toMatchObject([
    { image: { path: join(folder, 'x.jpg') }, values: { 'a,b': '1' } },
  ]);
});

test('a CSV that ends in mid-row gives the rest and tells the row', async () => {
  const rows = await rowsOf('cut.csv', 'file,year,place\na.jpg,2020,Rome\nb.jpg,20');
  expect(rows.map(({ problem }) => problem)).toEqual([
    undefined,
    'the row that ends in line 3 has 2 fields instead of 3',
  ]);
});

test('a CSV that ends in a quoted field is an error that names the line', async () => {
  await expect(rowsOf('quote.csv', 'file,text\na.jpg,one\nb.jpg,"a dog ru')).rejects.toThrow(
    /Cannot read ".*quote\.csv": a quote is opened in line 3 and never closed; is the file cut off\?/,
  );
});

test('what is no text, is empty or names a column twice is refused', async () => {
  await expect(rowsOf('utf16.csv', Buffer.from('file,text\n', 'utf16le'))).rejects.toThrow(/no UTF-8 text/);
  await expect(rowsOf('latin1.jsonl', Buffer.from('{"file":"é"}\n', 'latin1'))).rejects.toThrow(/no UTF-8 text/);
  await expect(rowsOf('empty.csv', '')).rejects.toThrow(/it is empty: its first line must name the columns/);
  await expect(rowsOf('empty.jsonl', '\n\n')).rejects.toThrow(/it holds no rows/);
  await expect(rowsOf('twice.csv', 'a,a\n1,2\n')).rejects.toThrow(/two columns named "a"/);
});

test('JSON Lines keep numbers, lists and objects, and read boxes in three forms', async () => {
  const box = { label: 'dog', x1: 1, y1: 2, x2: 4, y2: 6 };
  const lines = [
    { image: 'a.jpg', year: 2020, tags: ['x'], objects: [box] },
    { image: 'b.jpg', objects: [{ category: 'dog', bbox: [1, 2, 3, 4], iscrowd: 1 }] },
    { image: 'c.jpg', objects: { bbox: [[1, 2, 3, 4]], categories: ['dog'], area: [12] } },
    { image: 'd.jpg', objects: { bbox: [[1, 2, 3]], categories: ['dog'] } },
  ];
  const rows = await rowsOf('a.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'), { boxes: 'objects' });
  expect(rows[0]).toEqual({
    row: 0,
    image: { path: join(folder, 'a.jpg') },
    values: { year: 2020, tags: ['x'] },
    boxes: [box],
  });
  expect(rows.slice(1, 3).map(({ boxes }) => boxes)).toEqual([[{ ...box, crowd: true }], [box]]);
  expect(rows[3]?.problem).toBe('column "objects" holds a box 1 that has no four numbers');
});

test('a line that is no JSON, and a vector with a word in it, are problems of their row', async () => {
  const text = '{"image":"a.jpg","v":[1,0.5]}\n{"image": \n[1]\n{"image":"b.jpg","v":[1,"x"]}\n{"image":7}\n';
  const rows = await rowsOf('a.jsonl', text, { vectors: ['v'] });
  expect(rows[0]?.vectors).toEqual({ v: Float32Array.of(1, 0.5) });
  expect(rows.map(({ problem }) => problem)).toEqual([
    undefined,
    'line 2 is no JSON: the text "{"image":"',
    'line 3 holds a list instead of an object',
    'column "v" holds a vector with the text "x" in it',
    'column "image" holds the number 7 where a picture should be',
  ]);
});

test('a column that is not there is an error with the nearest name', async () => {
  await expect(rowsOf('a.csv', 'image,caption\na.jpg,x\n', { columns: ['captoin'] })).rejects.toThrow(
    'Cannot read column "captoin" of',
  );
  await expect(rowsOf('a.csv', 'image,caption\na.jpg,x\n', { columns: ['captoin'] })).rejects.toThrow(
    'its columns are "image", "caption", did you mean "caption"?',
  );
});

test('groups have 500 rows, keys of their own, and can be skipped', async () => {
  const lines = Array.from({ length: 1200 }, (_, index) => JSON.stringify({ image: `${index}.jpg` }));
  await writeFile(join(folder, 'metadata.jsonl'), lines.join('\n'));
  const dataset = await openDataset(folder);
  expect(dataset.columns).toEqual([{ name: 'image', type: 'text', sample: '0.jpg' }]);
  const groups = [];
  for await (const { key, firstRow, rows } of dataset.groups()) groups.push([key, firstRow, rows]);
  expect(groups).toEqual([
    ['metadata.jsonl#0', 0, 500],
    ['metadata.jsonl#1', 500, 500],
    ['metadata.jsonl#2', 1000, 200],
  ]);
  const rows = await readRows(dataset);
  expect(rows[1199]).toMatchObject({ row: 1199, image: { path: join(folder, '1199.jpg') } });
});
