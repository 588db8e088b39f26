/**
 * The tasks that follow from a policy's results.
 *
 * @module
 */
import { makesContents, takesFrom } from '../contract/index.ts';
import { dependentPolicies } from '../graph/index.ts';
import type { PolicyRecord, PolicyVersion, Queryable } from '../store/index.ts';
import { dropTasks, getContent, planTasks, sourceVersion, versionOf, writeFeatures } from '../store/index.ts';

/**
 * Plans the tasks of the policies that take this policy's results, in the transaction that writes these.
 *
 * @returns How many are new.
 */
export async function planDependents(
  tx: Queryable,
  namespace: string,
  source: PolicyRecord,
  known: readonly PolicyRecord[],
  contentIds: readonly string[],
): Promise<number> {
  // What it makes is planned with it (`derive.ts`).
  if (makesContents(source) || !known.some((policy) => takesFrom(policy, source))) return 0;
  const rows: (PolicyVersion & { contentId: string })[] = [];
  for (const contentId of contentIds) {
    const content = await getContent(tx, namespace, contentId);
    if (content === undefined) continue;
    const takers = dependentPolicies(known, source, content).filter(
      (policy) => sourceVersion(policy, known) === source,
    );
    rows.push(...takers.map(({ id, version }) => ({ contentId, policyId: id, version })));
  }
  return rows.length > 0 ? planTasks(tx, namespace, rows) : 0;
}

/** Takes back what policies made of a source's rows that are replaced, at any depth: rows, and tasks, that are planned anew. */
export async function dropDependents(
  tx: Queryable,
  namespace: string,
  source: PolicyRecord,
  known: readonly PolicyRecord[],
  contentIds: readonly string[],
): Promise<void> {
  for (const taker of known.filter((policy) => takesFrom(policy, source) && sourceVersion(policy, known) === source)) {
    await dropTasks(tx, namespace, versionOf(taker), contentIds);
    await dropDependents(tx, namespace, taker, known, contentIds);
    await writeFeatures(
      tx,
      namespace,
      taker,
      contentIds.map((contentId) => ({ contentId, rows: [] })),
    );
  }
}
