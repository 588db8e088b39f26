/**
 * Files that a killed process left in the home: bytes that were stored and never added, bytes and thumbnails of contents
 * whose deletion was committed.
 *
 * @module
 */
import { existingContents, listNamespaces } from '../store/index.ts';
import type { EngineContext } from './context.ts';

/** Contents looked up at a time. */
const BATCH = 1000;

/** Removes what no content needs, beside other work; what is added meanwhile stays. */
export async function removeLeftovers({
  removals,
  thumbnails,
  database,
}: Pick<EngineContext, 'removals' | 'thumbnails' | 'database'>): Promise<void> {
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
