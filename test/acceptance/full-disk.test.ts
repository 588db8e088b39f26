/**
 * A full disk: what can't be stored is refused with the reason, what was acknowledged stays, nothing half-written is left,
 * and work that was begun goes on by itself once there is room.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connect, type FoveaClient } from '../../src/client/index.ts';
import { canMount, smallDisks } from '../small-disk.ts';
import { describeLibraries, end, finished, type Library, program, type Ran, readyUrl } from './library.ts';
import { makePictures } from './pictures.ts';

const GRAPH = `name: g
extraction_policies:
  - { extractor: image/phash, name: hash }
  - { extractor: embedding/clip, name: clip, input_params: { model: fovea-tiny } }
`;
const PICTURES = 150;
/** As `ulimit -f` counts: 20 MB, which a segment of a database's log just fits. */
const LARGEST_FILE_KIB = 20_480;
const LARGER = 25_000_000;

describeLibraries('a disk that takes no more', (newLibrary) => {
  describe.skipIf(!canMount)('because it is full', () => {
    const newDisk = smallDisks();

    test('refuses what is new with the reason, loses nothing, and work goes on by itself', async () => {
      const disk = newDisk(200);
      const library = await newLibrary();
      const home = moveHome(library, disk.folder);
      const { client, url } = await library.serve('--workers', '0');
      await client.graphs.apply(GRAPH);
      await client.upload(randomBytes(1000), { name: 'first.bin' });
      const photos = await makePictures(join(library.folder, 'photos'), PICTURES);
      for await (const { failed } of client.addPath(photos)) expect(failed).toBe(0);
      disk.fill();
      library.start('worker', '--server', url, '--workers', '1');

      const second = randomBytes(500_000);
      await expect(client.upload(second, { name: 'second.bin' })).rejects.toMatchObject({
        code: 'storage_full',
        message: expect.stringMatching(/disk .*is full.* free some space/),
      });
      const backup = await library.fovea('backup', join(disk.folder, 'backup.tar'));
      expect(backup.code).toBe(1);
      expect(backup.stderr).toMatch(/disk .*is full|no room/);
      await expect.poll(() => halfWritten(disk.folder)).toEqual([]);
      const { rows } = await client.sql('select count(*) as contents from content');
      expect(rows).toEqual([{ contents: PICTURES + 1 }]);
      if (library.environment.FOVEA_DATABASE_URL === undefined) {
        // Results and claims are written to the full disk: they wait, and the status says for what.
        await expect.poll(async () => (await client.status()).notes.join()).toMatch(/Tasks wait.* has 0\.0 MB left/);
        disk.free();
      }
      const indexed = await client.waitUntilIndexed({ timeoutMs: 240_000 });
      expect(indexed).toMatchObject({ contents: PICTURES + 1, failedContents: 1 });
      for (const table of ['g', '"g.clip"']) {
        const { rows: all } = await client.sql(
          `select count(*) as all, count(distinct content_id) as of from ${table}`,
        );
        expect(all).toEqual([{ all: PICTURES, of: PICTURES }]);
      }
      // With PostgreSQL elsewhere they were done on the full disk, without their thumbnails, which are made when they are asked for.
      const { tasks } = await client.tasks({ limit: 1000 });
      for (const { contentId, state } of tasks.filter(({ name }) => name.endsWith('.png'))) {
        expect(state).toBe('done');
        expect((await client.thumbnail(contentId)).mimeType).toBe('image/webp');
      }
      disk.free();
      await client.upload(second, { name: 'second.bin' });
      expect(halfWritten(home)).toEqual([]);
    });
  });

  describe('because a file may be no larger', () => {
    const tooLarge = /the file would be larger than a file may be there/;
    const larger = Buffer.alloc(LARGER, 7);

    test('refuses an upload, keeps nothing of it, and takes smaller ones', async () => {
      const library = await newLibrary();
      const client = await serveWithin(library);
      await expect(client.upload(larger, { name: 'larger.bin' })).rejects.toMatchObject({
        code: 'storage_full',
        message: expect.stringMatching(tooLarge),
      });
      await client.upload(randomBytes(1000), { name: 'small.bin' });
      expect(blobsOf(library)).toHaveLength(1);
    });

    test('refuses a backup and a restore, and leaves nothing of them', async () => {
      const library = await newLibrary();
      const { client, stop } = await library.serve();
      await client.upload(larger, { name: 'larger.bin' });
      for (let n = 0; n < 8; n++) await client.upload(Buffer.alloc(100, n), { name: `${n}.bin` });
      const file = join(library.folder, 'backup.tar');
      const refused = await within(library, 'backup', file);
      expect([refused.code, existsSync(file)]).toEqual([1, false]);
      expect(refused.stderr).toMatch(tooLarge);
      // The server notices a moment later that nobody reads its snapshot any more.
      await expect.poll(() => halfWritten(library.folder)).toEqual([]);
      expect((await library.fovea('backup', file)).code).toBe(0);
      await stop();

      const other = await newLibrary();
      const { code, stderr } = await within(other, 'restore', file);
      expect([code, blobsOf(other)]).toEqual([1, []]);
      expect(stderr).toMatch(tooLarge);
      expect((await other.fovea('restore', file)).code).toBe(0);
      expect(blobsOf(other)).toEqual(blobsOf(library));
    });
  });
});

/** Puts a library's home on another disk; where it was, a link leads there. */
function moveHome({ home }: Library, folder: string): string {
  const moved = join(folder, 'home');
  if (existsSync(home)) cpSync(home, moved, { recursive: true });
  else mkdirSync(moved);
  rmSync(home, { recursive: true, force: true });
  symlinkSync(moved, home);
  return moved;
}

/** Starts `fovea …` as a process that may write no file larger than the limit. */
function startWithin({ folder, environment }: Library, ...args: string[]): ReturnType<typeof spawn> {
  const script = `ulimit -f ${LARGEST_FILE_KIB}; exec "$0" "$@"`;
  const child = spawn('bash', ['-c', script, process.execPath, program, ...args], { cwd: folder, env: environment });
  onTestFinished(() => end(child, 'SIGKILL'));
  return child;
}

const within = (library: Library, ...args: string[]): Promise<Ran> => finished(startWithin(library, ...args));

async function serveWithin(library: Library): Promise<FoveaClient> {
  const child = startWithin(library, 'server', '--port', '0');
  const url = await readyUrl(child);
  const { token } = JSON.parse(readFileSync(join(library.home, 'server.json'), 'utf8')) as { token: string };
  return connect(url, { token });
}

function filesBelow(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
}

const halfWritten = (folder: string): string[] =>
  filesBelow(folder).filter((file) => /\.(part|new|tar)$|blobs\/tmp\/|\.snapshot-/.test(file));

const blobsOf = ({ home }: Library): string[] =>
  filesBelow(join(home, 'blobs')).filter((file) => /^(tmp\/.|..\/.{64}$)/.test(file));
