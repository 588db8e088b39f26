import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { open } from './open.ts';

const deadly = fileURLToPath(new URL('../../test/fixtures/deadly-extractor.mjs', import.meta.url));
const GRAPH = 'name: g\nextraction_policies:\n  - { extractor: test/deadly, name: heights }\n';

test.skipIf(!hasTestData)(
  'a picture that kills its worker fails after some tries, and takes no others along',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-pool-'));
    const photos = join(folder, 'photos');
    mkdirSync(photos);
    for (const name of ['parrot.jpg', 'pets.jpg', 'owl.jpg', 'cat_720p.jpg']) {
      cpSync(testData(`data/photos/${name}`), join(photos, name));
    }
    const heard: string[] = [];
    const fovea = await open({
      home: join(folder, 'home'),
      extractors: [deadly],
      hub: { offline: true },
      workers: 1,
      onNote: (sentence) => heard.push(sentence),
    });
    try {
      await fovea.graphs.apply(GRAPH);
      for await (const { failed } of fovea.addPath(photos)) expect(failed).toBe(0);
      const status = await fovea.waitUntilIndexed({ timeoutMs: 50_000 });
      expect(status).toMatchObject({ contents: 4, indexedContents: 3, failedContents: 1 });
      const { rows } = await fovea.sql('select name, height from g order by name');
      expect(rows).toEqual([
        { name: 'cat_720p.jpg', height: 720 },
        { name: 'owl.jpg', height: 384 },
        { name: 'pets.jpg', height: 430 },
      ]);
      const { tasks } = await fovea.tasks({ state: 'failed' });
      expect(tasks.map(({ name, errorCode }) => [name, errorCode])).toContainEqual(['parrot.jpg', 'worker_lost']);
      expect(heard.join(' ')).toContain('A worker process ended with SIGKILL');
    } finally {
      await fovea.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test('open() refuses a home that is open, listens on no port, and closes as often as it is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-pool-'));
  const before = ['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal));
  const fovea = await open({ home: folder, hub: { offline: true }, workers: 0 });
  try {
    await expect(open({ home: folder, workers: 0 })).rejects.toThrow(`process ${process.pid} has it open`);
    const listening = process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap');
    expect(listening).toEqual([]);
    expect(['SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal))).toEqual(before);
  } finally {
    await Promise.all([fovea.close(), fovea.close()]);
    await fovea.close();
  }
  const again = await open({ home: folder, hub: { offline: true }, workers: 0 });
  await again.close();
  rmSync(folder, { recursive: true, force: true });
});
