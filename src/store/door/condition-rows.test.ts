import { expect, test } from 'vitest';
import type { TableDescription } from '../../contract/index.ts';
import { conditionRows } from './condition-rows.ts';
import { gateCondition } from './gate.ts';

const columns = (...names: string[]) =>
  names.map((name) => ({ name, type: name === 'embedding' ? 'vector(3)' : 'text' }));
const VIEWS: readonly TableDescription[] = [
  { name: 'content', columns: columns('content_id', 'name', 'width'), ddl: '' },
  { name: 'photos', columns: columns('content_id', 'ord', 'object_name', 'score', 'x1', 'y1', 'x2', 'y2'), ddl: '' },
  { name: 'photos.clip', columns: columns('content_id', 'ord', 'embedding'), ddl: '' },
];

async function parts(where: string) {
  const gated = await gateCondition(where, {
    schema: 'ns_t',
    views: VIEWS.map(({ name }) => name),
    columns: ['content_id', 'name', 'width'],
    tablesOf: () => [],
    indexes: [{ name: 'photos.clip.embedding', type: 'vector(3)' }],
  });
  return conditionRows(gated.text(gated.embeds.map(() => `[${'0.123456789,'.repeat(3000)}1]`)), VIEWS);
}

test('conditionRows() gives each sub-select that reads one table a list of its own', async () => {
  const [first, second, ...others] = await parts(
    `width > 1 and (content_id in (select distinct content_id from photos where object_name = 'dög)' and score > (select 0.5)) --)
      or exists(((select 1 from photos as p where p.content_id = c.content_id and p.score > c.width))))`,
  );
  expect(others).toEqual([]);
  expect(first?.table).toBe('photos');
  expect(first?.select).toMatch(
    /^select "photos"\."content_id", "photos"\."ord", jsonb_build_object\('object_name', "photos"\."object_name", 'score', "photos"\."score"\) as shown, case when .* end as region from "ns_t"\.photos where object_name = 'dög\)' and score > \(select 0\.5\)$/,
  );
  expect(second?.select).toMatch(
    /^select "p"\."content_id", .*jsonb_build_object\('score', "p"\."score"\) as shown, .* from "ns_t"\.photos as p where p\.content_id = c\.content_id and p\.score > c\.width$/,
  );
});

test('conditionRows() shows no vectors, however long the condition became by those that it compares with', async () => {
  const [only] = await parts(
    `content_id = any (select content_id from "photos.clip" where similarity(embedding, embed('photos.clip.embedding', 'a cat')) > 0.2)`,
  );
  expect(only?.table).toBe('photos.clip');
  expect(only?.select).toContain(
    'jsonb_build_object() as shown, null::jsonb as region from "ns_t"."photos.clip" where',
  );
});

test.each([
  `not exists (select 1 from photos p where p.content_id = c.content_id)`,
  `content_id not in (select content_id from photos)`,
  `not (width > 1 or content_id in (select content_id from photos))`,
  `content_id in (select content_id from photos group by content_id having count(*) > 2)`,
  `content_id in (select content_id from photos limit 5)`,
  `content_id in (select content_id from photos union select content_id from content)`,
  `content_id in (select p.content_id from photos p join content d using (content_id))`,
  `content_id in (select content_id from photos p (content_id, ord, label) where label = 'dog')`,
  `content_id in (select content_id from content where width > 1)`,
  `name in (select object_name from photos)`,
  `content_id <> all (select content_id from photos)`,
  `(select count(*) from photos p where p.content_id = c.content_id) > 2`,
  `width > 1`,
])('conditionRows() knows of no rows that met %s', async (where) => {
  expect(await parts(where)).toEqual([]);
});
