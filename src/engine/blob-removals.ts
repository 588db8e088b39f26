/**
 * Removes stored bytes that no content needs any more. While a backup reads, that waits: its snapshot may need them.
 *
 * A process that is killed meanwhile would forget them, so a file in the home says that there may be some, and the next
 * opening looks for all that nobody needs. A restore uses the same file for what it has stored before it is complete.
 *
 * Of a home that has served several databases nothing is removed: what this one doesn't need, another may.
 *
 * @module
 */
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blobOfUri, blobUri } from '../sources/index.ts';
import type { BlobStore } from '../sources/index.ts';
import type { Database } from '../store/index.ts';
import { listNamespaces, unreferencedBlobs } from '../store/index.ts';

export interface BlobRemovals {
  /** Removes them now, or when the last of those who hold them has ended. */
  remove(uris: readonly string[]): Promise<void>;
  /** Keeps all stored bytes until the function that it returns is called. */
  hold(): Promise<() => Promise<void>>;
  /** At the start, before bytes are stored: removes what nobody needs, where a killed backup or restore may have left some. */
  sweepLeftovers(): Promise<void>;
  /** Removes all stored bytes that nobody needs, beside other work. */
  sweep(): Promise<void>;
}

const BATCH = 1000;

export function createBlobRemovals(parts: {
  readonly home: string;
  readonly database: Database;
  readonly blobs: BlobStore;
  /** Whether the home has served other databases. */
  readonly servesOthers?: boolean;
}): BlobRemovals {
  const { database, blobs, servesOthers = false } = parts;
  const mark = join(parts.home, 'sweep-blobs');
  const waiting = new Set<string>();
  let holders = 0;

  const isHeld = (uri: string): boolean => {
    if (holders > 0) waiting.add(uri);
    return holders > 0;
  };
  const removeAll = async (uris: readonly string[]): Promise<void> => {
    if (servesOthers) return;
    for (const uri of uris) {
      const sha256 = blobOfUri(uri);
      // The same bytes may have been added again since.
      const isNeeded = async (): Promise<boolean> => isHeld(uri) || (await unneeded([uri])).length === 0;
      if (sha256 !== undefined) await blobs.remove(sha256, isNeeded);
    }
  };
  const unneeded = async (uris: readonly string[]): Promise<readonly string[]> =>
    unreferencedBlobs(database, uris, await listNamespaces(database));
  const removeUnneeded = async (uris: readonly string[]): Promise<void> => removeAll(await unneeded(uris));

  const sweep = (): Promise<void> => eachBatch(blobs, removeUnneeded);

  const release = async (): Promise<void> => {
    holders -= 1;
    if (holders > 0) return;
    const uris = [...waiting];
    waiting.clear();
    await removeUnneeded(uris);
    await rm(mark, { force: true });
  };

  return {
    remove: removeAll,
    async hold() {
      holders += 1;
      await writeFile(mark, '');
      let released = false;
      return async () => {
        if (released) return;
        released = true;
        await release();
      };
    },
    async sweepLeftovers() {
      if (!(await exists(mark))) return;
      await sweep();
      await blobs.removeTemporary();
      await rm(mark, { force: true });
    },
    sweep,
  };
}

async function eachBatch(blobs: BlobStore, use: (uris: readonly string[]) => Promise<void>): Promise<void> {
  let batch: string[] = [];
  for await (const sha256 of blobs.each()) {
    batch.push(blobUri(sha256));
    if (batch.length < BATCH) continue;
    await use(batch);
    batch = [];
  }
  await use(batch);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
