import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshPglite } from '../../test/databases.ts';
import { addPolicies, BOXES, EMBEDDING, NAMESPACE, newContent, newPolicy, prepareStore } from '../../test/store.ts';
import { BlobStore, fileUri } from '../sources/index.ts';
import type { Database } from '../store/index.ts';
import { addPolicyVersion, DatabaseError, policiesOf } from '../store/index.ts';
import { Coordinator } from './coordinator.ts';
import { storeAndPlan } from './plan-contents.ts';
import { createRateMeter } from './progress.ts';
import { createThumbnailStore } from './thumbnails.ts';

const open = freshPglite();
const home = mkdtempSync(join(tmpdir(), 'fovea-coordinator-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const request = { workerId: 'w', maxContents: 8, waitMs: 0 };

function newCoordinator(database: Database): Coordinator {
  return new Coordinator({
    database,
    thumbnails: createThumbnailStore(join(home, 'thumbnails')),
    blobs: new BlobStore(join(home, 'blobs')),
    rates: createRateMeter(),
    tokenPrefix: 'home/',
    policies: (namespace) => policiesOf(database, namespace),
    onEvent: () => undefined,
    onPoliciesChanged: () => undefined,
  });
}

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
  const coordinator = newCoordinator(losingOnce);
  await expect(coordinator.claim(request)).rejects.toThrow('the database host ended');
  expect((await coordinator.claim(request)).contents).toHaveLength(1);
});

test('claim() and bytes() take a file that is there where another of the same bytes has gone', async () => {
  const database = await prepareStore(await open());
  const [gone, there] = [join(home, 'a.jpg'), join(home, 'b.jpg')];
  writeFileSync(there, 'cat cat cat ');
  const places = [gone, there].map((path) => newContent('a.jpg', { bytes: 'cat', uri: fileUri(path) }));
  await storeAndPlan(database, NAMESPACE, places);
  const coordinator = newCoordinator(database);
  const { contents } = await coordinator.claim(request);
  expect(contents.map(({ path }) => path)).toEqual([there]);
  expect(String(await coordinator.bytes(NAMESPACE, contents[0]?.contentId ?? ''))).toBe('cat cat cat ');
  rmSync(there);
  await expect(coordinator.bytes(NAMESPACE, contents[0]?.contentId ?? '')).rejects.toMatchObject({ code: 'not_found' });
});

test('claim() lets a version take over whose last open task went with its content', async () => {
  const database = await prepareStore(await open());
  await addPolicies(database, newPolicy('objects', BOXES));
  await database.transaction((tx) => addPolicyVersion(tx, NAMESPACE, newPolicy('objects', EMBEDDING)));
  await newCoordinator(database).claim(request);
  const policies = await policiesOf(database, NAMESPACE);
  expect(policies.map(({ version, state }) => [version, state])).toEqual([[2, 'active']]);
});

test('claim() shares the end of the queue out among the workers', async () => {
  const database = await prepareStore(await open());
  await storeAndPlan(
    database,
    NAMESPACE,
    Array.from({ length: 32 }, (_, index) => newContent(`${index}.jpg`)),
  );
  const coordinator = newCoordinator(database);
  const sizes: number[] = [];
  for (const workerId of ['v', 'w', 'v', 'w', 'v'])
    sizes.push((await coordinator.claim({ workerId, maxContents: 12, waitMs: 0 })).contents.length);
  // The first is alone as yet; then half of what is left, but not one by one.
  expect(sizes).toEqual([12, 10, 5, 4, 1]);
});
