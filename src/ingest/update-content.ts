/**
 * Other bytes under the same id: stored as an upload is, then everything of the old ones goes and the tasks for the new ones
 * are planned, in one transaction.
 *
 * @module
 */
import type { UpdatedContent } from '../contract/index.ts';
import { plannedPolicies } from '../graph/index.ts';
import type { Database } from '../store/index.ts';
import {
  listNamespaces,
  lockPlanning,
  PICTURE_POLICY,
  planTasks,
  policiesOf,
  replaceBytes,
  retryMissing,
  unreferencedBlobs,
} from '../store/index.ts';
import { contentOf } from './upload.ts';
import type { UploadDependencies, UploadRequest } from './upload.ts';

export interface UpdateOutcome extends UpdatedContent {
  /** `fovea:` URIs that no content refers to any more: bytes to delete now. */
  readonly orphanBlobs: readonly string[];
}

/**
 * Replaces the bytes of a content. The same bytes change nothing but its labels, which are merged either way.
 *
 * @returns Undefined where there is no such content.
 */
export async function updateContent(
  { database, blobs }: Pick<UploadDependencies, 'database' | 'blobs'>,
  namespace: string,
  contentId: string,
  { name, labels, body }: Omit<UploadRequest, 'givenId'>,
): Promise<UpdateOutcome | undefined> {
  return blobs.putAnd(body, async (blob) =>
    replaceAndPlan(database, namespace, contentOf(contentId, blob, { name, labels: await labels })),
  );
}

async function replaceAndPlan(
  database: Database,
  namespace: string,
  content: ReturnType<typeof contentOf>,
): Promise<UpdateOutcome | undefined> {
  const { contentId, mimeType } = content;
  return database.transaction(async (tx) => {
    await lockPlanning(tx, namespace, 'shared');
    const policies = await policiesOf(tx, namespace);
    const replaced = await replaceBytes(tx, namespace, content, policies);
    if (replaced === undefined) return undefined;
    const { changed, version, labels, oldBlobs } = replaced;
    if (!changed) {
      await retryMissing(tx, namespace, [contentId]);
      return { changed, version, orphanBlobs: [] };
    }
    const takers = plannedPolicies(policies, { mimeType, labels });
    await planTasks(tx, namespace, [
      { contentId, ...PICTURE_POLICY },
      ...takers.map((policy) => ({ contentId, policyId: policy.id, version: policy.version })),
    ]);
    return {
      changed,
      version,
      orphanBlobs: await unreferencedBlobs(tx, oldBlobs, await listNamespaces(tx)),
    };
  });
}
