import { beforeAll, expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { TimeoutError } from '../contract/errors.ts';
import { DatabaseError, identifier, type Database } from './database.ts';
import { dropReader, ensureReader } from './reader.ts';

const BOMB = 'select count(*) from generate_series(1, 1e12)';

describeEachDatabase('Database', (open) => {
  let db: Database;

  beforeAll(async () => {
    db = await open();
    await db.execute('create table item (id int primary key, name text); create index on item (name)');
  });

  test('query() reads every type the same', async () => {
    const { rows, columns } = await db.query(`
      select 7::int8 as big, 9007199254740993::int8 as beyond, (select count(*) from item) as count, 1.5::numeric as numeric,
             true as bool, '{"a":[1]}'::jsonb as json, '\\x00ff'::bytea as bytes, '[1,0.5]'::vector as vector,
             '[1,0.5]'::halfvec as half, array['a','b c',null] as texts, array[1,2]::int8[] as bigs,
             timestamptz '2024-05-01 14:00:00.25+02' as at, timestamp '2024-05-01 12:00:00' as local, date '2024-05-01' as day,
             '00000000-0000-0000-0000-000000000001'::uuid as id, interval '1 day 2 hours' as span, null::int as nothing,
             'NaN'::float8 as nan, array['[1,2]'::vector] as vectors`);
    expect(rows).toEqual([
      {
        big: 7,
        beyond: '9007199254740993',
        count: 0,
        numeric: 1.5,
        bool: true,
        json: { a: [1] },
        bytes: new Uint8Array([0, 255]),
        vector: [1, 0.5],
        half: [1, 0.5],
        texts: ['a', 'b c', null],
        bigs: [1, 2],
        at: '2024-05-01T12:00:00.25Z',
        local: '2024-05-01T12:00:00',
        day: '2024-05-01',
        id: '00000000-0000-0000-0000-000000000001',
        span: '1 day 02:00:00',
        nothing: null,
        nan: Number.NaN,
        vectors: [[1, 2]],
      },
    ]);
    expect(columns.slice(0, 3)).toEqual([
      { name: 'big', type: 'int8' },
      { name: 'beyond', type: 'int8' },
      { name: 'count', type: 'int8' },
    ]);
    expect(columns.find(({ name }) => name === 'vector')?.type).toBe('vector');
  });

  test('query() writes every type the same', async () => {
    const values = [
      7,
      ' it\'s "\\ ',
      true,
      null,
      new Uint8Array([0, 255]),
      new Date('2024-05-01T12:00:00Z'),
      ['a"b', null, '{}'],
      [1, 2],
      JSON.stringify({ list: [1] }),
      db.dialect.vector(new Float32Array([1, 0.5])),
      new Float32Array([0.1, -2, 3e38]).subarray(0, 2),
    ];
    const { rows } = await db.query(
      `select $1::int4 as a, $2::text as b, $3::bool as c, $4::text as d, $5::bytea as e, $6::timestamptz as f,
              $7::text[] as g, $8::int4[] as h, $9::jsonb as i, $10::vector as j,
              $11::real[] as k, ($11::real[])[2:2]::vector(1) as l, cardinality($11::real[]) as m`,
      values,
    );
    expect(rows).toEqual([
      {
        a: 7,
        b: ' it\'s "\\ ',
        c: true,
        d: null,
        e: new Uint8Array([0, 255]),
        f: '2024-05-01T12:00:00Z',
        g: ['a"b', null, '{}'],
        h: [1, 2],
        i: { list: [1] },
        j: [1, 0.5],
        k: [0.1, -2],
        l: [-2],
        m: 2,
      },
    ]);
  });

  test('query() counts the rows it wrote, and none for SELECT', async () => {
    await db.execute('truncate item');
    const inserted = await db.query('insert into item select i, $1 from generate_series(1, 3) i returning id', ['x']);
    expect([inserted.affected, inserted.rows.length]).toEqual([3, 3]);
    expect((await db.query('update item set name = $1 where id < 3', ['y'])).affected).toBe(2);
    expect((await db.query('select * from item')).affected).toBe(0);
    expect((await db.query('select * from item where false')).columns.map(({ name }) => name)).toEqual(['id', 'name']);
  });

  test('query() takes one statement only', async () => {
    await expect(db.query('select 1; select 2')).rejects.toMatchObject({ sqlState: '42601' });
  });

  test('query() reports the error with its SQLSTATE, place and constraint', async () => {
    await db.execute(`truncate item; insert into item values (1, 'a')`);
    const twice = db.query(`insert into item values ($1, 'b')`, [1]);
    await expect(twice).rejects.toBeInstanceOf(DatabaseError);
    await expect(twice).rejects.toMatchObject({ sqlState: '23505', constraint: 'item_pkey' });
    await expect(db.query('select é, nope from item')).rejects.toMatchObject({ sqlState: '42703', position: 7 });
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('query() ends a statement at its time-out', async () => {
    await expect(db.query(BOMB, [], { timeoutMs: 200 })).rejects.toBeInstanceOf(TimeoutError);
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('transaction() commits what its work did', async () => {
    await db.execute('truncate item');
    const value = await db.transaction(async (tx) => {
      await tx.query(`insert into item values (1, 'a')`);
      return (await tx.query<{ id: number }>('select id from item')).rows;
    });
    expect(value).toEqual([{ id: 1 }]);
    expect((await db.query('select id from item')).rows).toEqual([{ id: 1 }]);
  });

  test('transaction() rolls back when its work throws, and throws the same', async () => {
    await db.execute('truncate item');
    const error = new Error('stop');
    const failing = db.transaction(async (tx) => {
      await tx.query(`insert into item values (1, 'a')`);
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    expect((await db.query('select id from item')).rows).toEqual([]);
  });

  test('transaction() fails when a statement failed, even if its work swallowed the error', async () => {
    const swallowing = db.transaction(async (tx) => {
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toMatchObject({ sqlState: '25P02' });
  });

  test('transaction() ends a statement at its time-out and rolls back', async () => {
    await db.execute('truncate item');
    const slow = db.transaction(async (tx) => {
      await tx.query(`insert into item values (1, 'a')`);
      await tx.query(BOMB, [], { timeoutMs: 100 });
    });
    await expect(slow).rejects.toMatchObject({ code: 'timeout', limitMs: 100 });
    expect((await db.query('select id from item')).rows).toEqual([]);
    expect((await db.query('show statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
  });

  test('transaction() that reads only refuses to write', async () => {
    const writing = db.transaction((tx) => tx.query(`insert into item values (9, 'a')`), { readOnly: true });
    await expect(writing).rejects.toMatchObject({ sqlState: '25006' });
  });

  test('transaction() refuses the database inside, and itself after its end', async () => {
    await expect(db.transaction(() => db.query('select 1'))).rejects.toThrow('inside its own transaction');
    await expect(db.transaction(() => db.transaction(async () => 1))).rejects.toThrow('inside its own transaction');
    const kept = await db.transaction(async (tx) => ({ tx }));
    await expect(kept.tx.query('select 1')).rejects.toThrow('transaction that is over');
  });

  test('execute() runs several statements, all or none', async () => {
    await db.execute('truncate item');
    await expect(
      db.execute(`insert into item values (1, 'a'); insert into item values (1, 'b')`),
    ).rejects.toMatchObject({
      sqlState: '23505',
    });
    expect((await db.query('select id from item')).rows).toEqual([]);
  });

  test('sessions sort, stem and search alike', async () => {
    const { rows } = await db.query(`
      select current_setting('TimeZone') as zone, to_tsvector('running dogs')::text as words,
             current_setting('hnsw.iterative_scan') as scan, (select string_agg(x, '' order by x) from unnest(array['b','A','a','B']) x) as sorted`);
    expect(rows).toEqual([{ zone: 'UTC', words: `'dog':2 'run':1`, scan: 'relaxed_order', sorted: 'ABab' }]);
  });

  test('dialect.vectorType() is a type of this database, with its operators', async () => {
    const type = db.dialect.vectorType(2);
    await db.execute(`create table v (id int primary key, vec ${type})`);
    const storage = db.dialect.vectorStorage('v', 'vec');
    if (storage !== undefined) await db.execute(storage);
    await db.execute(`create index on v using hnsw (vec ${db.dialect.vectorOps})`);
    await db.query(`insert into v select * from unnest($1::int[], $2::${type}[]) on conflict (id) do nothing`, [
      [1, 2],
      [db.dialect.vector(new Float32Array([1, 0])), db.dialect.vector(new Float32Array([0, 1]))],
    ]);
    const { rows } = await db.query(`select id from v order by vec <=> $1 limit 1`, [
      db.dialect.vector(new Float32Array([0, 1])),
    ]);
    expect(rows).toEqual([{ id: 2 }]);
  });

  test('maintain() keeps the data', async () => {
    for (const reason of ['load', 'index', 'idle'] as const) await db.maintain(reason);
    expect((await db.query('select count(*) as count from v')).rows).toEqual([{ count: 2 }]);
  });
});

describeEachDatabase('asReader()', (open) => {
  const reader = { role: 'fovea_reader_one', schema: 'ns_one' };
  let db: Database;

  beforeAll(async () => {
    db = await open();
    await db.execute(`
      create schema fovea; create table fovea.setting (key text primary key, value jsonb not null);
      create schema ns_one; create table ns_one._base (id int, vec vector(2)); insert into ns_one._base values (1, '[1,0]');
      create view ns_one.content as select * from ns_one._base;
      create schema ns_two; create table ns_two.secret (id int)`);
    await makeReader();
  });

  async function makeReader(): Promise<void> {
    await db.transaction((tx) => ensureReader(tx, reader));
    await db.execute(`grant select on ns_one.content to ${identifier(db.dialect.role(reader.role))}`);
  }

  test('sees the views of its schema, with the operators of vectors', async () => {
    const { rows } = await db.asReader(reader, (tx) => tx.query(`select id, vec <=> '[1,0]' as distance from content`));
    expect(rows).toEqual([{ id: 1, distance: 0 }]);
  });

  test('sees neither tables, nor other schemas, nor the secret', async () => {
    for (const table of ['_base', 'ns_two.secret', 'fovea.setting', 'pg_authid']) {
      const reading = db.asReader(reader, (tx) => tx.query(`select * from ${table}`));
      await expect(reading, table).rejects.toMatchObject({ sqlState: '42501' });
    }
  });

  test('writes nothing', async () => {
    const writing = db.asReader(reader, (tx) => tx.query('create temporary table t (id int)'));
    await expect(writing).rejects.toMatchObject({ sqlState: expect.stringMatching(/^(25006|42501)$/) });
  });

  test('leaves nothing behind', async () => {
    await db
      .asReader(reader, (tx) => tx.query(`select set_config('search_path', 'ns_two', false)`))
      .catch(() => undefined);
    const { rows } = await db.query(`select current_user = session_user as owner, current_schema()::text as schema`);
    expect(rows).toEqual([{ owner: true, schema: 'public' }]);
  });

  test('ends a statement at its time-out, even one that lifted its limit', async () => {
    const lifting = db.asReader(reader, async (tx) => {
      await tx.query('select 1', [], { timeoutMs: 200 });
      await tx.query(`select set_config('statement_timeout', '0', true)`, [], { timeoutMs: 200 });
      await tx.query(BOMB, [], { timeoutMs: 200 });
    });
    await expect(lifting).rejects.toBeInstanceOf(TimeoutError);
    expect((await db.asReader(reader, (tx) => tx.query('select id from content'))).rows).toEqual([{ id: 1 }]);
  });

  test('goes on when the role was dropped and made again', async () => {
    await db.transaction((tx) => dropReader(tx, reader.role));
    await makeReader();
    expect((await db.asReader(reader, (tx) => tx.query('select id from content'))).rows).toEqual([{ id: 1 }]);
  });

  test('dropReader() drops no role twice', async () => {
    await dropReader(db, reader.role);
    await dropReader(db, reader.role);
    expect((await db.query('select 1 from pg_roles where rolname = $1', [db.dialect.role(reader.role)])).rows).toEqual(
      [],
    );
  });
});

describeEachDatabase('snapshot()', (open) => {
  test('reads what was committed when it began, while others go on writing', async () => {
    const db = await open();
    await db.execute('create table item (id int primary key); insert into item values (1), (2)');
    const ids = async (from: Pick<Database, 'query'>): Promise<number[]> =>
      (await from.query<{ id: number }>('select id from item order by id')).rows.map(({ id }) => id);
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const written = begun.then(() => db.execute('delete from item where id = 1; insert into item values (3)'));
    const seen = await db.snapshot(async (frozen) => {
      const before = await ids(frozen);
      begin();
      await written;
      return [before, await ids(frozen), await frozen.query('show transaction_read_only')];
    });
    expect(seen).toMatchObject([[1, 2], [1, 2], { rows: [{ transaction_read_only: 'on' }] }]);
    expect(await ids(db)).toEqual([2, 3]);
  });
});

describeEachDatabase('close()', (open) => {
  test('may be called twice', async () => {
    const db = await open();
    await db.close();
    await db.close();
  });
});
