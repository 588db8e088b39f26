/**
 * Files that nobody needs, left in the home by a process that was killed or by a change that broke off: bytes that were
 * stored and never added, bytes and thumbnails of contents whose deletion was committed.
 *
 * @module
 */
import type { ThumbnailStore } from '../ingest/index.ts';
import { existingContents, listNamespaces } from '../store/index.ts';
import type { Database } from '../store/index.ts';
import type { BlobRemovals } from './blob-removals.ts';

interface Parts {
  readonly removals: BlobRemovals;
  readonly thumbnails: ThumbnailStore;
  readonly database: Database;
}

/** Knows whether a change broke off, as where the database was lost in the middle. */
export interface Leftovers {
  /** Runs a change that writes both to the database and to the home's folders. */
  guard<T>(change: () => Promise<T>): Promise<T>;
  /** Removes now, beside other work, what a committed change has left; where that fails, at the end. */
  sweep(): Promise<void>;
  /** For the end: removes what changes that broke off have left. Costs nothing where there was none. */
  clean(): Promise<void>;
}

export function createLeftovers(parts: Parts): Leftovers {
  let suspected = false;
  return {
    async guard(change) {
      try {
        return await change();
      } catch (error) {
        suspected = true;
        throw error;
      }
    },
    async sweep() {
      await removeLeftovers(parts).catch(() => {
        suspected = true;
      });
    },
    async clean() {
      if (suspected) await removeLeftovers(parts);
      suspected = false;
    },
  };
}

/** Contents looked up at a time. */
const BATCH = 1000;

/** Removes what no content needs, beside other work; what is added meanwhile stays. */
export async function removeLeftovers({ removals, thumbnails, database }: Parts): Promise<void> {
  await removals.sweep();
  for (const namespace of await thumbnails.namespaces()) {
    if (!(await listNamespaces(database)).includes(namespace)) {
      await thumbnails.removeNamespace(namespace);
      continue;
    }
    let batch: string[] = [];
    const removeGone = async (): Promise<void> => {
      const there = new Set(await existingContents(database, namespace, batch));
      const gone = batch.filter((contentId) => !there.has(contentId));
      await thumbnails.remove(namespace, gone);
      batch = [];
    };
    for await (const contentId of thumbnails.each(namespace)) {
      batch.push(contentId);
      if (batch.length === BATCH) await removeGone();
    }
    await removeGone();
  }
}
