import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { toParquet } from './parquet.ts';

const columns = Object.entries({
  id: 'uuid',
  n: 'bigint',
  width: 'integer',
  score: 'double precision',
  share: 'real',
  exact: 'numeric',
  seen: 'boolean',
  day: 'date',
  at: 'timestamptz',
  labels: 'jsonb',
  box: 'real[]',
  embedding: 'vector',
}).map(([name, type]) => ({ name, type }));

const ROW = {
  id: '7ef21bb0-5d81-5b73-9178-22ee9c6b7d9f',
  n: '9007199254740993',
  width: 512,
  score: 0.1,
  share: 0.5,
  exact: 1.5,
  seen: true,
  day: '2024-05-01',
  at: '2024-05-01T10:00:00.123456Z',
  labels: { trip: ['rome'] },
  box: [1, null, 2.5],
  embedding: [0.25, -0.5],
};

test('toParquet() keeps types and values, and nulls of each', async () => {
  const nulls = Object.fromEntries(columns.map(({ name }) => [name, null]));
  const file = toParquet({ columns, rows: [ROW, nulls] });
  const read = await parquetReadObjects({ file });
  expect(read[0]).toEqual({
    ...ROW,
    n: 9007199254740993n,
    day: new Date('2024-05-01'),
    at: new Date('2024-05-01T10:00:00.123Z'),
  });
  expect(Object.values(read[1] ?? {}).every((value) => value === null || value === undefined)).toBe(true);
  const types = Object.fromEntries(
    parquetMetadata(file).schema.map(({ name, type, converted_type: as }) => [name, as ?? type]),
  );
  expect(types).toMatchObject({
    n: 'INT64',
    width: 'INT32',
    exact: 'DOUBLE',
    share: 'FLOAT',
    day: 'DATE',
    at: 'TIMESTAMP_MICROS',
    labels: 'JSON',
  });
});
