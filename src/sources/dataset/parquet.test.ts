import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRows } from '../../../test/dataset-rows.ts';
import { pictureColumn, TEXT, vectorColumn, writeParquet } from '../../../test/parquet.ts';
import type { TestParquet } from '../../../test/parquet.ts';
import { openDataset } from './open.ts';
import { readFooter, readRowGroup } from './parquet-file.ts';
import { openParquet } from './parquet.ts';

let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-parquet-'));
  file = join(folder, 'pokemon.parquet');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const POKEMON: TestParquet = {
  schema: [...pictureColumn('image'), { ...TEXT, name: 'text_en' }, { ...TEXT, name: 'text_zh' }],
  rows: [
    { image: { bytes: bytes('abra'), path: 'abra.png' }, text_en: 'the body is yellow', text_zh: '通体黄色' },
    { image: { bytes: bytes('mew'), path: null }, text_en: 'pink', text_zh: null },
    { image: null, text_en: 'no picture', text_zh: '' },
    { image: { bytes: null, path: 'images/x.jpg' }, text_en: null, text_zh: '图' },
    { image: { bytes: null, path: 'https://x.test/y.jpg' }, text_en: null, text_zh: '' },
  ],
};

test('pictures of Hugging Face come as bytes with their name, by path or by address', async () => {
  await writeParquet(file, POKEMON);
  const dataset = await openDataset(file);
  expect(dataset).toMatchObject({ name: 'pokemon', kind: 'parquet', rows: 5, image: 'image' });
  expect(dataset.columns).toEqual([
    { name: 'image', type: 'picture' },
    { name: 'text_en', type: 'text', sample: 'the body is yellow' },
    { name: 'text_zh', type: 'text', sample: '通体黄色' },
  ]);
  expect(await readRows(dataset)).toEqual([
    {
      row: 0,
      image: { bytes: bytes('abra'), name: 'abra.png' },
      values: { text_en: 'the body is yellow', text_zh: '通体黄色' },
    },
    { row: 1, image: { bytes: bytes('mew') }, values: { text_en: 'pink', text_zh: null } },
    { row: 2, image: undefined, values: { text_en: 'no picture', text_zh: '' } },
    { row: 3, image: { path: join(folder, 'images/x.jpg') }, values: { text_en: null, text_zh: '图' } },
    { row: 4, image: { url: 'https://x.test/y.jpg' }, values: { text_en: null, text_zh: '' } },
  ]);
});

test('numbers of classes become their names, also in boxes', async () => {
  const names = ['cat', 'dog'];
  await writeParquet(file, {
    schema: [
      { name: 'photo', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' },
      { ...TEXT, name: 'boxes', converted_type: 'JSON' },
    ],
    features: {
      photo: { dtype: 'binary', _type: 'Value' },
      label: { names, _type: 'ClassLabel' },
      boxes: {
        feature: { bbox: { feature: {}, _type: 'Sequence' }, category: { names, _type: 'ClassLabel' } },
        _type: 'Sequence',
      },
    },
    rows: [
      { photo: bytes('a'), label: 1n, boxes: { bbox: [[1, 2, 3, 4]], category: [1] } },
      { photo: bytes('b'), label: -1n, boxes: null },
    ],
  });
  expect(await readRows(await openDataset(file, { boxes: 'boxes' }))).toEqual([
    {
      row: 0,
      image: { bytes: bytes('a') },
      values: { label: 'dog' },
      boxes: [{ label: 'dog', x1: 1, y1: 2, x2: 4, y2: 6 }],
    },
    { row: 1, image: { bytes: bytes('b') }, values: { label: null } },
  ]);
});

test('vectors, times, large numbers and lists keep their values', async () => {
  await writeParquet(file, {
    schema: [
      ...vectorColumn('embedding'),
      { name: 'taken', type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' },
      { name: 'big', type: 'INT64', repetition_type: 'OPTIONAL' },
      { name: 'raw', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
    ],
    rows: [{ embedding: [0.5, -1], taken: new Date('2024-05-01T10:00:00Z'), big: 2n ** 60n, raw: bytes('x') }],
  });
  const dataset = await openDataset(file, { vectors: ['embedding'] });
  expect(dataset.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'embedding real[]',
    'taken timestamp',
    'big integer',
    'raw bytes',
  ]);
  expect(await readRows(dataset)).toEqual([
    {
      row: 0,
      image: undefined,
      values: { taken: '2024-05-01T10:00:00.000Z', big: 2n ** 60n },
      vectors: { embedding: Float32Array.of(0.5, -1) },
    },
  ]);
});

test('shards of a folder are one data set, whose groups can be skipped', async () => {
  await mkdir(join(folder, 'data'));
  await writeParquet(join(folder, 'data/train-00001.parquet'), { ...POKEMON, rows: POKEMON.rows.slice(3) });
  await writeParquet(join(folder, 'data/train-00000.parquet'), { ...POKEMON, rows: POKEMON.rows.slice(0, 3) });
  const dataset = await openDataset(folder);
  expect(dataset.rows).toBe(5);
  const groups = [];
  const rows = [];
  for await (const group of dataset.groups()) {
    groups.push([group.key, group.firstRow, group.rows]);
    if (group.firstRow === 2) for await (const { row, values } of group.read()) rows.push([row, values.text_en]);
  }
  expect(groups).toEqual([
    ['data/train-00000.parquet#0', 0, 2],
    ['data/train-00000.parquet#1', 2, 1],
    ['data/train-00001.parquet#0', 3, 2],
  ]);
  expect(rows).toEqual([[2, 'no picture']]);
});

test('a shard that lies elsewhere is fetched when its turn comes', async () => {
  await writeParquet(file, POKEMON);
  const fetched: string[] = [];
  const shards = ['a', 'b'].map((name) => ({
    name,
    path: async () => {
      fetched.push(name);
      return file;
    },
  }));
  const dataset = await openParquet({ name: 'x', source: 'hf://o/x', shards, local: false }, {});
  expect([dataset.rows, fetched]).toEqual([undefined, ['a']]);
  expect((await readRows(dataset)).map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('rows of a group with an index of its pages are read in steps, and all of them come', async () => {
  const rows = Array.from({ length: 40 }, (_, index) => ({ photo: Buffer.alloc(10_000, index), ord: index }));
  const schema: TestParquet['schema'] = [
    { name: 'photo', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
    { name: 'ord', type: 'INT32', repetition_type: 'OPTIONAL' },
  ];
  for (const offsetIndex of [true, false]) {
    await writeParquet(file, { schema, rows, groupRows: 30, offsetIndex, pageBytes: 25_000 });
    const metadata = await readFooter(file);
    const read = [];
    for (const group of [0, 1]) {
      for await (const row of readRowGroup(file, metadata, group, ['photo', 'ord'], 50_000)) read.push(row);
    }
    expect(read.map(({ photo, ord }) => [(photo as Uint8Array).length, (photo as Uint8Array)[0], ord])).toEqual(
      rows.map((_, index) => [10_000, index, index]),
    );
  }
});

test('a file that is cut off, empty, encrypted or no Parquet says so', async () => {
  await writeParquet(file, POKEMON);
  const whole = await readFile(file);
  for (const [content, message] of [
    [
      whole.subarray(0, whole.length / 2),
      'it is cut off: a Parquet file ends with its table of contents; fetch it again',
    ],
    [Buffer.concat([whole.subarray(0, 40), whole.subarray(-300)]), /is damaged/],
    [Buffer.concat([Buffer.from('PARE'), whole.subarray(4)]), /it is encrypted/],
    [Buffer.alloc(0), 'it is empty'],
    [Buffer.from('<html>not found</html>'), 'it is no Parquet file'],
  ] as const) {
    await writeFile(file, content);
    await expect(openDataset(file)).rejects.toThrow(message);
  }
});

test('what is damaged inside names file, row group and column, after the groups before it were read', async () => {
  const rows = Array.from({ length: 4 }, (_, index) => ({ id: index, text: `${index}`.repeat(40) }));
  await writeParquet(file, {
    schema: [
      { name: 'id', type: 'INT32', repetition_type: 'REQUIRED' },
      { ...TEXT, name: 'text' },
    ],
    rows,
  });
  const content = await readFile(file);
  const chunk = (await readFooter(file)).row_groups[1]?.columns[1]?.meta_data;
  const start = Number(chunk?.dictionary_page_offset ?? chunk?.data_page_offset);
  content.fill(0xff, start, start + Number(chunk?.total_compressed_size));
  await writeFile(file, content);
  const dataset = await openDataset(file);
  const read: unknown[] = [];
  await expect(
    (async () => {
      for await (const group of dataset.groups()) for await (const { values } of group.read()) read.push(values.id);
    })(),
  ).rejects.toThrow(/pokemon\.parquet": its row group 1, column "text" can't be decoded/);
  expect(read).toEqual([0, 1]);
});

test('a column that a later shard lacks, and one that none has, are errors', async () => {
  await writeParquet(join(folder, 'a.parquet'), POKEMON);
  await writeParquet(join(folder, 'b.parquet'), { schema: [{ ...TEXT, name: 'text_en' }], rows: [{ text_en: 'x' }] });
  await expect(openDataset(folder)).rejects.toThrow(
    /b\.parquet": it has no column "image", which the first file of this data set has/,
  );
  await expect(openDataset(join(folder, 'a.parquet'), { image: 'imgae' })).rejects.toThrow(
    'its columns are "image", "text_en", "text_zh", did you mean "image"?',
  );
});
