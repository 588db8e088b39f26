import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../../test/databases.ts';
import { LimitError, SqlError, TimeoutError, type SqlResult } from '../../contract/index.ts';
import { identifier, type Database } from '../database.ts';
import { ensureReader } from '../reader.ts';
import { runUserSql, type UserSql } from './door.ts';
import { hardenSql, OPEN_FUNCTIONS_SQL } from './harden.ts';

interface Useful {
  readonly sql: string;
  readonly params?: unknown[];
  /** `name type` of each column. */
  readonly columns: string[];
  readonly rows: unknown[][];
}

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
const useful = JSON.parse(fixture('useful.json')) as Useful[];
const attacks = JSON.parse(fixture('attacks.json')) as { sql: string }[];

const reader = { role: 'fovea_reader_test', schema: 'ns_test' };
const views = ['content', 'ingestion', 'photos', 'photos.clip', 'Trips'];

async function prepare(database: Database): Promise<void> {
  await database.execute(fixture('namespace.sql').replace('{{vector}}', database.dialect.vectorType(3)));
  await database.transaction((tx) => ensureReader(tx, reader));
  const role = identifier(database.dialect.role(reader.role));
  for (const view of views) await database.execute(`grant select on ns_test.${identifier(view)} to ${role}`);
  await database.execute(hardenSql());
}

/** Runs for minutes and can be ended at any moment. */
const ONE_MINUTE = 'select count(*) from generate_series(1, 1000000000) a';

describeEachDatabase('runUserSql()', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await prepare(database);
  });

  const run = (query: string, options: Partial<UserSql> = {}): Promise<SqlResult> =>
    runUserSql(database, { ...reader, views, query, limit: 100, timeoutMs: 10_000, ...options });
  const failure = (query: string, options: Partial<UserSql> = {}): Promise<unknown> =>
    run(query, options).then(
      () => 'answered',
      (error: unknown) => error,
    );

  test.each(useful)('answers $sql', async ({ sql, params, columns, rows }) => {
    const result = await run(sql, params === undefined ? {} : { params });
    expect(result.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(columns);
    expect(result.rows.map((row) => Object.values(row))).toEqual(rows);
    expect(result.truncated).toBe(false);
  });

  test('ends a statement that nobody waits for any more, and begins none', async () => {
    const stop = new AbortController();
    const gone = new Error('gone');
    const running = failure(ONE_MINUTE, { timeoutMs: 600_000, signal: stop.signal });
    // The statement runs by then, or is about to: either has to end.
    setTimeout(() => stop.abort(gone), 100);
    expect(await running).toBe(gone);
    // PGlite answers one after the other: an answer says that it is over.
    const { rows } = await database.query(
      `select query from pg_stat_activity where state = 'active' and query like '%1000000000%' and pid <> pg_backend_pid()`,
    );
    expect(rows).toEqual([]);
    expect(await failure('select 1', { signal: stop.signal })).toBe(gone);
    expect(await failure('select 1')).toBe('answered');
  });

  test('refuses every attack before the database sees it', async () => {
    for (const { sql } of attacks) expect(await failure(sql, { params: [] }), sql).toBeInstanceOf(SqlError);
  });

  test('leads functions in the place of columns nowhere', async () => {
    for (const sql of [
      'select c.pg_sleep from content c',
      'select (c).query_to_xml from content c',
      'select set_config from content',
    ]) {
      expect(await failure(sql), sql).toMatchObject({ code: 'sql', sqlState: '42703' });
    }
  });
});

describeEachDatabase('runUserSql() limits', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await prepare(database);
  });

  const run = (query: string, options: Partial<UserSql> = {}): Promise<SqlResult> =>
    runUserSql(database, { ...reader, views, query, limit: 100, ...options });
  const failure = (query: string, options: Partial<UserSql> = {}): Promise<unknown> =>
    run(query, options).then(
      () => 'answered',
      (error: unknown) => error,
    );

  test.each([
    ['a long count', ONE_MINUTE],
    [
      'a product of many rows',
      'select count(*) from content a, content b, content c, content d, content e, content f, content g, content h, content i, content j, content k, content l',
    ],
    [
      'a recursion without end',
      'with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r',
    ],
    [
      'a recursion that keeps its rows',
      'with recursive r(n) as (select 1::bigint union select n + 1 from r) select max(n) from r',
    ],
    [
      'a regular expression that explodes',
      String.raw`select count(*) from generate_series(1, 1000000) n where repeat('ab', 2000) || n ~ '(.*)(.*)(.*)(.*)\4x'`,
    ],
    ['a series in the target list', 'select sum(x) from (select generate_series(1, 2000000000) as x) q'],
  ])('end %s in time', async (_name, query) => {
    const error = await failure(query, { timeoutMs: 400 });
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({
      limitMs: 400,
      message: expect.stringMatching(/^Cannot run this SQL: it took longer than 400 ms/),
    });
    expect((await run('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('have a time of their own on each database', async () => {
    const defaultMs = database.dialect.name === 'pglite' ? 2000 : 15_000;
    expect(await failure(ONE_MINUTE)).toMatchObject({ code: 'timeout', limitMs: defaultMs });
  });

  test('let others search meanwhile (PostgreSQL), or right after (PGlite)', async () => {
    const done: string[] = [];
    const bomb = failure(ONE_MINUTE, { timeoutMs: database.dialect.name === 'pglite' ? 600 : 5000 });
    void bomb.then(() => done.push('bomb'));
    expect((await run('select count(*) from content', { timeoutMs: 60_000 })).rows).toEqual([{ count: 5 }]);
    done.push('search');
    expect(await bomb).toBeInstanceOf(TimeoutError);
    if (database.dialect.name === 'postgres') expect(done).toEqual(['search', 'bomb']);
  });

  test('cut rows, in the order of the statement, and say so', async () => {
    const all = await run('select n from generate_series(1, 5) n order by n desc', { limit: 5 });
    expect([all.rows.map(({ n }) => n), all.truncated]).toEqual([[5, 4, 3, 2, 1], false]);
    const cut = await run('select n from generate_series(1, 100000) n order by n desc', { limit: 3 });
    expect([cut.rows.map(({ n }) => n), cut.truncated]).toEqual([[100_000, 99_999, 99_998], true]);
    const own = await run('select n from generate_series(1, 5) n order by n limit 2 offset 1', { limit: 3 });
    expect([own.rows.map(({ n }) => n), own.truncated]).toEqual([[2, 3], false]);
  });

  test('cut bytes, and say so', async () => {
    const query = "select n, repeat('x', 1000) as t from generate_series(1, 50) n";
    const cut = await run(query, { maxBytes: 10_500 });
    expect([cut.rows.map(({ n }) => n), cut.truncated]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], true]);
    expect((await run(query, { maxBytes: 100_000 })).truncated).toBe(false);
    expect((await run('select 1 where false', { maxBytes: 10 })).rows).toEqual([]);
  });

  test('refuse a first row that alone is too large, however it was made', async () => {
    const query = "select string_agg(repeat('x', 10000), '') as t from generate_series(1, 2000)";
    const error = await failure(query, { timeoutMs: 60_000 });
    expect(error).toBeInstanceOf(LimitError);
    expect(error).toMatchObject({
      message: expect.stringMatching(/its first row has 200000\d\d bytes and 16777216 are allowed/),
    });
  });

  test('bound memory', async () => {
    const doubling =
      "with recursive r(s, n) as (select 'x', 0 union all select s || s, n + 1 from r where n < 40) select length(s) from r";
    const error = await failure(doubling, { timeoutMs: 10_000 });
    expect(error).toMatchObject({ code: expect.stringMatching(/^(limit|timeout)$/) });
    expect((await run('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('bound the depth of JSON, which breaks what copies it', async () => {
    const nested = (depth: number): string => `select (repeat('[', ${depth}) || repeat(']', ${depth}))::jsonb as deep`;
    for (const depth of [600, 9000]) {
      const error = await failure(nested(depth), { timeoutMs: 10_000 });
      expect(error).toBeInstanceOf(LimitError);
      expect(error).toMatchObject({ message: expect.stringContaining('more than 500 levels') });
    }
    expect(JSON.stringify((await run(nested(400))).rows)).toContain('['.repeat(400));
  });

  test('bound the stack', async () => {
    const deep = `select ${'('.repeat(300)}1${'+ 1)'.repeat(300)} as sum`;
    expect((await run(deep)).rows).toEqual([{ sum: 301 }]);
  });
});

describeEachDatabase('runUserSql() tells', (open) => {
  let database: Database;
  beforeAll(async () => {
    database = await open();
    await prepare(database);
  });

  const failure = (query: string, params: unknown[] = []): Promise<unknown> =>
    runUserSql(database, { ...reader, views, query, params, limit: 100 }).then(
      () => 'answered',
      (error: unknown) => error,
    );

  test.each([
    ["; select '😀表', object_nam from public.ingestion", 'object_nam', '42703', 'did you mean "object_name"?'],
    ['select c.widt from content c', 'c.widt', '42703', 'did you mean "width"?'],
    ["select name from content where name = 'x' and nme = 1", 'nme', '42703', 'did you mean "name"?'],
    ['select name + 1 from content', '+ 1', '42883', 'operator does not exist'],
    ['select lower(1, 2) from content', 'lower', '42883', 'function lower(integer, integer) does not exist'],
    ['select name, count(*) from content', 'name', '42803', 'GROUP BY'],
    ["select '[1,2'::vector", "'[1,2'", '22P02', 'invalid input syntax for type vector'],
    ['select x.name from content c', 'x.name', '42P01', 'missing FROM-clause entry'],
  ])('where %s is wrong', async (query, at, sqlState, message) => {
    const error = await failure(query);
    expect(error).toBeInstanceOf(SqlError);
    expect(error).toMatchObject({ sqlState, position: query.indexOf(at), message: expect.stringContaining(message) });
  });

  test('errors without a place', async () => {
    expect(await failure('select 1 / (width - width) from content')).toMatchObject({
      sqlState: '22012',
      position: undefined,
      message: 'Cannot run this SQL: division by zero',
    });
    expect(await failure('select embedding <=> \'[1,2]\' from "photos.clip"')).toMatchObject({
      message: expect.stringContaining('different'),
    });
  });

  test("which parameters don't fit", async () => {
    expect(await failure('select $1::int + $2::int', [1])).toMatchObject({
      message: expect.stringContaining('it has 2 parameters ($1, $2, …) and 1 values were given'),
    });
    expect(await failure('select 1', [1])).toMatchObject({ message: expect.stringContaining('it has 0 parameters') });
    expect(await failure('select $1::text[]', [[['a']]])).toMatchObject({
      message: expect.stringContaining('cast it, e.g. $1::jsonb'),
    });
    expect(await failure('select $1::int', ['x'])).toMatchObject({ sqlState: '22P02' });
    expect(await failure('select $1::text', ['a\0b'])).toMatchObject({ message: expect.stringContaining('NUL') });
  });
});

describeEachDatabase('hardenSql()', (open) => {
  test('closes what may leave the border of a role, and is idempotent', async () => {
    const database = await open();
    await prepare(database);
    await database.execute(hardenSql());
    expect((await database.query(OPEN_FUNCTIONS_SQL)).rows).toEqual([]);
    const escapes = [
      `select set_config('role', 'none', true)`,
      `select query_to_xml('select * from ns_other.secret', true, true, '')`,
      `select * from ts_stat('select to_tsvector(s) from ns_other.secret')`,
      `select pg_sleep(1)`,
      `select pg_advisory_lock(1)`,
      `select lo_create(0)`,
      `select pg_ls_dir('.')`,
      `select pg_get_viewdef('ns_test.content'::regclass)`,
      `select * from ns_other.secret`,
    ];
    for (const sql of escapes) {
      const escaping = database.asReader(reader, (tx) => tx.query(sql));
      await expect(escaping, sql).rejects.toMatchObject({ sqlState: '42501' });
    }
  });

  test('leaves its own role what it needs', async () => {
    const database = await open();
    await database.execute(hardenSql());
    const { rows } = await database.query(
      `select set_config('fovea.x', 'y', true) as x, pg_try_advisory_lock(1) as locked`,
    );
    expect(rows).toEqual([{ x: 'y', locked: true }]);
  });

  test('fails nothing and closes nothing where it may not', async () => {
    const database = await open();
    const { rows: before } = await database.query(OPEN_FUNCTIONS_SQL);
    const role = identifier(database.dialect.role('fovea_plain'));
    await database.execute(`create role ${role}`);
    await database.transaction(async (tx) => {
      await tx.execute(`set local role ${role}`);
      await tx.execute(hardenSql());
    });
    expect(before.length).toBeGreaterThan(50);
    expect((await database.query(OPEN_FUNCTIONS_SQL)).rows).toEqual(before);
    await database.execute(`drop role ${role}`);
  });
});
