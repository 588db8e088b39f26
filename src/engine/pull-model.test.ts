import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hasTestData, testData } from '../../test/data.ts';
import { startHub } from '../../test/models/loopback-hub.ts';
import type { PullProgress } from '../contract/index.ts';
import { open } from './open.ts';

const home = mkdtempSync(join(tmpdir(), 'fovea-pull-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test.skipIf(!hasTestData)(
  'a model that is fetched tells how far it is, and what came; one that is not there, why',
  async () => {
    const hub = await startHub({ 'test/mini-clip': testData('models/mini-clip') });
    // Slow enough to be told of: some hundred pieces of each large file.
    hub.faults.dripMs = 5;
    const fovea = await open({ home, workers: 0, hub: { endpoint: hub.endpoint } });
    try {
      const told: PullProgress[] = [];
      const info = await fovea.models.pull('test/mini-clip', { onProgress: (progress) => told.push(progress) });
      expect(info).toMatchObject({ name: 'test/mini-clip', state: 'cached', kind: 'image-text' });
      const large = told.filter(({ file }) => file?.endsWith('.onnx'));
      expect(large.length).toBeGreaterThan(0);
      for (const { receivedBytes, totalBytes, finished } of large) {
        expect(finished).toBe(false);
        expect(receivedBytes).toBeLessThanOrEqual(totalBytes ?? 0);
      }
      await expect(fovea.models.pull('test/nothing')).rejects.toThrow('Cannot load model "test/nothing"');
    } finally {
      await fovea.close();
      await hub.close();
    }
  },
);
