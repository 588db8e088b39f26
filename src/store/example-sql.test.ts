import { expect, test } from 'vitest';
import type { TableDescription } from '../contract/index.ts';
import { gateStatement } from './door/gate.ts';
import { exampleStatements, exampleValuesStatement } from './example-sql.ts';

const column = (name: string, type = 'text') => ({ name, type });
const CONTENT: TableDescription = {
  name: 'content',
  columns: [column('content_id', 'uuid'), column('name'), column('mime_type'), column('labels', 'jsonb')],
  ddl: '',
};
const INGESTION: TableDescription = {
  name: 'ingestion',
  columns: [column('policy'), column('score', 'real'), column("it's"), column('Make'), column('object_name')],
  ddl: '',
};
const through = { schema: 'ns_a', views: ['content', 'ingestion'] };

test('exampleStatements() counts objects where they are extracted, else what there is', () => {
  expect(exampleStatements([CONTENT, INGESTION])[1]).toContain('group by 1');
  expect(exampleStatements([CONTENT, INGESTION])[1]).toMatch(/^select "?object_name"?, .* from ingestion /);
  const without = INGESTION.columns.filter(({ name }) => name !== 'object_name');
  expect(exampleStatements([CONTENT, { ...INGESTION, columns: without }])[1]).toMatch(/^select "it's", /);
  expect(exampleStatements([CONTENT])[1]).toMatch(/^select mime_type, .* from content /);
});

test('exampleValuesStatement() asks for text columns and labels, and passes the door whatever they are called', async () => {
  const statement = exampleValuesStatement([CONTENT, INGESTION, { ...INGESTION, name: 'photos.objects' }]);
  expect(
    [...statement.matchAll(/select '(\w+)' as table_name, '((?:[^']|'')+)' as/g)].map(
      ([, table, name]) => `${table}.${name}`,
    ),
  ).toEqual(['content.mime_type', "ingestion.it''s", 'ingestion.Make', 'ingestion.object_name', 'content.labels']);
  expect((await gateStatement(statement, through)).tables.length).toBeGreaterThan(0);
  for (const example of exampleStatements([CONTENT, INGESTION])) await gateStatement(example, through);
});
