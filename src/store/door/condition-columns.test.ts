import { expect, test } from 'vitest';
import { conditionColumns } from './condition-columns.ts';

test.each([
  [`width > 1000 and c.name like 'IMG%' and width < 2000`, ['width', 'name']],
  [`exists (select 1 from photos p where p.content_id = c.content_id and p.score > 0.5) or height = 1`, ['height']],
  [`content_id in (select content_id from photos where object_name = 'dog') and name <> 'a'`, ['name']],
  [`name in (select object_name from photos)`, ['name']],
  [`true -- width`, []],
])('conditionColumns() of %s', async (where, columns) => {
  expect(await conditionColumns(where)).toEqual(columns);
});
