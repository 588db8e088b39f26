import { expect, test } from 'vitest';
import { sqlTypeName } from './type-names.ts';

test('sqlTypeName() speaks SQL, of arrays too', () => {
  expect(['int8', '_text', '_float4', 'timestamptz', 'vector', 'bool'].map(sqlTypeName)).toEqual([
    'bigint',
    'text[]',
    'real[]',
    'timestamptz',
    'vector',
    'boolean',
  ]);
});
