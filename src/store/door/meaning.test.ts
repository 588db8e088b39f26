import { describe, expect, test } from 'vitest';
import { SqlError } from '../../contract/index.ts';
import { gateCondition, gateStatement, type GateOptions } from './gate.ts';
import { MAX_EMBEDS } from './meaning.ts';

const options: GateOptions = {
  schema: 'ns_test',
  views: ['content', 'photos.clip'],
  indexes: [
    { name: 'photos.clip.embedding', type: 'vector(3)' },
    { name: 'docs.clip.embedding', type: 'vector(5)' },
  ],
};
const CAR = "embed('photos.clip.embedding', 'a red car')";

async function refusalOf(work: Promise<unknown>): Promise<SqlError> {
  const outcome = await work.then(
    () => new Error('was let through'),
    (error: unknown) => error,
  );
  if (!(outcome instanceof SqlError)) throw outcome;
  return outcome;
}

describe('embed()', () => {
  test('becomes a vector parameter, one for each text and index', async () => {
    const dog = "embed('docs.clip.embedding', 'a dog')";
    const gated = await gateStatement(`select 1 where a <=> ${CAR} < b <=> ${CAR} and c <-> ${dog} < 1`, options);
    expect(gated.text).toBe(
      'select 1 where a <=> ($1::vector(3)) < b <=> ($1::vector(3)) and c <-> ($2::vector(5)) < 1',
    );
    expect(gated.embeds).toMatchObject([
      { index: 'photos.clip.embedding', text: 'a red car', parameter: 1, position: 21 },
      { index: 'docs.clip.embedding', text: 'a dog', parameter: 2 },
    ]);
    expect(gated.parameters).toBe(0);
  });

  test.each([
    [
      'takes the number of a text that only it reads',
      "select embed('docs.clip.embedding', $1) <=> $2",
      2,
      [1],
      '($1::vector(5)) <=> $2',
    ],
    [
      'follows where the text is read elsewhere',
      "select embed('docs.clip.embedding', $1), $1::text, $2",
      2,
      [3],
      '($3::vector(5)) as embed, $1::text, $2',
    ],
    [
      'gives two indexes a vector each',
      "select embed('docs.clip.embedding', $1) <=> a, embed('photos.clip.embedding', $1::text) <=> b",
      1,
      [1, 2],
      '($1::vector(5)) <=> a, ($2::vector(3)) <=> b',
    ],
    [
      'leaves the numbers of others as they are',
      "select $3, embed('docs.clip.embedding', $2) <=> $1",
      3,
      [2],
      '$3, ($2::vector(5)) <=> $1',
    ],
  ])('%s', async (_name, sql, parameters, vectors, text) => {
    const gated = await gateStatement(sql, options);
    expect(gated.text).toBe(`select ${text}`);
    expect([gated.parameters, gated.embeds.map(({ parameter }) => parameter)]).toEqual([parameters, vectors]);
  });

  test.each([
    [`select EMBED('photos.clip.embedding', E'a\\u0020b') <=> a`, 'a b'],
    [
      `select "embed"('photos.clip.embedding' /* ) ' */ , $$it's; drop table "content" --$$) <=> a`,
      `it's; drop table "content" --`,
    ],
    [`select embed('photos.clip.embedding', 'it''s 表😀')<=>a -- embed('x')`, "it's 表😀"],
  ])('reads its text as SQL does: %s', async (sql, text) => {
    const gated = await gateStatement(sql, options);
    expect(gated.embeds.map((call) => call.text)).toEqual([text]);
    expect(gated.text).toMatch(/^select \(\$1::vector\(3\)\) ?<=> ?a/);
  });

  test.each([
    [
      "select embed('photos.clip', 'a')",
      'index "photos.clip" does not exist, did you mean "photos.clip.embedding"?',
      "'photos.clip'",
    ],
    [
      "select embed('x', 'a')",
      'index "x" does not exist; there are "photos.clip.embedding", "docs.clip.embedding"',
      "'x'",
    ],
    ["select embed($1, 'a')", 'the index of embed() is written as a text', '$1'],
    ['select embed(name, name) from content', 'the index of embed() is written as a text', 'name,'],
    ["select embed('photos.clip.embedding', c.name) from content c", 'nothing from the database', 'c.name'],
    ["select embed('photos.clip.embedding', (select secret from x))", 'nothing from the database', '(select'],
    ["select embed('photos.clip.embedding', 'a' || 'b')", 'nothing from the database', '||'],
    ["select embed('photos.clip.embedding', 3)", 'takes a text or a parameter', '3'],
    ["select embed('photos.clip.embedding', '')", 'the text of embed() is empty', "'')"],
    [`select embed('photos.clip.embedding', '${'x'.repeat(2001)}')`, '2001 characters and 2000 are allowed', "'x"],
    [
      "select embed('photos.clip.embedding')",
      "takes the name of an index and a text, e.g. embed('photos.clip.embedding', 'a red car')",
      'embed',
    ],
    ["select embed('photos.clip.embedding', 'a') over ()", 'takes the name of an index and a text', 'embed'],
    ["select embed(distinct 'photos.clip.embedding', 'a')", 'takes the name of an index and a text', 'embed'],
    ["select embed(i => 'photos.clip.embedding', t => 'a')", 'takes the name of an index and a text', 'embed'],
    ["select embed(variadic array['photos.clip.embedding', 'a'])", 'takes the name of an index and a text', 'embed'],
    ["select public.embed('photos.clip.embedding', 'a')", 'without a schema', 'public'],
    ["select ns_other.embed('photos.clip.embedding', 'a')", 'without a schema', 'ns_other'],
    ["select * from embed('photos.clip.embedding', 'a')", 'is a value and no table', 'embed'],
    ['select similarity(a) from content', 'takes two vectors', 'similarity'],
    ['select similarity(a, b) filter (where true) from content', 'takes two vectors', 'similarity'],
    ["select embd('photos.clip.embedding', 'a')", 'function "embd" is not allowed, did you mean "embed"?', 'embd'],
  ])('%s: %s', async (sql, reason, at) => {
    const error = await refusalOf(gateStatement(sql, options));
    expect(error.message).toContain(reason);
    expect(error.position).toBe(sql.indexOf(at));
  });

  test('of too many texts is refused', async () => {
    const many = (count: number): string =>
      `select ${Array.from({ length: count }, (_, n) => `embed('photos.clip.embedding', 't${n}')`).join(', ')}`;
    expect((await gateStatement(many(MAX_EMBEDS), options)).embeds).toHaveLength(MAX_EMBEDS);
    expect((await refusalOf(gateStatement(many(MAX_EMBEDS + 1), options))).message).toContain('more than 16 vectors');
  });
});

describe('similarity()', () => {
  test.each([
    ['select similarity(a, b) from content', 'select (1 - ((a) <=> (b))) as similarity from "ns_test".content'],
    ['select similarity(a, b) s, 1', 'select (1 - ((a) <=> (b))) s, 1'],
    ['select round(similarity (a, (b)) * 2)', 'select round((1 - ((a) <=> ((b)))) * 2)'],
    ['select 1 where similarity(a -- , )\n, b) > 0.5', 'select 1 where (1 - ((a -- , )\n) <=> ( b))) > 0.5'],
    ['select array[similarity(a[1], coalesce(b, c))]', 'select array[(1 - ((a[1]) <=> ( coalesce(b, c))))]'],
    [`select 1 where similarity(e, ${CAR}) > 0.5`, 'select 1 where (1 - ((e) <=> ( ($1::vector(3))))) > 0.5'],
    [
      'select similarity from (select similarity(a, b)) q',
      'select similarity from (select (1 - ((a) <=> ( b))) as similarity) q',
    ],
  ])('%s', async (sql, text) => {
    expect(squeezed((await gateStatement(sql, options)).text)).toBe(squeezed(text));
  });

  test.each([
    ['order by similarity(a, b) desc limit 5', 'order by ((a) <=> (b)) asc limit 5'],
    ['order by (similarity(a, b)) /* best */ DESC nulls last', 'order by (((a) <=> (b))) /* best */ asc nulls last'],
    [`order by similarity(e, ${CAR}) desc, name`, 'order by ((e) <=> (($1::vector(3)))) asc, name'],
    ['order by similarity(a, b)', 'order by (1 - ((a) <=> (b)))'],
    ['order by similarity(a, b) asc', 'order by (1 - ((a) <=> (b))) asc'],
    ['order by similarity(a, b) + 1 desc', 'order by (1 - ((a) <=> (b))) + 1 desc'],
    ['group by 1 order by similarity(a, b) desc', 'group by 1 order by (1 - ((a) <=> (b))) desc'],
    ['union select 2 order by similarity(a, b) desc', 'union select 2 order by (1 - ((a) <=> (b))) desc'],
  ])('falling is a rising distance, which an index serves: %s', async (clause, text) => {
    const { text: made } = await gateStatement(`select 1 from content ${clause}`, options);
    expect(squeezed(made)).toBe(squeezed(`select 1 from "ns_test".content ${text}`));
  });

  test.each([
    [`select name, similarity(e, ${CAR}) as s`, 'order by s desc', 'order by ((e) <=> (($1::vector(3)))) asc'],
    [`select name, similarity(e, ${CAR}) as s`, 'order by 2 desc', 'order by ((e) <=> (($1::vector(3)))) asc'],
    ['select similarity(a, b)', 'order by similarity desc', 'order by ((a) <=> (b)) asc'],
    ['select similarity(a, b) as s', 'order by s', 'order by s'],
    ['select similarity(a, b) as s', 'order by 1 asc', 'order by 1 asc'],
    ['select c.*, similarity(a, b) as s', 'order by 2 desc', 'order by 2 desc'],
    ['select similarity(a, (select b)) as s', 'order by s desc', 'order by s desc'],
    ['select distinct similarity(a, b) as s', 'order by s desc', 'order by s desc'],
    ['select similarity(a, b) as s', 'order by c.s desc', 'order by c.s desc'],
  ])('%s %s', async (select, clause, text) => {
    const { text: made } = await gateStatement(`${select} from content c ${clause}`, options);
    expect(squeezed(made)).toContain(squeezed(` from "ns_test".content c ${text}`));
    expect(made.endsWith(text.slice(-4))).toBe(true);
  });

  test('nested in its own sub-selects grows no more than it was written', async () => {
    let sql = 'select 0 as s';
    for (let level = 0; level < 40; level += 1)
      sql = `select similarity(a, (${sql})) as s from content order by s desc`;
    expect((await gateStatement(sql, options)).text.length).toBeLessThan(3 * sql.length);
  });
});

describe('what is rewritten is checked as a whole', () => {
  test.each([
    [`select ${CAR} <=> a from pg_authid`, 'table "pg_authid" does not exist', 'pg_authid'],
    [`select '😀', similarity(a, ${CAR}), pg_sleep(1)`, '"pg_sleep"', 'pg_sleep'],
    [`select similarity((select secret from ns_other.x), ${CAR})`, 'schema "ns_other" is not open', 'ns_other'],
    [`select similarity(a, b), pg_sleep(1) from content order by 1 desc`, '"pg_sleep"', 'pg_sleep'],
    [`select ${CAR}; drop table content`, 'only one statement', 'drop'],
    [`delete from content where similarity(a, ${CAR}) > 1`, 'DELETE is not allowed', 'delete'],
    [`with x as (delete from content returning similarity(a, ${CAR})) select 1`, 'only SELECT is allowed', 'x'],
  ])('%s', async (sql, reason, at) => {
    const error = await refusalOf(gateStatement(sql, options));
    expect(error.message).toContain(reason);
    expect(error.position).toBe(sql.indexOf(at));
  });

  test('original() leads back to what was written', async () => {
    const sql = `select '😀', similarity(nme, ${CAR}) from content order by widht`;
    const { text, original } = await gateStatement(sql, options);
    for (const word of ['nme', 'content', 'widht']) expect(original(text.indexOf(word))).toBe(sql.indexOf(word));
    expect(original(text.indexOf('$1'))).toBe(sql.indexOf('embed'));
  });
});

describe('conditions', () => {
  const columns = ['name'];

  test('hold their vectors as literals', async () => {
    const where = `exists (select 1 from "photos.clip" e where similarity(e.embedding, ${CAR}) > 0.25 and e.note <> '$1') -- end`;
    const gated = await gateCondition(where, { ...options, columns });
    expect(gated.embeds).toMatchObject([{ text: 'a red car', position: where.indexOf('embed(') }]);
    expect(gated.text(['[0.6,0.8,0]'])).toBe(
      `exists (select 1 from "ns_test"."photos.clip" e where (1 - ((e.embedding) <=> ( ('[0.6,0.8,0]'::vector(3))))) > 0.25 and e.note <> '$1') -- end`,
    );
  });

  test.each([
    [`similarity(name, ${CAR}) > 0 and name = $1`, 'no parameters', -1],
    ["embed('photos.clip.embedding', $1) is null", 'no parameters', -1],
    [`${CAR} <=> ${CAR} > 0; drop table content`, 'only one statement', `${CAR} <=> ${CAR} > 0; `.length],
    [`${CAR} is null) or (true`, 'syntax error', CAR.length + ' is null'.length],
    [`nme = 1 and ${CAR} is null`, 'did you mean "name"?', 0],
  ])('%s: %s', async (where, reason, position) => {
    const error = await refusalOf(gateCondition(where, { ...options, columns }));
    expect(error.message).toContain(reason);
    expect(error.message).toMatch(/^Cannot filter by this condition: /);
    if (position >= 0) expect(error.position).toBe(position);
  });

  test('tell in which table a column is', async () => {
    const tablesOf = (column: string): string[] => (column === 'object_name' ? ['photos'] : []);
    const error = await refusalOf(gateCondition("object_name = 'dog'", { ...options, columns, tablesOf }));
    expect(error.message).toContain('write content_id in (select content_id from "photos" where "object_name" …)');
  });
});

/** Without spaces beside parentheses. */
function squeezed(text: string): string {
  return text.replaceAll(/(?<=\() +| +(?=\))/g, '');
}
