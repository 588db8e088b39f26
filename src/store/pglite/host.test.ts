import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshPglite } from '../../../test/databases.ts';
import { TimeoutError, UnavailableError } from '../../contract/errors.ts';
import { openPglite, type PgliteDatabase } from './database.ts';

const MIB = 1024 * 1024;

describe('the database host', () => {
  const open = freshPglite({ memoryMaxBytes: 512 * MIB });
  let db: PgliteDatabase;

  beforeAll(async () => {
    db = await open();
    await db.execute('create table item (id int primary key)');
  });
  beforeEach(() => db.execute('truncate item'));

  const ids = async () => (await db.query<{ id: number }>('select id from item order by id')).rows.map(({ id }) => id);
  /** Says whether there was a host to kill. */
  const kill = () => {
    try {
      return process.kill(db.hostPid ?? 0, 'SIGKILL');
    } catch {
      return false;
    }
  };

  test('can cancel, which it tried at its start', () => {
    expect(db.cancellable).toBe(true);
  });

  test('is replaced when it is killed: what ran is lost and said so, what was committed stays', async () => {
    await db.query('insert into item values (1)');
    const before = db.hostPid;
    const running = db.query('select count(*) from generate_series(1, 1e12)');
    setTimeout(kill, 50);
    await expect(running).rejects.toMatchObject({ sqlState: '08006' });
    expect(await ids()).toEqual([1]);
    expect(db.hostPid).not.toBe(before);
  });

  test('that dies inside a transaction loses the whole of it', async () => {
    const half = db.transaction(async (tx) => {
      await tx.query('insert into item values (1)');
      kill();
      await tx.query('insert into item values (2)').catch(() => undefined);
      await tx.query('insert into item values (3)');
    });
    await expect(half).rejects.toMatchObject({ sqlState: '08006' });
    expect(await ids()).toEqual([]);
  });

  test('killed 10 times while rows are written one by one keeps every acknowledged row', async () => {
    const acknowledged: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const timer = setTimeout(kill, 5 + round * 3);
      for (let index = 0; index < 100; index += 1) {
        const id = round * 1000 + index;
        const done = await db.query('insert into item values ($1)', [id]).then(
          () => true,
          () => false,
        );
        if (!done) break;
        acknowledged.push(id);
      }
      clearTimeout(timer);
    }
    const kept = new Set(await ids());
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
  });

  test('ends a statement at its time-out and keeps the session', async () => {
    await db.execute('create temporary table mine (id int)');
    const ending = db.query('select count(*) from generate_series(1, 1e12)', [], { timeoutMs: 100 });
    await expect(ending).rejects.toBeInstanceOf(TimeoutError);
    expect((await db.query('select * from mine')).rows).toEqual([]);
  });

  test('ends what looks at no flag by opening the database anew, which ends the transaction', async () => {
    await db.query('insert into item values (1)');
    const sleeping = db.transaction(async (tx) => {
      await tx.query('insert into item values (2)');
      await expect(tx.query('select pg_sleep(600)', [], { timeoutMs: 200 })).rejects.toBeInstanceOf(TimeoutError);
      await tx.query('insert into item values (3)');
    });
    await expect(sleeping).rejects.toMatchObject({ sqlState: '08006' });
    expect(await ids()).toEqual([1]);
  });

  test('serves searches before writes', async () => {
    const done: string[] = [];
    const note = (name: string) => () => done.push(name);
    const first = db.transaction(() => new Promise((resolve) => setTimeout(resolve, 50)));
    const write = db.query('insert into item values (1)').then(note('write'));
    const search = db
      .transaction((tx) => tx.query('select 1'), { readOnly: true, priority: 'search' })
      .then(note('search'));
    await Promise.all([first, write, search]);
    expect(done).toEqual(['search', 'write']);
  });

  test('has a limit of memory, after which it goes on', async () => {
    const huge = db.query(`select length(string_agg(repeat('x', 1000000), '')) from generate_series(1, 700)`);
    await expect(huge).rejects.toMatchObject({ sqlState: expect.stringMatching(/^(53200|54000)$/) });
    expect(await ids()).toEqual([]);
  });

  test('has a limit of depth, after which it goes on', async () => {
    const brackets = db.query(`select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`);
    await expect(brackets).rejects.toMatchObject({ sqlState: '42601' });
    const sum = db.query(`select ${'1+'.repeat(20_000)}1`);
    await expect(sum).rejects.toMatchObject({ sqlState: '54001' });
    expect(await ids()).toEqual([]);
  });

  test('writes checkpoints, so that the WAL stays small', async () => {
    await db.execute('create table load (id int, text text)');
    for (let round = 0; round < 8; round += 1) {
      await db.query(`insert into load select i, repeat(md5(i::text), 20) from generate_series(1, 20000) i`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    await db.query('select 1');
    const { rows } = await db.query<{ bytes: number }>('select sum(size)::int8 as bytes from pg_ls_waldir()');
    expect(rows[0]?.bytes).toBeLessThan(160 * MIB);
  });
});

describe('openPglite()', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'fovea-open-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  test('makes the folder, keeps what was written, and lets one process in', async () => {
    const folder = join(home, 'a', 'database');
    const first = await openPglite({ folder });
    await first.execute('create table kept (id int); insert into kept values (7)');
    await first.close();
    expect(readdirSync(join(home, 'a'))).toEqual(['database']);
    const second = await openPglite({ folder });
    expect((await second.query('select id from kept')).rows).toEqual([{ id: 7 }]);
    await expect(openPglite({ folder, lockWaitMs: 100 })).rejects.toThrow(/another process \(\d+\) has it open/);
    await second.close();
    await expect(second.query('select 1')).rejects.toBeInstanceOf(UnavailableError);
  });

  test('leaves no copy behind: not of a snapshot that failed, nor of a process that was killed in one', async () => {
    const folder = join(home, 'copied', 'database');
    const copies = () => readdirSync(join(home, 'copied')).filter((name) => name !== 'database');
    const copied = await openPglite({ folder });
    const failing = copied.snapshot(async (frozen) => {
      expect(copies()).toHaveLength(1);
      await frozen.query('select 1 / 0');
    });
    await expect(failing).rejects.toMatchObject({ sqlState: '22012' });
    expect(copies()).toEqual([]);
    await copied.close();
    mkdirSync(join(home, 'copied', 'database.snapshot-killed', 'base'), { recursive: true });
    await (await openPglite({ folder })).close();
    expect(copies()).toEqual([]);
  });

  test('refuses folders that hold something else', async () => {
    const other = join(home, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'photo.jpg'), '');
    await expect(openPglite({ folder: other })).rejects.toThrow('not empty and holds no database');
    writeFileSync(join(other, 'PG_VERSION'), '17\n');
    await expect(openPglite({ folder: other })).rejects.toThrow('written by PostgreSQL 17');
    expect(statSync(join(other, 'photo.jpg')).size).toBe(0);
  });

  test('its host closes the database when the server is killed', async () => {
    const folder = join(home, 'killed');
    const module = new URL('../../../dist/store/pglite/database.js', import.meta.url).href;
    const program = `
      const { openPglite } = await import(${JSON.stringify(module)});
      const db = await openPglite({ folder: ${JSON.stringify(folder)} });
      await db.execute('create table t (id int); insert into t values (1)');
      db.query('select count(*) from generate_series(1, 1e12)').catch(() => {});
      console.log(db.hostPid);`;
    const server = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(server.stdout, 'data');
    server.kill('SIGKILL');
    const db = await openPglite({ folder });
    expect((await db.query('select id from t')).rows).toEqual([{ id: 1 }]);
    await db.close();
  });
});
