import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type * as FileSystem from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { NAMESPACE, prepareStore } from '../../test/store.ts';
import type { AddProgress } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import { addPath } from './add-path.ts';

/** The file system as it is, which counts what is asked of it, and may be far away. */
const disk = vi.hoisted(() => ({
  delayMs: 0,
  calls: { open: 0, lstat: 0, stat: 0 },
  busy: { open: 0, lstat: 0, stat: 0 },
  peak: { open: 0, lstat: 0, stat: 0 },
  /** Names that were read from folders. */
  listed: 0,
  /** Called before each. */
  meanwhile: (_call: string, _path: string): void => undefined,
}));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FileSystem>();
  const slow =
    <A extends unknown[], R>(name: keyof typeof disk.calls, call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      disk.calls[name] += 1;
      disk.peak[name] = Math.max(disk.peak[name], (disk.busy[name] += 1));
      try {
        if (disk.delayMs > 0) await sleep(disk.delayMs);
        disk.meanwhile(name, String(args[0]));
        return await call(...args);
      } finally {
        disk.busy[name] -= 1;
      }
    };
  /** One that counts what is taken from it. */
  const opendir = async (...args: Parameters<typeof real.opendir>) => {
    const folder = await real.opendir(...args);
    return (async function* () {
      for await (const entry of folder) {
        disk.listed += 1;
        yield entry;
      }
    })();
  };
  return {
    ...real,
    opendir,
    open: slow('open', real.open),
    lstat: slow('lstat', real.lstat),
    stat: slow('stat', real.stat),
  };
});

const LONG_AGO = new Date('2024-05-01T12:00:00Z');

describeEachDatabase('addPath()', (open) => {
  let db: Database;
  let root: string;
  beforeEach(async () => {
    db = await prepareStore(await open());
    root = mkdtempSync(join(tmpdir(), 'fovea-add-'));
    Object.assign(disk, {
      delayMs: 0,
      listed: 0,
      calls: { open: 0, lstat: 0, stat: 0 },
      peak: { open: 0, lstat: 0, stat: 0 },
      meanwhile: () => undefined,
    });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Heads of JPEGs that differ, written long ago. */
  const put = (folder: string, count: number, start = 0): void => {
    mkdirSync(join(root, folder), { recursive: true });
    for (let place = start; place < start + count; place += 1) {
      const path = join(root, folder, `${place}.jpg`);
      writeFileSync(path, Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), Buffer.from(`${folder} ${place}`)]));
      utimesSync(path, LONG_AGO, LONG_AGO);
    }
  };
  const adding = (folder: string): AsyncGenerator<AddProgress> =>
    addPath({ database: db, onStored: () => undefined, onForgotten: () => Promise.resolve() }, NAMESPACE, {
      path: join(root, folder),
    });
  const add = async (folder: string): Promise<AddProgress> => {
    let last: AddProgress | undefined;
    for await (const progress of adding(folder)) last = progress;
    if (last?.finished !== true) throw new Error('It did not finish');
    return last;
  };

  test('stores the first files of a large folder before its listing has ended', async () => {
    put('large', 6000);
    for await (const { added, seen } of adding('large')) {
      if (added === 0) continue;
      expect([disk.listed < 6000, seen < 1000]).toEqual([true, true]);
      break;
    }
    const { rows } = await db.query<{ total: number }>('select count(*) as total from ns_demo._content');
    expect(rows[0]?.total).toBeGreaterThan(0);
  });

  test('opens nothing that is known, and looks at each file once', async () => {
    put('known', 700);
    expect(await add('known')).toMatchObject({ seen: 700, added: 700 });
    disk.calls = { open: 0, lstat: 0, stat: 0 };
    expect(await add('known')).toMatchObject({ seen: 700, added: 0, unchanged: 700, missing: 0 });
    expect(disk.calls).toMatchObject({ open: 0, lstat: 700 });
  });

  test('asks a slow file system for many files at once', async () => {
    put('far', 64);
    disk.delayMs = 20;
    await add('far');
    expect([disk.peak.lstat >= 16, disk.peak.open >= 8]).toEqual([true, true]);
    unlinkSync(join(root, 'far', '7.jpg'));
    disk.peak = { open: 0, lstat: 0, stat: 0 };
    expect(await add('far')).toMatchObject({ unchanged: 63, missing: 1 });
    expect(disk.peak.lstat).toBeGreaterThanOrEqual(16);
  });

  test('marks what has gone below the folder, and nothing of a folder whose name only starts alike', async () => {
    put('photos', 3);
    put('photos-2', 3);
    await add('photos');
    await add('photos-2');
    unlinkSync(join(root, 'photos', '0.jpg'));
    unlinkSync(join(root, 'photos-2', '0.jpg'));
    expect(await add('photos')).toMatchObject({ unchanged: 2, missing: 1 });
    expect(await add('photos')).toMatchObject({ unchanged: 2, missing: 0 });
    put('photos', 1);
    // Written anew with the same bytes: the inode may be the old one or not.
    const back = await add('photos');
    expect(back).toMatchObject({ added: 0, missing: 0 });
    expect(back.duplicates + back.unchanged).toBe(3);
    const { rows } = await db.query<{ state: string }>(
      `select state from ns_demo._location where uri like '%/photos/%'`,
    );
    expect(rows.map(({ state }) => state)).toEqual(['present', 'present', 'present']);
    expect(await add('photos-2')).toMatchObject({ missing: 1 });
    expect(await add(join('photos', '1.jpg'))).toMatchObject({ seen: 1, unchanged: 1, missing: 0 });
  });

  test('tries again what could not be read while its folder was away unnoticed', async () => {
    put('away', 2);
    await add('away');
    await db.query(`insert into ns_demo._task (bucket, content_id, policy_id, version, state, error_code)
      select 0, content_id, 7, 1, 'failed', case name when '0.jpg' then 'enoent' else 'unreadable_image' end from ns_demo._content`);
    expect(await add('away')).toMatchObject({ unchanged: 2 });
    const { rows } = await db.query(
      `select name, state from ns_demo._task join ns_demo._content using (content_id) where policy_id = 7 order by name`,
    );
    expect(rows).toEqual([
      { name: '0.jpg', state: 'waiting' },
      { name: '1.jpg', state: 'failed' },
    ]);
  });

  test('a picture lies no more where something lies now that is none', async () => {
    put('odd', 1);
    const path = join(root, 'odd', 'photo.dat');
    renameSync(join(root, 'odd', '0.jpg'), path);
    expect(await add('odd')).toMatchObject({ added: 1, missing: 0 });
    writeFileSync(path, 'a list of words');
    utimesSync(path, LONG_AGO, LONG_AGO);
    expect(await add('odd')).toMatchObject({ added: 0, ignored: { '.dat': 1 }, missing: 1 });
    expect(await add('odd')).toMatchObject({ ignored: { '.dat': 1 }, missing: 0 });
    const { rows } = await db.query('select state from ns_demo._location');
    expect(rows).toEqual([{ state: 'missing' }]);
  });

  test('tells of a file that vanishes or changes while it is read, and adds its neighbours', async () => {
    put('moving', 6);
    const [vanishing, growing] = [join(root, 'moving', '1.jpg'), join(root, 'moving', '2.jpg')];
    let looks = 0;
    disk.meanwhile = (call, path) => {
      if (call === 'open' && path === vanishing) unlinkSync(path);
      // Looked at when it is chosen, before it is opened, and after its last byte.
      if (call === 'stat' && path === growing && (looks += 1) === 3) appendFileSync(path, 'more');
    };
    const { failed, added, problems } = await add('moving');
    expect([failed, added]).toEqual([2, 4]);
    expect(new Map(problems.map(({ path, message }) => [path, message]))).toEqual(
      new Map([
        [vanishing, `Cannot read "${vanishing}": it does not exist`],
        [growing, `Cannot read "${growing}": it is being written; it is read again later`],
      ]),
    );
    disk.meanwhile = () => undefined;
    utimesSync(growing, LONG_AGO, LONG_AGO);
    expect(await add('moving')).toMatchObject({ seen: 5, added: 1, unchanged: 4, failed: 0 });
  });
});
