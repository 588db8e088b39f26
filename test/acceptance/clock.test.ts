/**
 * The system's clock is put forward or back by a day while pictures are extracted: no task is lost, waits for that day or is
 * done twice over, work of a worker that has gone is done by another, and a key that was removed passes no more.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '../../src/client/index.ts';
import { describeLibraries, end, root } from './library.ts';
import { makePictures } from './pictures.ts';

const GRAPH = 'name: g\nextraction_policies: [{ extractor: image/phash, name: hash }]\n';
const PICTURES = 250;
const DAY_MS = 86_400_000;

describeLibraries('a clock', (newLibrary) => {
  test.each([
    ['forward', DAY_MS],
    ['back', -DAY_MS],
  ])('that is put %s by a day stops no work and lets nobody in', async (_direction, shiftMs) => {
    const library = await newLibrary({ NODE_OPTIONS: `--import ${join(root, 'test/fixtures/shifted-clock.mjs')}` });
    const clock = join(library.folder, 'clock');
    library.environment.FOVEA_TEST_CLOCK = clock;
    library.environment.FOVEA_API_KEY = randomBytes(24).toString('hex');
    const { client, url } = await library.serve('--workers', '0', '--require-key');
    await client.graphs.apply(GRAPH);
    const photos = await makePictures(join(library.folder, 'photos'), PICTURES);
    for await (const { failed } of client.addPath(photos)) expect(failed).toBe(0);
    const { id, key } = await client.keys.create({ namespace: null, access: 'read', name: 'guest' });
    const guest = connect(url, { token: key });
    expect(await guest.status()).toMatchObject({ contents: PICTURES, indexedContents: 0 });

    const startWorker = (): ChildProcess => library.start('worker', '--server', url, '--workers', '1');
    const worker = startWorker();
    const running = async (): Promise<number> => (await client.status()).policies[0]?.running ?? 0;
    await expect.poll(running).toBeGreaterThan(0);
    // It holds leases now, and neither ends them nor takes others, once what it asked for before is answered.
    worker.kill('SIGSTOP');
    let before = -1;
    const isStill = async (): Promise<boolean> => before === (before = await running());
    await expect.poll(isStill, { interval: 500 }).toBe(true);
    writeFileSync(clock, String(shiftMs));
    await client.keys.remove(id);
    await expect(guest.status()).rejects.toMatchObject({ code: 'forbidden' });
    const isEmbedded = library.environment.FOVEA_DATABASE_URL === undefined;
    if (isEmbedded) {
      // The embedded database goes by the same clock; leases of one that has gone last no day.
      await end(worker, 'SIGKILL');
      startWorker();
    } else {
      worker.kill('SIGCONT');
    }
    const status = await client.waitUntilIndexed({ timeoutMs: 240_000 });
    expect(status).toMatchObject({ contents: PICTURES, indexedContents: PICTURES, failedContents: 0 });
    const { rows } = await client.sql('select count(*) as hashes, count(distinct content_id) as contents from g');
    expect(rows).toEqual([{ hashes: PICTURES, contents: PICTURES }]);
    // The jump was one for the embedded database too.
    const { rows: far } = await client.sql(
      "select count(*) as far from content where created_at not between now() - interval '1 hour' and now() + interval '1 hour'",
    );
    expect(far).toEqual([{ far: isEmbedded ? PICTURES : 0 }]);
    await expect(guest.status()).rejects.toMatchObject({ code: 'forbidden' });
  });
});
