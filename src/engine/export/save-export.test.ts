import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRows } from '../../../test/dataset-rows.ts';
import { memoryServices } from '../../../test/memory-services.ts';
import { createClient } from '../../client/index.ts';
import { ConflictError, InvalidInputError, NotFoundError, UnavailableError } from '../../contract/index.ts';
import { createApp } from '../../http/index.ts';
import { openDataset } from '../../sources/index.ts';
import type { ExportSource } from '../../store/index.ts';
import { exportStream } from './export-services.ts';
import { saveExport } from './save-export.ts';

const VECTORS: ExportSource = {
  columns: [
    { name: 'content_id', type: 'uuid' },
    { name: 'ord', type: 'integer' },
    { name: 'name', type: 'text' },
    { name: 'embedding', type: 'vector(2)' },
  ],
  async *pages() {
    yield [{ content_id: 'a1', ord: 0, name: 'a, "b".jpg', embedding: [0.25, -1] }];
    yield [{ content_id: 'b2', ord: 4, name: 'c.jpg', embedding: [3, 0.5] }];
  },
};

const BROKEN: ExportSource = {
  columns: VECTORS.columns,
  async *pages() {
    yield* VECTORS.pages();
    throw new UnavailableError('Cannot reach the database');
  },
};

const services = memoryServices({
  exportTable: async (_namespace, table, format) => {
    if (table === 'broken') return exportStream(BROKEN, format);
    throw new NotFoundError('table', table, ['photos']);
  },
  exportVectors: async (_namespace, _index, format) => exportStream(VECTORS, format),
});
const client = createClient({ baseUrl: 'http://localhost', fetch: createApp(services, { version: '1' }).request });
const vectors = 'photos.clip.embedding';
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-export-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('vectors go to Parquet and to NumPy with a CSV beside, and are read again as they were', async () => {
  const parquet = join(folder, 'v.parquet');
  expect((await saveExport(client, parquet, { vectors })).files).toEqual([parquet]);
  const npy = join(folder, 'v.npy');
  expect((await saveExport(client, npy, { vectors })).files).toEqual([npy, join(folder, 'v.csv')]);
  expect((await readdir(folder)).toSorted()).toEqual(['v.csv', 'v.npy', 'v.parquet']);
  const expected = [Float32Array.of(0.25, -1), Float32Array.of(3, 0.5)];
  const fromParquet = await readRows(await openDataset(parquet, { vectors: ['embedding'] }));
  expect(fromParquet.map((row) => row.vectors?.embedding)).toEqual(expected);
  expect(fromParquet[1]?.values).toEqual({ content_id: 'b2', ord: 4, name: 'c.jpg' });
  const fromNpy = await readRows(await openDataset(npy));
  expect(fromNpy.map((row) => row.vectors?.vector)).toEqual(expected);
  expect(fromNpy[0]?.values).toEqual({ content_id: 'a1', ord: '0', name: 'a, "b".jpg' });
  // NumPy maps a file whose numbers begin at a multiple of 64.
  const bytes = await readFile(npy);
  expect((10 + bytes.readUInt16LE(8)) % 64).toBe(0);
});

test('a file that is there stays as it is without overwrite', async () => {
  for (const name of ['v.parquet', 'v.csv']) {
    await writeFile(join(folder, name), 'mine');
    const target = join(folder, name === 'v.csv' ? 'v.npy' : name);
    await expect(saveExport(client, target, { vectors })).rejects.toThrow(ConflictError);
    expect(await readFile(join(folder, name), 'utf8')).toBe('mine');
    await saveExport(client, target, { vectors, overwrite: true });
    expect(await readFile(join(folder, name), 'utf8')).not.toBe('mine');
  }
});

test('no CSV is left beside a matrix that may not be replaced', async () => {
  await writeFile(join(folder, 'v.npy'), 'mine');
  await expect(saveExport(client, join(folder, 'v.npy'), { vectors })).rejects.toThrow(ConflictError);
  expect(await readdir(folder)).toEqual(['v.npy']);
});

test('what can not be exported leaves no file, also where it breaks off', async () => {
  const save = (name: string, options: Parameters<typeof saveExport>[2]) =>
    saveExport(client, join(folder, name), options);
  await expect(save('t.parquet', { table: 'phtos' })).rejects.toThrow(NotFoundError);
  await expect(save('t.csv', { table: 'broken' })).rejects.toThrow('Cannot reach the database');
  await expect(save('t.xlsx', { table: 'photos' })).rejects.toThrow(/it ends with "\.xlsx"/);
  await expect(save('t.npy', { table: 'photos' })).rejects.toThrow(/vectors of an index can be a \.npy/);
  await expect(save('t', { table: 'photos' })).rejects.toThrow(/it has no extension/);
  await expect(save('t.csv', {})).rejects.toThrow(InvalidInputError);
  expect(await readdir(folder)).toEqual([]);
});
