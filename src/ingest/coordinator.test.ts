import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshPglite } from '../../test/databases.ts';
import { NAMESPACE, newContent, prepareStore } from '../../test/store.ts';
import { BlobStore } from '../sources/index.ts';
import type { Database } from '../store/index.ts';
import { DatabaseError } from '../store/index.ts';
import { Coordinator } from './coordinator.ts';
import { storeAndPlan } from './plan-contents.ts';
import { createRateMeter } from './progress.ts';
import { createThumbnailStore } from './thumbnails.ts';

const open = freshPglite();
const home = mkdtempSync(join(tmpdir(), 'fovea-coordinator-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('claim() leaves no lease behind whose answer from the database got lost', async () => {
  const database = await prepareStore(await open());
  await storeAndPlan(database, NAMESPACE, [newContent('a.jpg')]);
  let losing = true;
  const losingOnce = new Proxy<Database>(database, {
    get(target, name) {
      if (name !== 'transaction') {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async (...work: Parameters<Database['transaction']>) => {
        const result = await target.transaction(...work);
        if (!losing) return result;
        losing = false;
        throw new DatabaseError('the database host ended', { sqlState: '08006' });
      };
    },
  });
  const coordinator = new Coordinator({
    database: losingOnce,
    thumbnails: createThumbnailStore(join(home, 'thumbnails')),
    blobs: new BlobStore(join(home, 'blobs')),
    rates: createRateMeter(),
    tokenPrefix: 'home/',
    policies: async () => [],
    onEvent: () => undefined,
    onPoliciesChanged: () => undefined,
  });
  const request = { workerId: 'w', maxContents: 8, waitMs: 0 };
  await expect(coordinator.claim(request)).rejects.toThrow('the database host ended');
  expect((await coordinator.claim(request)).contents).toHaveLength(1);
});
