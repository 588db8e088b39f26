import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createThumbnailStore } from './thumbnails.ts';

/** Without a second try about one in six fails. */
const ROUNDS = 40;

test('removeNamespace() ends well though thumbnails are written into it meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-thumbnails-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const store = createThumbnailStore(folder);
  for (let round = 0; round < ROUNDS; round++) {
    const writing = Array.from({ length: 60 }, () =>
      store.write('trip', { contentId: randomUUID(), version: 1 }, 320, new Uint8Array(9)),
    );
    const written = Promise.allSettled(writing);
    await store.removeNamespace('trip');
    await written;
  }
  await store.removeNamespace('trip');
  expect(await store.namespaces()).toEqual([]);
});
