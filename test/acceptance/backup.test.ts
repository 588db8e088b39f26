import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { BackupSummary, SearchResponse, SqlResult, Status, TaskList } from '../../src/contract/index.ts';
import type { Database } from '../../src/store/index.ts';
import { hasTestData } from '../data.ts';
import { postgresUrl } from '../databases.ts';
import { everything } from '../everything.ts';
import { end, libraries, openLibraryDatabase, type Library, type RunningServer } from './library.ts';

const UPLOADS = 12;
const SECOND = 'second';
/** Each starts the command line some ten times. */
const SLOW_MS = 240_000;

/** PGlite → PostgreSQL → PGlite, or PGlite all the way where there is no server for the tests. */
describe.skipIf(!hasTestData)('backup and restore', () => {
  const newEmbedded = libraries(false);
  const newOther = libraries(postgresUrl !== undefined);
  let source: Library;
  let other: Library;
  let server: RunningServer;
  const whole = (): string => join(source.folder, 'whole.tar');
  const restore = async (library: Library, file: string): Promise<unknown> => {
    const restored = await library.fovea('restore', file, '--json');
    expect(restored.code, restored.stderr).toBe(0);
    return restored.json();
  };
  beforeAll(async () => {
    source = await newEmbedded({ FOVEA_WORKERS: '1' });
    server = await source.serve();
  });

  test(
    'a backup while pictures are added and extracted is of one moment, and work goes on from there',
    async () => {
      const photos = source.photos('photos', 'pets.jpg', 'owl.jpg', 'parrot.jpg');
      const cut = readFileSync(join(photos, 'pets.jpg')).subarray(0, 5000);
      await server.client.upload(cut, { name: 'cut.jpg', labels: { note: 'a "quoted"\nline' } });
      await source.fovea('add', photos, '--label', 'trip=rome', '--no-wait');
      await server.client.withNamespace(SECOND).upload(readFileSync(join(photos, 'owl.jpg')), { name: 'owl.jpg' });
      const adding = (async () => {
        for (let n = 0; n < UPLOADS; n += 1) await server.client.upload(variant(photos, n), { name: `${n}.jpg` });
      })();
      const midway = join(source.folder, 'midway.tar');
      const saved = await source.fovea('backup', midway, '--json');
      await adding;
      expect(saved.code, saved.stderr).toBe(0);
      const { contents, missingOriginals } = saved.json<BackupSummary>();
      expect(contents).toBeGreaterThanOrEqual(5);
      expect(missingOriginals).toBe(0);

      const going = await newOther({ FOVEA_WORKERS: '1' });
      expect(await restore(going, midway)).toEqual(saved.json());
      const started = await going.serve();
      // A content without bytes would fail, one without tasks never be indexed.
      const { indexedContents, failedContents } = await started.client.waitUntilIndexed({ timeoutMs: 120_000 });
      expect([indexedContents, failedContents]).toEqual([contents - 2, 1]);
      await started.stop();
    },
    SLOW_MS,
  );

  test(
    'everything is there again in the other database, and answers the same',
    async () => {
      await server.client.waitUntilIndexed({ timeoutMs: 120_000 });
      await server.client.withNamespace(SECOND).waitUntilIndexed({ timeoutMs: 120_000 });
      const saved = await source.fovea('backup', whole());
      expect(saved.stdout).toContain(`${UPLOADS + 5} contents, `);
      expect(saved.stderr).toContain('referenced, not copied');
      expect(statSync(whole()).mode & 0o777).toBe(0o600);
      const before = await answers(source);
      expect(before.failed).toHaveLength(6);
      await server.stop();

      other = await newOther({ FOVEA_WORKERS: '1' });
      const damaged = readFileSync(whole());
      damaged[damaged.length - 5000] = (damaged[damaged.length - 5000] ?? 0) ^ 1;
      writeFileSync(join(other.folder, 'damaged.tar'), damaged);
      const refused = await other.fovea('restore', 'damaged.tar');
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('damaged.tar": it is damaged')]);
      expect(Object.keys(originals(other))).toEqual([]);

      await restore(other, whole());
      expect(await compared(other)).toEqual(await compared(source));
      expect(Object.keys(originals(other))).toHaveLength(UPLOADS + 2);
      expect(originals(other)).toEqual(originals(source));
      server = await other.serve();
      expect(await answers(other)).toEqual(before);
    },
    SLOW_MS,
  );

  test(
    'what is there is never written over, neither a library nor a file',
    async () => {
      const again = await other.fovea('restore', whole());
      expect([again.code, again.stderr]).toEqual([
        1,
        expect.stringContaining(
          `Cannot restore over what is there: namespace "default" has ${UPLOADS + 4} contents, 1 graph; namespace "second" has 1 content, 1 graph;`,
        ),
      ]);
      const file = readFileSync(whole());
      const refused = await other.fovea('backup', whole());
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('a file is there')]);
      expect(readFileSync(whole()).equals(file)).toBe(true);
      const nowhere = join(other.folder, 'nowhere', 'a.tar');
      expect((await other.fovea('backup', nowhere)).stderr).toContain(`Cannot write the backup "${nowhere}"`);
    },
    SLOW_MS,
  );

  test(
    'a restore that is killed leaves all or nothing, and the way back loses nothing',
    async () => {
      expect((await other.fovea('backup', whole(), '--force')).code).toBe(0);
      expect(readdirSync(source.folder).filter((name) => name.includes('.part'))).toEqual([]);
      await server.stop();
      const back = await newEmbedded({ FOVEA_WORKERS: '1' });
      const restoring = back.start('restore', whole());
      const mark = join(back.home, 'sweep-blobs');
      await expect.poll(() => existsSync(mark), { timeout: 90_000, interval: 5 }).toBe(true);
      await end(restoring, 'SIGKILL');
      const { contents } = (await back.fovea('status', '--json')).json<Status>();
      expect([0, UPLOADS + 4]).toContain(contents);
      expect(Object.keys(originals(back))).toHaveLength(contents === 0 ? 0 : UPLOADS + 2);
      if (contents === 0) await restore(back, whole());
      expect(await compared(back)).toEqual(await compared(other));
      expect(originals(back)).toEqual(originals(source));
    },
    SLOW_MS,
  );
});

/** Another picture with the same look. */
function variant(photos: string, n: number): Uint8Array {
  return Buffer.concat([readFileSync(join(photos, 'parrot.jpg')), Buffer.from(`${n}`)]);
}

/** Rows of all tables, with vectors as both databases can have them. */
async function compared(library: Library): Promise<Record<string, string[]>> {
  const db: Database = await openLibraryDatabase(library);
  const rows = await everything(db, 'half');
  await db.close();
  return rows;
}

/** Hashes of the bytes that a library stores, by file. */
function originals({ home }: Library): Record<string, string> {
  const folder = join(home, 'blobs');
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const bytes = readFileSync(join(entry.parentPath, entry.name));
      return [entry.name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

/** What a user sees of a library whose server runs. */
async function answers(library: Library): Promise<Record<string, unknown[]>> {
  const json = async <T>(...args: string[]): Promise<T> => {
    const ran = await library.fovea(...args, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    return ran.json<T>();
  };
  const { hits } = await json<SearchResponse>('search', 'an owl', '-k', '5');
  const { rows } = await json<SqlResult>(
    'sql',
    'select c.name, uri, labels, object_name, score, c.taken_at from ingestion i join content c using (content_id) order by 1, 2, 4, 5',
  );
  const { failed } = await json<{ failed: TaskList }>('status', '--failed');
  return {
    hits: hits.map(({ contentId }) => contentId),
    rows,
    failed: failed.tasks.map(({ contentId, policy, error }) => [contentId, policy, error]),
  };
}
