import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SqlError } from '../../contract/index.ts';
import { gateCondition, gateStatement, type GateOptions } from './gate.ts';

const attacks = JSON.parse(readFileSync(new URL('fixtures/attacks.json', import.meta.url), 'utf8')) as {
  sql: string;
  reason: string;
}[];

const options: GateOptions = { schema: 'ns_test', views: ['content', 'ingestion', 'photos', 'photos.clip', 'Trips'] };

async function refusalOf(work: Promise<unknown>): Promise<SqlError> {
  const outcome = await work.then(
    () => new Error('was let through'),
    (error: unknown) => error,
  );
  if (!(outcome instanceof SqlError)) throw outcome;
  return outcome;
}

describe('gateStatement() refuses with a reason', () => {
  test.each(attacks)('$sql', async ({ sql, reason }) => {
    const error = await refusalOf(gateStatement(sql, options));
    expect(error.message).toContain(reason);
    expect(error.message).toMatch(/^Cannot run this SQL: \S/);
    expect(error.message).not.toMatch(/\.$/);
  });

  test.each([
    ['operators in a row', `select 1${' + 1'.repeat(500)}`, 'nested too deeply'],
    ['more operators than the parser survives', `select 1${'+1'.repeat(9990)}`, 'words and signs'],
    ['NOTs in a row', `select ${'not '.repeat(1500)}true`, 'nested too deeply'],
    ['calls in calls', `select ${'abs('.repeat(450)}1${')'.repeat(450)}`, 'nested too deeply'],
    ['calls that are never closed', `select ${'a('.repeat(2400)}1`, 'syntax error'],
    [
      'sub-selects in sub-selects',
      `select * from ${'(select * from '.repeat(250)}content${') q'.repeat(250)}`,
      'nested too deeply',
    ],
    ['unions in a row', `select 1${' union select 1'.repeat(400)}`, 'nested too deeply'],
    ['many parts', `select ${'*, '.repeat(2000)}* from content`, 'more than 5000 parts'],
    ['many words', `select ${'1, '.repeat(4000)}1`, 'words and signs'],
    ['a long text', `select '${'x'.repeat(20_001)}'`, 'bytes long'],
    ['a text long in bytes only', `select '${'表'.repeat(7_000)}'`, 'bytes long'],
  ])('%s', async (_name, sql, reason) => {
    expect((await refusalOf(gateStatement(sql, options))).message).toContain(reason);
    expect((await gateStatement('select 1', options)).text).toBe('select 1');
  });
});

describe('gateStatement() tells where and what was meant', () => {
  test.each([
    ["select 'é', 表 from hidden", 'hidden'],
    ["select '😀', pg_sleep(1)", 'pg_sleep'],
    ["select '😀表', from content", 'from'],
    ['select 1 === 2', '==='],
    ["select '1'::regclass", 'regclass'],
    ['select 1; drop table content', 'drop'],
    ['  delete from content', 'delete'],
    ['select * from content c join ns_other.secret s on true', 'ns_other'],
  ])('%s: at %s', async (sql, word) => {
    expect((await refusalOf(gateStatement(sql, options))).position).toBe(sql.indexOf(word));
  });

  test.each([
    ['select * from ingestions', 'did you mean "ingestion"?'],
    ['select * from trips', 'names with capitals need quotes: "Trips"'],
    ['select * from photos.clip', 'names with dots need quotes: "photos.clip"'],
    ['select cosine_distnce(a, b) from content', 'did you mean "cosine_distance"?'],
    ["select '1'::int9", 'did you mean "int'],
    ['select * from xyzzy', 'there are "content", "ingestion"'],
  ])('%s: %s', async (sql, hint) => {
    expect((await refusalOf(gateStatement(sql, options))).message).toContain(hint);
  });
});

describe('gateStatement() lets through', () => {
  test('one SELECT, cut at its semicolon by bytes, with its views in their schema', async () => {
    const gated = await gateStatement(';; select \'é;表\' from content as "é" ;; ', options);
    expect(gated.text.trim()).toBe(`select 'é;表' from "ns_test".content as "é"`);
    expect(gated.tables).toEqual(['content']);
  });

  test('names of the schema and of its alias, in columns too', async () => {
    const { text } = await gateStatement(
      'select public.content.name from PUBLIC.content, ns_test."photos.clip", "public".photos',
      options,
    );
    expect(text).toBe('select "ns_test".content.name from "ns_test".content, ns_test."photos.clip", "ns_test".photos');
  });

  test('CTEs, which hide views of their name where they are in scope and nowhere else', async () => {
    const { text, tables } = await gateStatement(
      'with content as (select * from content), x as (select * from content) select * from x, content, (with photos as (select 1) table photos) p, photos',
      options,
    );
    expect(text).toBe(
      'with content as (select * from "ns_test".content), x as (select * from content) select * from x, content, (with photos as (select 1) table photos) p, "ns_test".photos',
    );
    expect(tables).toEqual(['content', 'photos']);
  });

  test('a view that is called like a catalog, never the catalog', async () => {
    const { text } = await gateStatement('select * from pg_authid', { ...options, views: ['pg_authid'] });
    expect(text).toBe('select * from "ns_test".pg_authid');
  });

  test('a schema of any name, quoted', async () => {
    expect((await gateStatement('table content', { ...options, schema: 'a"b' })).text).toBe('table "a""b".content');
  });

  test('parameters, counted, with those that take JSON', async () => {
    const gated = await gateStatement(
      'select $1::vector <=> embedding, embedding <-> $2, $3::jsonb, $4::text[], $5::real[], $7 from "photos.clip"',
      options,
    );
    expect(gated.parameters).toBe(7);
    expect([...gated.jsonParameters]).toEqual([1, 2, 3]);
  });

  test('original() leads from the text that is run back to the text that was written', async () => {
    const sql = "; select '😀', nme from content, public.photos where foo = 1";
    const gated = await gateStatement(sql, options);
    for (const word of ['select', '😀', 'nme', 'content', 'where', 'foo']) {
      expect(gated.original(gated.text.indexOf(word))).toBe(sql.indexOf(word));
    }
  });

  test('sized functions with plain sizes', async () => {
    const sql = "select repeat('x', 10000), lpad(name, 5), rpad(name, 5, '0'), name::varchar(20) from content";
    expect((await gateStatement(sql, options)).tables).toEqual(['content']);
  });
});

describe('gateCondition()', () => {
  const columns = ['content_id', 'name', 'width', 'labels'];

  test.each([
    ["width > 1000 and name like 'IMG%'", "width > 1000 and name like 'IMG%'"],
    ["c.width > 1000 or c.labels ->> 'trip' = 'rome'", "c.width > 1000 or c.labels ->> 'trip' = 'rome'"],
    [
      "exists (select 1 from ingestion i where i.content_id = c.content_id and object_name = 'dog')",
      `exists (select 1 from "ns_test".ingestion i where i.content_id = c.content_id and object_name = 'dog')`,
    ],
    ['(width > 1) or (width < 0)', '(width > 1) or (width < 0)'],
    ['width > 1 -- big', 'width > 1 -- big'],
    ['width > 1 /* ) */', 'width > 1 /* ) */'],
    ["name = ') or (1=1'", "name = ') or (1=1'"],
    ['width > 1;', 'width > 1'],
    ['true', 'true'],
  ])('lets %s through', async (where, text) => {
    expect((await gateCondition(where, { ...options, columns })).text([])).toBe(text);
  });

  test.each([
    ['1=1) or (1=1', 'syntax error'],
    ['1=1); drop table content; --', 'syntax error'],
    ['true; drop table content', 'only one statement'],
    ['; drop table content', 'only one statement'],
    ['true from content', 'must be one condition'],
    ['true union select true', 'must be one condition'],
    ['true limit 1', 'must be one condition'],
    ['true order by 1', 'must be one condition'],
    ['true group by 1', 'must be one condition'],
    ['true, false', 'must be one condition'],
    ['true as x', 'must be one condition'],
    ['distinct true', 'must be one condition'],
    ['true into stolen', 'must be one condition'],
    ['true for update', 'must be one condition'],
    ['*', 'must be one condition'],
    ['c.*', 'must be one condition'],
    ['', 'must be one condition'],
    ['-- nothing', 'must be one condition'],
    ['width > 1 /*', 'unterminated'],
    ["name = 'x", 'unterminated'],
    ['width > $1', 'no parameters'],
    ['exists (select 1 from _task)', '"_task" does not exist'],
    ['exists (delete from content returning 1)', 'syntax error'],
    ['pg_sleep(60) is null', '"pg_sleep"'],
    ['widt > 1', 'did you mean "width"?'],
    ['c.secret = 1', 'column "secret" does not exist'],
    ["query_to_xml('select 1', true, true, '') is not null", '"query_to_xml"'],
  ])('refuses %s', async (where, reason) => {
    const error = await refusalOf(gateCondition(where, { ...options, columns }));
    expect(error.message).toContain(reason);
    expect(error.message).toMatch(/^Cannot filter by this condition: /);
  });

  test('counts positions from the start of the condition', async () => {
    expect((await refusalOf(gateCondition('width > 1 and widht < 2', { ...options, columns }))).position).toBe(14);
    expect((await refusalOf(gateCondition('width > 1 + ) 2', options))).position).toBe(12);
  });

  test('asks no columns inside sub-selects, nor where it knows none', async () => {
    const where = 'exists (select 1 from ingestion where score > 0.5)';
    expect((await gateCondition(where, { ...options, columns })).text([])).toContain('score');
    expect((await gateCondition('anything = 1', options)).text([])).toBe('anything = 1');
  });
});
