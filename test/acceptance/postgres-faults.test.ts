import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import type { FoveaClient } from '../../src/client/index.ts';
import { open } from '../../src/engine/index.ts';
import { postgresUrl } from '../databases.ts';
import { canMount, smallDisks } from '../small-disk.ts';
import { makePictures } from './pictures.ts';

/** Plain JavaScript, which has no types. */
const { findPostgres, startCluster } = (await import(
  new URL('../../scripts/test-postgres.mjs', import.meta.url).href
)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string, parent?: string): { readonly url: string; stop(): void; halt(): void; resume(): void };
};

const GRAPH = 'name: g\nextraction_policies: [{ extractor: image/phash, name: hash }]\n';
const PICTURES = 300;

/** A cluster of its own, since it is stopped in the middle. */
describe.skipIf(postgresUrl === undefined)('PostgreSQL', () => {
  test.each(['ends all sessions', 'is restarted'])(
    '%s in the middle of an ingest, which goes on by itself',
    async (how) => {
      const cluster = startCluster(findPostgres() ?? '');
      const folder = mkdtempSync(join(tmpdir(), 'fovea-faults-'));
      const fovea = await open({
        home: join(folder, 'home'),
        database: cluster.url,
        hub: { offline: true },
        workers: 1,
      });
      try {
        await fovea.graphs.apply(GRAPH);
        await addAll(fovea, await makePictures(join(folder, 'photos'), PICTURES));
        await expect.poll(async () => (await fovea.status()).indexedContents).toBeGreaterThan(0);
        if (how === 'is restarted') {
          cluster.halt();
          await expect(fovea.search({ where: "name = '1.png'" })).rejects.toMatchObject({ code: 'unavailable' });
          await expect.poll(async () => (await fovea.health()).status).toBe('degraded');
          cluster.resume();
        } else {
          const client = new Client({ connectionString: cluster.url });
          await client.connect();
          await client.query(
            'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null',
          );
          await client.end();
        }
        await expect
          .poll(() =>
            fovea.status().then(
              ({ contents }) => contents,
              () => 0,
            ),
          )
          .toBe(PICTURES);
        const status = await fovea.waitUntilIndexed({ timeoutMs: 240_000 });
        expect(status).toMatchObject({ contents: PICTURES, indexedContents: PICTURES, failedContents: 0 });
        const { rows } = await fovea.sql('select count(*) as hashes, count(distinct content_id) as contents from g');
        expect(rows).toEqual([{ hashes: PICTURES, contents: PICTURES }]);
      } finally {
        await fovea.close();
        cluster.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );

  describe.skipIf(!canMount)('whose own disk is full', () => {
    const newDisk = smallDisks();

    test('refuses what is new with the reason, answers, and goes on when there is room', async () => {
      const disk = newDisk(200);
      chmodSync(disk.folder, 0o755);
      const cluster = startCluster(findPostgres() ?? '', disk.folder);
      const folder = mkdtempSync(join(tmpdir(), 'fovea-faults-'));
      const fovea = await open({
        home: join(folder, 'home'),
        database: cluster.url,
        hub: { offline: true },
        workers: 1,
      });
      try {
        await fovea.graphs.apply(GRAPH);
        await fovea.upload(Buffer.from('not a picture'), { name: 'first.bin' });
        const photos = await makePictures(join(folder, 'photos'), PICTURES);
        disk.fill();
        await expect(addAll(fovea, photos)).rejects.toMatchObject({
          code: 'storage_full',
          message: expect.stringMatching(/disk .*is full/),
        });
        expect((await fovea.search({ where: "name = 'first.bin'" })).hits).toHaveLength(1);
        disk.free();
        await addAll(fovea, photos);
        const status = await fovea.waitUntilIndexed({ timeoutMs: 240_000 });
        expect(status).toMatchObject({ contents: PICTURES + 1, failedContents: 1 });
        const { rows } = await fovea.sql('select count(*) as hashes, count(distinct content_id) as contents from g');
        expect(rows).toEqual([{ hashes: PICTURES, contents: PICTURES }]);
      } finally {
        await fovea.close();
        cluster.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });
});

async function addAll(fovea: FoveaClient, folder: string): Promise<void> {
  for await (const { failed } of fovea.addPath(folder)) expect(failed).toBe(0);
}
