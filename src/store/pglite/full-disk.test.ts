import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { template } from '../../../test/databases.ts';
import { canMount, smallDisks } from '../../../test/small-disk.ts';
import type { SmallDisk } from '../../../test/small-disk.ts';
import { openPglite, type PgliteDatabase } from './database.ts';

describe.skipIf(!canMount)('the embedded database on a full disk', () => {
  const newDisk = smallDisks();
  let opened: PgliteDatabase | undefined;
  afterEach(() => opened?.close());

  const openOn = async ({ folder }: SmallDisk): Promise<PgliteDatabase> => {
    cpSync(await template(), join(folder, 'db'), { recursive: true });
    opened = await openPglite({ folder: join(folder, 'db') });
    await opened.execute('create table item (id int primary key, note text)');
    return opened;
  };
  /** Inserts until a statement fails; returns the ids that were acknowledged, and the error. */
  const insertUntilFull = async (db: PgliteDatabase): Promise<{ ids: number[]; error: unknown }> => {
    const ids: number[] = [];
    for (let id = 0; id < 20_000; id += 1) {
      try {
        await db.query(`insert into item values ($1, repeat('note ', 400))`, [id]);
        ids.push(id);
      } catch (error) {
        return { ids, error };
      }
    }
    throw new Error('the disk was never full');
  };
  const idsIn = async (db: PgliteDatabase): Promise<number[]> =>
    (await db.query<{ id: number }>('select id from item order by id')).rows.map(({ id }) => id);

  test('refuses a statement, says how much room there is, answers others, and goes on when there is some', async () => {
    const disk = newDisk(120);
    const db = await openOn(disk);
    disk.fill(2e6);
    const { ids, error } = await insertUntilFull(db);
    expect(error).toMatchObject({
      sqlState: '53100',
      message: expect.stringMatching(new RegExp(`No space left on device; "${disk.folder}/db" has 0\\.\\d MB left`)),
    });
    expect(await idsIn(db)).toEqual(ids);
    disk.fill();
    await db.execute(`set fovea.mark = 'this session'`);
    // PostgreSQL ends itself over a checkpoint that it can't write, and PGlite then answers nothing, or wrongly.
    await expect(db.execute('checkpoint')).rejects.toMatchObject({ sqlState: '53100' });
    expect(await idsIn(db)).toEqual(ids);
    const { rows } = await db.query(`select current_setting('fovea.mark', true) as mark`);
    expect(rows).toEqual([{ mark: 'this session' }]);
    disk.free();
    await db.query('insert into item values (-1, null)');
    await db.execute('checkpoint');
    expect(await idsIn(db)).toEqual([-1, ...ids]);
  });

  test('that ends itself over its log comes back with all that was acknowledged', async () => {
    const disk = newDisk(160);
    const db = await openOn(disk);
    await db.query(`insert into item select n, 'before' from generate_series(1, 100) n`);
    disk.fill();
    // Each needs another segment of the log, of 16 MB.
    const switches = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) {
        await db.query(`update item set note = 'acknowledged' where id = $1`, [n + 1]);
        await db.query('select pg_switch_wal()');
      }
    };
    await expect(switches()).rejects.toMatchObject({ sqlState: '53100' });
    const told = { sqlState: '53100', message: expect.stringContaining('its disk is full') };
    await expect(db.query('select 1')).rejects.toMatchObject(told);
    disk.free();
    await expect.poll(() => idsIn(db).catch(() => [])).toHaveLength(100);
    const { rows } = await db.query<{ id: number }>(`select id from item where note = 'acknowledged' order by id`);
    expect(rows[0]).toEqual({ id: 1 });
    expect(rows.map(({ id }) => id)).toEqual(rows.map((_, index) => index + 1));
  });

  test('closes, and is whole when it is opened with room again', async () => {
    const disk = newDisk(120);
    const db = await openOn(disk);
    disk.fill(2e6);
    const { ids } = await insertUntilFull(db);
    await db.close();
    disk.free();
    opened = await openPglite({ folder: join(disk.folder, 'db') });
    expect(await idsIn(opened)).toEqual(ids);
  });

  test('is not made, leaves nothing, and says how much room it needs', async () => {
    const disk = newDisk(10);
    const folder = join(disk.folder, 'db');
    await expect(openPglite({ folder })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^Cannot open the embedded database ".*": its disk is full: ".*" has 10\.\d MB left/,
      ),
    });
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(disk.folder)).toEqual([]);
  });
});
