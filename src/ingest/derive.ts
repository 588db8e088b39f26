/**
 * Contents that a task makes of a content: their bytes are stored, then they are planned as any content is, in one
 * transaction with the look whether the lease is current.
 *
 * @module
 */
import type { DeriveReply, DeriveRequest } from '../contract/index.ts';
import { plannedPolicies } from '../graph/index.ts';
import type { BlobStore, StoredBlob } from '../sources/index.ts';
import type { Database, NewDerived, PolicyRecord } from '../store/index.ts';
import {
  insertDerived,
  leasedParent,
  lockPlanning,
  PICTURE_POLICY,
  planTasks,
  policiesOf,
  sourceVersion,
} from '../store/index.ts';

/** @returns `current`: false where the lease has gone; then nothing was planned. */
export async function storeDerived(
  { database, blobs }: { readonly database: Database; readonly blobs: BlobStore },
  { namespace, token, contentId, policyId, version, contents }: DeriveRequest,
): Promise<DeriveReply & { readonly created: readonly string[] }> {
  const by = { policyId, version };
  const created: string[] = [];
  for (const { ord, position, mimeType, bytes } of contents) {
    const stored = await blobs.putAnd([bytes], (blob) =>
      database.transaction(async (tx) => {
        await lockPlanning(tx, namespace, 'shared');
        const parent = await leasedParent(tx, namespace, token, { contentId, ...by });
        const policies = await policiesOf(tx, namespace);
        const maker = policies.find((policy) => policy.id === policyId && policy.version === version);
        if (parent === undefined || maker === undefined) return undefined;
        const content = derivedOf(blob, { ord, position, mimeType, name: frameName(parent.name, position.timeMs) });
        const ids = await insertDerived(tx, namespace, parent, by, [content]);
        const takers = plannedPolicies(policies, { mimeType, labels: parent.labels, source: maker }).filter((policy) =>
          takesVersion(policy, maker, policies),
        );
        const planned = [PICTURE_POLICY, ...takers.map(({ id, version: of }) => ({ policyId: id, version: of }))];
        await planTasks(
          tx,
          namespace,
          ids.flatMap((id) => planned.map((task) => ({ contentId: id, ...task }))),
        );
        return ids;
      }),
    );
    if (stored === undefined) return { current: false, created };
    created.push(...stored);
  }
  return { current: true, created };
}

/** A policy that names its source takes what one version of that makes; others take what all make. */
function takesVersion(policy: PolicyRecord, maker: PolicyRecord, policies: readonly PolicyRecord[]): boolean {
  const source = sourceVersion(policy, policies);
  return source === undefined || (source.id === maker.id && source.version === maker.version);
}

function derivedOf(
  { sha256, size, uri }: StoredBlob,
  facts: Pick<NewDerived, 'ord' | 'position' | 'mimeType' | 'name'>,
): NewDerived {
  return { ...facts, sha256, sizeBytes: size, uri };
}

/** `clip.mp4#t=12.4`: a media fragment, seconds from the start (W3C Media Fragments URI 1.0 §4.2.1). */
function frameName(name: string, timeMs: number): string {
  return `${name}#t=${timeMs / 1000}`;
}
