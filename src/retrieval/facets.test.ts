import { expect, test } from 'vitest';
import type { TableDescription } from '../contract/index.ts';
import { facetColumn } from './facets.ts';

const table = (name: string, columns: Record<string, string>): TableDescription => ({
  name,
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
  ddl: '',
});

const TABLES = [
  table('content', { content_id: 'uuid', name: 'text', width: 'integer', labels: 'jsonb' }),
  table('ingestion', { content_id: 'uuid', name: 'text', object_name: 'text', camera: 'text' }),
  table('photos', { object_name: 'text' }),
  table('photos.clip', { ord: 'integer', embedding: 'halfvec(512)' }),
];

test.each([
  ['width', { kind: 'column', table: 'content', column: 'width', type: 'integer' }],
  ['name', { kind: 'column', table: 'content', column: 'name', type: 'text' }],
  ['object_name', { kind: 'column', table: 'ingestion', column: 'object_name', type: 'text' }],
  ['photos.object_name', { kind: 'column', table: 'photos', column: 'object_name', type: 'text' }],
  ['photos.clip.ord', { kind: 'column', table: 'photos.clip', column: 'ord', type: 'integer' }],
  ['year', { kind: 'year' }],
  ['labels.trip', { kind: 'label', key: 'trip' }],
])('facetColumn(%s)', (name, column) => {
  expect(facetColumn(name, TABLES)).toEqual(column);
});

test.each([
  ['objct_name', 'Cannot count by "objct_name": no table has that column, did you mean "object_name"?'],
  ['xyzzy', '"fovea tables" lists them'],
  ['secret."_content".name', 'no table has that column'],
  ['photos.clip.embedding', 'values of type halfvec(512) are not counted'],
  ['labels', 'write labels.<key>'],
])('facetColumn(%s) is refused', (name, reason) => {
  expect(() => facetColumn(name, TABLES)).toThrow(reason);
});
