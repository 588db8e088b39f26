/**
 * Storing contents and planning their tasks: one transaction.
 *
 * @module
 */
import { plannedPolicies } from '../graph/index.ts';
import type { Database, NewContent } from '../store/index.ts';
import {
  identify,
  insertContents,
  lockPlanning,
  PICTURE_POLICY,
  planTasks,
  policiesOf,
  retryMissing,
} from '../store/index.ts';

/**
 * Stores a batch and plans the tasks of what is new: the built-in one, and those of every policy that takes it. Of what is
 * known, tasks that failed because its file had been moved are tried again.
 *
 * @returns `created`: ids of contents that were not there before; `contentIds`: the id of each, in the given order, which is
 * another than the given one where that content has other bytes now.
 * @throws ConflictError for an id of a caller's that another content has.
 */
export async function storeAndPlan(
  database: Database,
  namespace: string,
  given: readonly NewContent[],
): Promise<{ readonly created: ReadonlySet<string>; readonly contentIds: readonly string[] }> {
  return database.transaction(async (tx) => {
    await lockPlanning(tx, namespace, 'shared');
    const policies = await policiesOf(tx, namespace);
    const contents = await identify(tx, namespace, given);
    const { created } = await insertContents(tx, namespace, contents);
    const fresh = new Set(created);
    const tasks = [...new Map(contents.map((content) => [content.contentId, content])).values()]
      .filter(({ contentId }) => fresh.has(contentId))
      .flatMap((content) => [
        { contentId: content.contentId, ...PICTURE_POLICY },
        ...plannedPolicies(policies, { mimeType: content.mimeType, labels: content.labels }).map((policy) => ({
          contentId: content.contentId,
          policyId: policy.id,
          version: policy.version,
        })),
      ]);
    if (tasks.length > 0) await planTasks(tx, namespace, tasks);
    const met = contents.map(({ contentId }) => contentId).filter((contentId) => !fresh.has(contentId));
    await retryMissing(tx, namespace, [...new Set(met)]);
    return { created: fresh, contentIds: contents.map(({ contentId }) => contentId) };
  });
}
