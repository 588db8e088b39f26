import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkerInfo } from '../../src/contract/index.ts';
import { VERSION } from '../../src/engine/index.ts';
import { hasTestData, testData } from '../data.ts';
import { end, libraries, program, type Library, type RunningServer } from './library.ts';

const GRAPH = `name: kb
extraction_policies:
  - extractor: embedding/clip
    name: clip
    input_params: { model: mini-clip }
`;
const SLOW_MS = 180_000;
const POLL = { timeout: 60_000, interval: 200 };

describe.skipIf(!hasTestData)('fovea workers', () => {
  const newLibrary = libraries(false);
  const started: ChildProcess[] = [];
  let library: Library;
  let server: RunningServer;
  /** A worker with the models of a folder. */
  const startWorker = (models: string, ...options: string[]): ChildProcess => {
    const child = spawn(process.execPath, [program, 'worker', '--server', server.url, '--workers', '1', ...options], {
      env: { ...library.environment, FOVEA_MODELS: models, FOVEA_API_KEY: server.token },
    });
    started.push(child);
    return child;
  };
  const find = async (fits: (worker: WorkerInfo) => boolean): Promise<WorkerInfo | undefined> =>
    (await server.client.workers()).find(fits);
  beforeAll(async () => {
    library = await newLibrary({ FOVEA_WORKERS: '0' });
    server = await library.serve();
    writeFileSync(join(library.folder, 'kb.yaml'), GRAPH);
    await library.fovea('graph', 'apply', 'kb.yaml');
    await library.fovea('add', library.photos('photos', 'owl.jpg'), '--no-wait');
  });
  afterAll(async () => {
    for (const child of started) await end(child, 'SIGKILL');
  });

  test(
    'a worker whose files make another space is refused, which is told; one with the right files does the tasks',
    async () => {
      expect((await library.fovea('workers')).stdout).toContain('No worker was heard of');
      const models = join(library.folder, 'models');
      cpSync(testData('models/mini-clip'), join(models, 'mini-clip'), { recursive: true });
      const onnx = join(models, 'mini-clip', 'onnx');
      for (const file of readdirSync(onnx)) appendFileSync(join(onnx, file), '\0');
      const wrong = startWorker(models, '--only', 'embedding/clip');
      await expect
        .poll(() => find(({ refuses }) => refuses.length > 0), POLL)
        .toMatchObject({
          host: hostname(),
          version: VERSION,
          local: false,
          extractors: ['embedding/clip'],
          refuses: [{ policy: 'kb.clip', version: 1, reason: expect.stringContaining('another space') }],
        });
      // It waits for this one worker only, and not for good.
      const [policy] = (await server.client.graphs.get('kb')).policies;
      expect(policy?.waitingFor).toBeUndefined();
      await expect.poll(async () => (await server.client.status()).busy, POLL).toBe(false);
      const { policies, notes } = await server.client.status();
      expect(policies).toMatchObject([{ policy: 'clip', waiting: 1, done: 0 }]);
      expect(notes.join(' ')).toMatch(/"kb.clip" waits with 1 pictures: worker .* refuses it: .*another space/);
      const shown = await library.fovea('workers');
      expect(shown.stdout).toMatch(/^worker +where +version +takes .*\n.* embedding\/clip +waiting /);
      expect(shown.stderr).toMatch(/^Worker .* refuses "kb.clip" version 1: .*another space/);

      startWorker(testData('models'));
      await expect.poll(async () => (await server.client.status()).indexedContents, POLL).toBe(1);
      const able = await find(({ completed, refuses }) => completed > 0 && refuses.length === 0);
      expect(able).toMatchObject({ extractors: null });
      await end(wrong, 'SIGTERM');
      await expect.poll(() => find(({ state }) => state === 'stopped'), POLL).toMatchObject({ doing: null });
    },
    SLOW_MS,
  );

  test.runIf(process.platform === 'linux')(
    'a worker whose process died is shown as dead, beside the one that took its place',
    async () => {
      const supervisor = started.at(-1)?.pid ?? 0;
      const [child] = readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').trim().split(' ');
      process.kill(Number(child), 'SIGKILL');
      await expect.poll(() => find(({ state }) => state === 'died'), POLL).toBeDefined();
      await expect.poll(() => find(({ state }) => state === 'waiting'), POLL).toBeDefined();
    },
    SLOW_MS,
  );
});
