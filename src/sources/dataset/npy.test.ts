import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRows } from '../../../test/dataset-rows.ts';
import { openDataset } from './open.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fovea-npy-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** As `numpy.save` writes it. */
function npy(
  shape: readonly number[],
  data: ArrayBufferView,
  descr: string = '<f4',
  fortran: string = 'False',
): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${tuple}, }`.padEnd(117) + '\n';
  const head = Buffer.from(`\x93NUMPY\x01\x00\x00\x00${header}`, 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

test('a matrix with names beside it is rows of vectors', async () => {
  await writeFile(join(folder, 'clip.npy'), npy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)));
  await writeFile(join(folder, 'clip.names.txt'), 'a.jpg\r\nb c.jpg\n');
  const dataset = await openDataset(join(folder, 'clip.npy'));
  expect(dataset).toMatchObject({ name: 'clip', kind: 'npy', rows: 2, image: undefined });
  expect(dataset.columns).toEqual([
    { name: 'vector', type: 'real[3]' },
    { name: 'name', type: 'text', sample: 'a.jpg' },
  ]);
  expect(await readRows(dataset)).toEqual([
    { row: 0, values: { name: 'a.jpg' }, vectors: { vector: Float32Array.of(1, 2, 3) } },
    { row: 1, values: { name: 'b c.jpg' }, vectors: { vector: Float32Array.of(4, 5, 6) } },
  ]);
});

test('half and double floats, a CSV beside, and a number that is none', async () => {
  const half = Uint16Array.of(0x3c_00, 0xc0_00, 0x35_55, 0x00_01, 0x7c_00, 0x00_00);
  await writeFile(join(folder, 'a.npy'), npy([3, 2], half, '<f2'));
  await writeFile(join(folder, 'a.csv'), 'content_id,ord\nabc,0\nabc,1\ndef,0\n');
  expect(await readRows(await openDataset(join(folder, 'a.npy')))).toEqual([
    { row: 0, values: { content_id: 'abc', ord: '0' }, vectors: { vector: Float32Array.of(1, -2) } },
    {
      row: 1,
      values: { content_id: 'abc', ord: '1' },
      vectors: { vector: Float32Array.of(0.333_251_953_125, 2 ** -24) },
    },
    {
      row: 2,
      problem: "its vector's number 1 is Infinity",
      values: { content_id: 'def', ord: '0' },
      vectors: { vector: Float32Array.of(Infinity, 0) },
    },
  ]);
});

test('a matrix of more rows than a group is read at their places', async () => {
  const numbers = Float32Array.from({ length: 1500 }, (_, row) => row);
  await writeFile(join(folder, 'a.npy'), npy([1500, 1], numbers));
  await writeFile(join(folder, 'a.txt'), Array.from(numbers, String).join('\n'));
  const dataset = await openDataset(join(folder, 'a.npy'));
  const keys: string[] = [];
  for await (const { key } of dataset.groups()) keys.push(key);
  expect(keys).toEqual(['a.npy#0', 'a.npy#1']);
  const rows = await readRows(dataset);
  expect(rows.map(({ vectors }) => vectors?.vector?.[0])).toEqual([...numbers]);
  expect(rows[1499]).toMatchObject({ row: 1499, values: { name: '1499' } });
});

test('a folder of single vectors takes names from its files', async () => {
  await writeFile(join(folder, 'b.npy'), npy([2], Float64Array.of(0.5, 1), '<f8'));
  await writeFile(join(folder, 'a.npy'), npy([2], Float64Array.of(0, 2), '<f8'));
  expect(await readRows(await openDataset(folder))).toEqual([
    { row: 0, values: { name: 'a' }, vectors: { vector: Float32Array.of(0, 2) } },
    { row: 1, values: { name: 'b' }, vectors: { vector: Float32Array.of(0.5, 1) } },
  ]);
});

test('what is cut off, of another type, shape or dimension, or without names is refused', async () => {
  const file = join(folder, 'a.npy');
  const whole = npy([2, 2], Float32Array.of(1, 2, 3, 4));
  await writeFile(join(folder, 'a.names.txt'), 'x\ny\n');
  for (const [content, message] of [
    [whole.subarray(0, whole.length - 5), /it is cut off: it has 139 bytes of 144/],
    [npy([2, 2], Int32Array.of(1, 2, 3, 4), '<i4'), /its numbers are of type <i4: save it as float32/],
    [npy([1, 2, 2], Float32Array.of(1, 2, 3, 4)), /its shape is \(1, 2, 2\)/],
    [npy([2, 2], Float32Array.of(1, 2, 3, 4), '<f4', 'True'), /it is saved column by column/],
    [Buffer.from('PK\x03\x04 npz is a zip'), /it is no \.npy file/],
  ] as const) {
    await writeFile(file, content);
    await expect(openDataset(file)).rejects.toThrow(message);
  }
  await writeFile(file, whole);
  await writeFile(join(folder, 'a.names.txt'), 'x\n');
  await expect(openDataset(file).then(readRows)).rejects.toThrow(/names fewer than its 2 rows/);
  await rm(join(folder, 'a.names.txt'));
  await expect(openDataset(file)).rejects.toThrow(/nothing says what its 2 rows are: put a\.names\.txt beside it/);
  await writeFile(join(folder, 'b.npy'), npy([3], Float32Array.of(1, 2, 3)));
  await expect(openDataset(folder)).rejects.toThrow(/b\.npy": its vectors have 3 numbers, those of "a\.npy" have 2/);
});
