import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRows } from '../../../test/dataset-rows.ts';
import type { ExportFormat } from '../../contract/index.ts';
import { openDataset } from '../../sources/index.ts';
import type { ExportSource } from '../../store/index.ts';
import { encodeRows } from './encode-rows.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-encode-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** As the database gives them: whole numbers too large for a double are texts. */
const ROW = {
  content_id: '00000000-0000-4000-8000-000000000001',
  ord: 3,
  words: 'a "b",\nü👍',
  count: '9007199254740993',
  ratio: 0.1,
  half: 0.5,
  flag: false,
  at: '2024-02-29T23:59:59.123456Z',
  tree: { a: [1, null] },
  corners: [1.5, 2],
  tags: ['x', ''],
  embedding: [0.25, -1],
};
const TYPES: Readonly<Record<keyof typeof ROW, string>> = {
  content_id: 'uuid',
  ord: 'integer',
  words: 'text',
  count: 'bigint',
  ratio: 'double precision',
  half: 'real',
  flag: 'boolean',
  at: 'timestamptz',
  tree: 'jsonb',
  corners: 'real[]',
  tags: 'text[]',
  embedding: 'halfvec(2)',
};
const NOTHING = { ...Object.fromEntries(Object.keys(ROW).map((name) => [name, null])), content_id: 'b' };

function source(...pages: (typeof ROW | typeof NOTHING)[][]): ExportSource {
  return {
    columns: Object.entries(TYPES).map(([name, type]) => ({ name, type })),
    async *pages() {
      yield* pages;
    },
  };
}

async function encoded(from: ExportSource, format: ExportFormat): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeRows(from, format)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('Parquet keeps every type, and nulls', async () => {
  const file = join(folder, 'a.parquet');
  await writeFile(file, await encoded(source([ROW], [NOTHING as typeof ROW]), 'parquet'));
  const dataset = await openDataset(file, { image: null, vectors: ['embedding'] });
  expect(dataset.columns.map(({ name, type }) => [name, type])).toEqual([
    ['content_id', 'text'],
    ['ord', 'integer'],
    ['words', 'text'],
    ['count', 'integer'],
    ['ratio', 'real'],
    ['half', 'real'],
    ['flag', 'boolean'],
    ['at', 'timestamp'],
    ['tree', 'json'],
    ['corners', 'real[]'],
    ['tags', 'text[]'],
    ['embedding', 'real[]'],
  ]);
  const { embedding, ...values } = ROW;
  const { embedding: _none, ...nothing } = NOTHING as typeof ROW;
  expect(await readRows(dataset)).toEqual([
    {
      row: 0,
      image: undefined,
      values: { ...values, count: 9_007_199_254_740_993n, at: '2024-02-29T23:59:59.123Z' },
      vectors: { embedding: Float32Array.from(embedding) },
    },
    { row: 1, image: undefined, values: nothing, vectors: {} },
  ]);
});

test('Parquet of many rows is written in row groups, and of none it is a file with columns', async () => {
  const file = join(folder, 'a.parquet');
  const pages = Array.from({ length: 11 }, (_, page) =>
    Array.from({ length: 1000 }, (__, row) => ({ ...ROW, ord: page * 1000 + row })),
  );
  await writeFile(file, await encoded(source(...pages), 'parquet'));
  const dataset = await openDataset(file, { columns: ['ord'] });
  const groups: number[] = [];
  for await (const { rows } of dataset.groups()) groups.push(rows);
  expect(groups).toEqual([10_000, 1000]);
  expect((await readRows(dataset)).every(({ row, values }) => values.ord === row)).toBe(true);
  await writeFile(file, await encoded(source(), 'parquet'));
  expect(await openDataset(file)).toMatchObject({ rows: 0 });
});

test('CSV quotes what it must, and JSON Lines are the rows', async () => {
  const csv = (await encoded(source([ROW], [NOTHING as typeof ROW]), 'csv')).toString();
  expect(csv).toBe(
    `${Object.keys(ROW).join(',')}\r\n` +
      `${ROW.content_id},3,"a ""b"",\nü👍",9007199254740993,0.1,0.5,false,${ROW.at},"{""a"":[1,null]}","[1.5,2]","[""x"",""""]","[0.25,-1]"\r\n` +
      'b,,,,,,,,,,,\r\n',
  );
  const lines = (await encoded(source([ROW, ROW]), 'jsonl')).toString().trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([ROW, ROW]);
});
