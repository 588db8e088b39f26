import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { administer, dropDatabase, freshPostgres, postgresUrl, urlOf } from '../../../test/databases.ts';
import { TimeoutError, UnavailableError } from '../../contract/errors.ts';
import type { Database } from '../database.ts';
import { dropReader, ensureReader } from '../reader.ts';
import { openPostgres } from './database.ts';

const SLOW = 'select count(*) from generate_series(1, 1e12)';

describe.skipIf(postgresUrl === undefined)('openPostgres()', () => {
  const open = freshPostgres({ poolSize: 3 });
  let db: Database;

  beforeAll(async () => {
    db = await open();
    await db.execute('create table item (id int primary key, n int not null default 0)');
  });
  beforeEach(() => db.execute('truncate item; insert into item values (1), (2)'));

  /** Statements that run now and bear the mark. */
  const victims = async (): Promise<number> => {
    const { rows } = await db.query<{ n: number }>(
      `select count(*) as n from pg_stat_activity where query like '%-- vic' || 'tim%' and state = 'active'`,
    );
    return rows[0]?.n ?? 0;
  };
  const endOthers = () =>
    administer(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%-- victim%' and pid <> pg_backend_pid()`,
    );

  test('answers others while one statement runs to its time-out', async () => {
    let ended = false;
    const slow = db.query(SLOW, [], { timeoutMs: 5000 }).finally(() => (ended = true));
    const failing = expect(slow).rejects.toBeInstanceOf(TimeoutError);
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(ended).toBe(false);
    await failing;
  });

  test('reads once more when the connection is lost, and writes never twice', async () => {
    const reading = db.query('select pg_sleep(3)::text -- victim');
    await expect.poll(victims, { timeout: 60_000 }).toBe(1);
    await endOthers();
    expect((await reading).rows).toHaveLength(1);

    const writing = db.query('update item set n = n + (select 1 from pg_sleep(5)) -- victim');
    const failing = expect(writing).rejects.toMatchObject({ sqlState: '57P01' });
    await expect.poll(victims, { timeout: 60_000 }).toBe(1);
    await endOthers();
    await failing;
    expect((await db.query('select n from item where id = 1')).rows).toEqual([{ n: 0 }]);
  });

  test('asks once more as a reader when the connection is lost', async () => {
    const reader = { role: 'fovea_reader_lost', schema: 'ns_lost' };
    await db.execute(
      'create schema fovea; create table fovea.setting (key text primary key, value jsonb not null); create schema ns_lost',
    );
    await db.transaction((tx) => ensureReader(tx, reader));
    const reading = db.asReader(reader, (tx) => tx.query('select pg_sleep(3)::text -- victim'));
    await expect.poll(victims, { timeout: 60_000 }).toBe(1);
    await endOthers();
    expect((await reading).rows).toHaveLength(1);
    await dropReader(db, reader.role);
  });

  test('survives the loss of idle connections', async () => {
    await db.query('select 1 -- victim');
    await endOthers();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('runs a transaction again that lost a deadlock', async () => {
    let runs = 0;
    const both = [
      [1, 2],
      [2, 1],
    ].map((order) =>
      db.transaction(async (tx) => {
        runs += 1;
        for (const id of order) {
          await tx.query('update item set n = n + 1 where id = $1', [id]);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }),
    );
    await Promise.all(both);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect((await db.query('select n from item')).rows).toEqual([{ n: 2 }, { n: 2 }]);
  });

  test('tries a transaction that loses again and again five times, and no more', async () => {
    const losing = (times: number) => {
      let runs = 0;
      return db.transaction(async (tx) => {
        runs += 1;
        if (runs <= times) await tx.execute(`do $$ begin raise exception using errcode = '40P01'; end $$`);
        return runs;
      });
    };
    expect(await losing(4)).toBe(5);
    await expect(losing(5)).rejects.toMatchObject({ sqlState: '40P01' });
  });

  test('says what is wrong with the server, without the password', async () => {
    const wrong: [string, RegExp][] = [
      [urlOf('fovea_missing'), /it does not exist; create it with: createdb fovea_missing$/],
      [
        'postgres://x:secret@127.0.0.1:1/photos',
        /"postgres:\/\/x@127\.0\.0\.1:1\/photos": the server can't be reached \(.*ECONNREFUSED/,
      ],
      [urlOf('postgres').replace('//fovea@', '//stranger:secret@'), /refuses the user or the password/],
    ];
    for (const [url, message] of wrong) {
      const opening = openPostgres({ url });
      await expect(opening).rejects.toBeInstanceOf(UnavailableError);
      await expect(opening).rejects.toThrow(message);
      await expect(opening).rejects.not.toThrow('secret');
    }
  });
});

describe.skipIf(postgresUrl === undefined)('a user without rights', () => {
  const suffix = randomBytes(4).toString('hex');
  const user = `fovea_plain_${suffix}`;
  const database = `fovea_test_${suffix}`;
  const reader = { role: 'fovea_reader_a', schema: 'ns_a' };

  beforeAll(async () => {
    await administer(`create role ${user} login`);
    await administer(`create database ${database} owner ${user}`);
  });
  afterAll(async () => {
    await dropDatabase(database);
    await administer(`drop role ${user}`);
  });

  /** What an administrator does in the database. */
  async function asAdministrator(sql: string): Promise<void> {
    const client = new Client({ connectionString: urlOf(database) });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  /** The statements of an error's message, one a line. */
  const sqlOf = (error: unknown) =>
    error instanceof UnavailableError ? error.message.split('\n').slice(1).join('\n') : String(error);

  test('is told the SQL for an administrator, which is enough', async () => {
    const url = urlOf(database).replace('//fovea@', `//${user}@`);
    const extension = await openPostgres({ url }).catch(sqlOf);
    expect(extension).toBe('  create extension vector;');
    await asAdministrator('create extension vector;');

    const db = await openPostgres({ url });
    await db.execute(
      `create schema fovea; create table fovea.setting (key text primary key, value jsonb not null); create schema ns_a`,
    );
    const makeReader = () => db.transaction((tx) => ensureReader(tx, reader));
    const roles = await makeReader().catch(sqlOf);
    expect(roles).toBe(`  alter role "${user}" createrole;`);
    await asAdministrator(String(roles));
    await makeReader();

    const lifting = db.asReader(reader, async (tx) => {
      await tx.query(`select set_config('statement_timeout', '0', true)`, [], { timeoutMs: 200 });
      await tx.query(SLOW, [], { timeoutMs: 200 });
    });
    await expect(lifting).rejects.toBeInstanceOf(TimeoutError);
    const role = db.dialect.role(reader.role);
    const active = `select 1 from pg_stat_activity where usename = $1 and state = 'active'`;
    await expect.poll(async () => (await db.query(active, [role])).rows).toEqual([]);
    await dropReader(db, reader.role);
    await db.close();
  });
});
