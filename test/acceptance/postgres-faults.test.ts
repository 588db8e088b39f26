import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import type { FoveaClient } from '../../src/client/index.ts';
import type { Status } from '../../src/contract/index.ts';
import { open } from '../../src/engine/index.ts';
import { postgresUrl } from '../databases.ts';
import { canMount, smallDisks } from '../small-disk.ts';
import { makePictures } from './pictures.ts';

/** Plain JavaScript, which has no types. */
const { findPostgres, startCluster } = (await import(
  new URL('../../scripts/test-postgres.mjs', import.meta.url).href
)) as {
  findPostgres(): string | undefined;
  startCluster(bin: string, parent?: string): Cluster;
};

interface Cluster {
  readonly url: string;
  stop(): void;
  halt(): void;
  resume(): void;
}

const GRAPH = 'name: g\nextraction_policies: [{ extractor: image/phash, name: hash }]\n';
const PICTURES = 300;

/** A cluster of its own, since it is stopped in the middle. */
describe.skipIf(postgresUrl === undefined)('PostgreSQL', () => {
  test.each(['ends all sessions', 'is restarted'])('%s in the middle of an ingest, which goes on by itself', (how) =>
    onOwnCluster(undefined, async (fovea, cluster, folder) => {
      await addAll(fovea, await makePictures(join(folder, 'photos'), PICTURES));
      await expect.poll(async () => (await fovea.status()).indexedContents).toBeGreaterThan(0);
      if (how === 'is restarted') {
        cluster.halt();
        await expect(fovea.search({ where: "name = '1.png'" })).rejects.toMatchObject({ code: 'unavailable' });
        await expect.poll(async () => (await fovea.health()).status).toBe('degraded');
        cluster.resume();
      } else {
        await endSessions(cluster.url);
      }
      await expect
        .poll(() =>
          fovea.status().then(
            ({ contents }) => contents,
            () => 0,
          ),
        )
        .toBe(PICTURES);
      await areIndexed(fovea, { contents: PICTURES, indexedContents: PICTURES, failedContents: 0 });
    }),
  );

  describe.skipIf(!canMount)('whose own disk is full', () => {
    const newDisk = smallDisks();

    test('refuses what is new with the reason, answers, and goes on when there is room', () => {
      const disk = newDisk(200);
      chmodSync(disk.folder, 0o755);
      return onOwnCluster(disk.folder, async (fovea, _cluster, folder) => {
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
        await areIndexed(fovea, { contents: PICTURES + 1, failedContents: 1 });
      });
    });
  });
});

/** With a library that hashes what is added, on a cluster that is its own. `parent`: where the cluster's files lie. */
async function onOwnCluster(
  parent: string | undefined,
  work: (fovea: FoveaClient, cluster: Cluster, folder: string) => Promise<void>,
): Promise<void> {
  const cluster = startCluster(findPostgres() ?? '', parent);
  const folder = mkdtempSync(join(tmpdir(), 'fovea-faults-'));
  const home = join(folder, 'home');
  const fovea = await open({ home, database: cluster.url, hub: { offline: true }, workers: 1 });
  try {
    await fovea.graphs.apply(GRAPH);
    await work(fovea, cluster, folder);
  } finally {
    await fovea.close();
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function endSessions(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null',
  );
  await client.end();
}

async function areIndexed(fovea: FoveaClient, counts: Partial<Status>): Promise<void> {
  expect(await fovea.waitUntilIndexed({ timeoutMs: 240_000 })).toMatchObject(counts);
  const { rows } = await fovea.sql('select count(*) as hashes, count(distinct content_id) as contents from g');
  expect(rows).toEqual([{ hashes: PICTURES, contents: PICTURES }]);
}

async function addAll(fovea: FoveaClient, folder: string): Promise<void> {
  for await (const { failed } of fovea.addPath(folder)) expect(failed).toBe(0);
}
