/**
 * The server's side of the worker protocol: leases tasks, takes results, plans what follows from them.
 *
 * Results, state changes and the tasks of dependent policies are one transaction a completed batch and namespace.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type {
  ClaimReply,
  ClaimRequest,
  CompleteRequest,
  ContentResult,
  FoveaEvent,
  WorkContent,
  WorkerPolicy,
  WorkTask,
  WorkerTransport,
} from '../contract/index.ts';
import { NotFoundError } from '../contract/index.ts';
import type { BlobStore } from '../sources/index.ts';
import { localPath } from '../sources/index.ts';
import type { ClaimedContent, Database, PolicyRecord, Queryable, TaskCount } from '../store/index.ts';
import {
  activateReady,
  claimTasks,
  expireLease,
  extendLease,
  finishTasks,
  getContent,
  listNamespaces,
  MAX_ATTEMPTS,
  PICTURE_POLICY,
  planTasks,
  policiesOf,
  readRegions,
  releaseTasks,
  setPicture,
  setPolicyWaiting,
  taskCounts,
  writeFeatures,
} from '../store/index.ts';
import type { RateMeter } from './progress.ts';
import type { ThumbnailStore } from './thumbnails.ts';
import { createWake } from './wake.ts';

/** How long a worker may hold tasks without a heartbeat. */
const LEASE_MS = 120_000;
const BACKOFF_MS = 2_000;

export interface CoordinatorOptions {
  readonly database: Database;
  readonly thumbnails: ThumbnailStore;
  readonly blobs: BlobStore;
  readonly rates: RateMeter;
  readonly onEvent: (namespace: string, event: FoveaEvent) => void;
  /** A policy version took over, or waits for a model now. */
  readonly onPoliciesChanged: (namespace: string) => void;
}

export interface Coordinator extends WorkerTransport {
  /** Something was planned: wakes waiting claims, and forgets what is remembered of a namespace's policies. */
  planned(namespace: string): void;
  /** True while some task of some namespace could be claimed or is running. */
  hasWork(): Promise<boolean>;
  /** Ends waiting claims with nothing and refuses new ones. */
  stop(): void;
  /** Workers that claimed or reported within the last minute. */
  workers(): readonly string[];
}

export function createCoordinator(options: CoordinatorOptions): Coordinator {
  const { database } = options;
  const wake = createWake();
  const policies = new Map<string, Promise<PolicyRecord[]>>();
  const seen = new Map<string, number>();
  let stopped = false;

  const policiesIn = (namespace: string): Promise<PolicyRecord[]> => {
    const known = policies.get(namespace) ?? policiesOf(database, namespace);
    policies.set(namespace, known);
    known.catch(() => policies.delete(namespace));
    return known;
  };

  const forget = (namespace: string): void => {
    policies.delete(namespace);
    options.onPoliciesChanged(namespace);
  };

  const claimOnce = async (request: ClaimRequest): Promise<ClaimReply | undefined> => {
    for (const namespace of await listNamespaces(database)) {
      const known = await policiesIn(namespace);
      const able = known.filter(
        (policy) => policy.waitingFor === undefined && (request.extractors?.includes(policy.extractor) ?? true),
      );
      const claimable = [PICTURE_POLICY, ...able.map((policy) => ({ policyId: policy.id, version: policy.version }))];
      const token = randomUUID();
      const claimed = await claimTasks(database, namespace, {
        token,
        leaseMs: LEASE_MS,
        maxContents: request.maxContents,
        policies: claimable,
      });
      if (claimed.length > 0) {
        const contents = await describeWork(database, options.blobs, namespace, claimed, able);
        return { token, leaseMs: LEASE_MS, policies: usedPolicies(claimed, able), contents };
      }
    }
    return undefined;
  };

  return {
    async claim(request) {
      seen.set(request.workerId, Date.now());
      const until = Date.now() + request.waitMs;
      for (;;) {
        const reply = stopped ? undefined : await claimOnce(request);
        if (reply !== undefined) return reply;
        const left = until - Date.now();
        if (stopped || left <= 0) return { token: '', leaseMs: LEASE_MS, policies: [], contents: [] };
        // Back-offs and leases run out without a notice: look again each second.
        await wake.wait(Math.min(left, 1000));
      }
    },

    async heartbeat({ workerId, token }) {
      seen.set(workerId, Date.now());
      for (const namespace of await listNamespaces(database)) {
        if (await extendLease(database, namespace, token, LEASE_MS)) return { valid: true };
      }
      return { valid: false };
    },

    async complete(request) {
      seen.set(request.workerId, Date.now());
      const stale: string[] = [];
      for (const [namespace, results] of byNamespace(request.results)) {
        const known = await policiesIn(namespace);
        const outcome = await storeResults(options, namespace, request, results, known);
        stale.push(...outcome);
        for (const { policyId, version, error } of request.refused) {
          if (known.some((policy) => policy.id === policyId && policy.version === version)) {
            await setPolicyWaiting(database, policyId, version, error.message);
            forget(namespace);
          }
        }
        if (
          known.some((policy) => policy.state === 'building') &&
          (await activateReady(database, namespace)).length > 0
        ) {
          forget(namespace);
        }
        options.onEvent(namespace, { type: 'features', contentIds: results.map(({ contentId }) => contentId) });
      }
      wake.notify();
      return { stale };
    },

    async abandon({ token }) {
      for (const namespace of await listNamespaces(database)) await expireLease(database, namespace, token);
      wake.notify();
    },

    async bytes(namespace, contentId) {
      const content = await getContent(database, namespace, contentId);
      for (const { uri, state } of content?.locations ?? []) {
        const path = localPath(uri, options.blobs);
        if (state === 'present' && path !== undefined) return readFile(path);
      }
      throw new NotFoundError('content', contentId, [], 'none of the places where its bytes lay is there any more');
    },

    planned(namespace) {
      policies.delete(namespace);
      wake.notify();
    },
    async hasWork() {
      for (const namespace of await listNamespaces(database)) {
        const able = (await policiesIn(namespace)).filter((policy) => policy.waitingFor === undefined);
        const ours = (count: TaskCount): boolean =>
          count.policyId === PICTURE_POLICY.policyId ||
          able.some((policy) => policy.id === count.policyId && policy.version === count.version);
        if ((await taskCounts(database, namespace)).some((count) => ours(count) && count.waiting + count.running > 0))
          return true;
      }
      return false;
    },
    stop() {
      stopped = true;
      wake.notify();
    },
    workers: () => [...seen].filter(([, at]) => at > Date.now() - 60_000).map(([workerId]) => workerId),
  };
}

/** Writes what a worker sends; returns the contents whose lease had gone. */
async function storeResults(
  { database, thumbnails, rates }: CoordinatorOptions,
  namespace: string,
  request: CompleteRequest,
  results: readonly ContentResult[],
  known: readonly PolicyRecord[],
): Promise<readonly string[]> {
  for (const { contentId, picture } of results) {
    if (picture?.thumbnail !== undefined) await thumbnails.write(namespace, contentId, 320, picture.thumbnail);
  }
  const outcome = await database.transaction(async (tx) => {
    const finished = await finishTasks(tx, namespace, request.token, flatten(results), {
      maxAttempts: MAX_ATTEMPTS,
      backoffMs: BACKOFF_MS,
    });
    const current = new Set(finished.accepted.map(taskKey));
    await writePictures(tx, namespace, results, current);
    for (const policy of known) {
      const rows = results.flatMap(({ contentId, tasks }) =>
        tasks
          .filter(
            (task) =>
              task.policyId === policy.id &&
              task.version === policy.version &&
              current.has(taskKey({ contentId, ...task })),
          )
          .flatMap((task) => (task.rows === undefined ? [] : [{ contentId, rows: task.rows }])),
      );
      if (rows.length === 0) continue;
      await writeFeatures(tx, namespace, policy, rows);
      await planDependents(
        tx,
        namespace,
        policy,
        known,
        rows.map(({ contentId }) => contentId),
      );
      rates.add(`${namespace}/${policy.id}.${policy.version}`, rows.length);
    }
    await releaseTasks(tx, namespace, request.token, { policies: request.refused });
    return finished;
  });
  rates.add(namespace, results.length);
  return outcome.stale;
}

async function writePictures(
  tx: Queryable,
  namespace: string,
  results: readonly ContentResult[],
  current: ReadonlySet<string>,
): Promise<void> {
  const sizes = results.flatMap(({ contentId, picture }) =>
    picture?.width !== undefined &&
    picture.height !== undefined &&
    current.has(taskKey({ contentId, ...PICTURE_POLICY }))
      ? [{ contentId, width: picture.width, height: picture.height }]
      : [],
  );
  if (sizes.length > 0) await setPicture(tx, namespace, sizes);
}

/** Tasks of the policies that take this policy's results, planned in the transaction that writes these. */
async function planDependents(
  tx: Queryable,
  namespace: string,
  source: PolicyRecord,
  known: readonly PolicyRecord[],
  contentIds: readonly string[],
): Promise<void> {
  const dependents = known.filter((policy) => policy.graph === source.graph && policy.contentSource === source.name);
  const rows = dependents.flatMap((policy) =>
    contentIds.map((contentId) => ({ contentId, policyId: policy.id, version: policy.version })),
  );
  if (rows.length > 0) await planTasks(tx, namespace, rows);
}

async function describeWork(
  database: Database,
  blobs: BlobStore,
  namespace: string,
  claimed: readonly ClaimedContent[],
  policies: readonly PolicyRecord[],
): Promise<WorkContent[]> {
  const regions = new Map<string, Awaited<ReturnType<typeof readRegions>>>();
  for (const policy of policies) {
    if (policy.contentSource === undefined) continue;
    const ids = claimed
      .filter(({ tasks }) => tasks.some((task) => isOf(task, policy)))
      .map(({ contentId }) => contentId);
    const source = policies.find(
      (other) => other.graph === policy.graph && other.name === policy.contentSource && other.state === 'active',
    );
    if (ids.length > 0 && source !== undefined)
      regions.set(taskPolicyKey(policy), await readRegions(database, namespace, source, ids));
  }
  return claimed.map((content) => {
    const own = content.tasks.filter(({ policyId }) => policyId !== PICTURE_POLICY.policyId);
    // A name that is no UTF-8 can't be sent as text; such a file goes through the transport.
    const path = content.uris.map((uri) => localPath(uri, blobs)).find((found) => typeof found === 'string');
    return {
      namespace,
      contentId: content.contentId,
      mimeType: content.mimeType,
      sizeBytes: content.sizeBytes,
      ...(path === undefined ? {} : { path }),
      picture: own.length < content.tasks.length,
      tasks: own.map(({ policyId, version }): WorkTask => {
        const found = regions.get(`${policyId}.${version}`);
        return found === undefined
          ? { policyId, version }
          : { policyId, version, regions: found.get(content.contentId) ?? [] };
      }),
    };
  });
}

function usedPolicies(claimed: readonly ClaimedContent[], policies: readonly PolicyRecord[]): WorkerPolicy[] {
  return policies
    .filter((policy) => claimed.some(({ tasks }) => tasks.some((task) => isOf(task, policy))))
    .map(({ id, version, extractor, params, space }) => ({
      policyId: id,
      version,
      extractor,
      params,
      space: space ?? null,
    }));
}

/** Every task of the results, the built-in one included, as the ledger wants them. */
function flatten(results: readonly ContentResult[]): Parameters<typeof finishTasks>[3] {
  return results.flatMap(({ contentId, picture, tasks }) => [
    ...(picture === undefined
      ? []
      : [{ contentId, ...PICTURE_POLICY, ...(picture.error === undefined ? {} : { error: picture.error }) }]),
    ...tasks.map(({ policyId, version, error }) => ({
      contentId,
      policyId,
      version,
      ...(error === undefined ? {} : { error }),
    })),
  ]);
}

function byNamespace(results: readonly ContentResult[]): Map<string, ContentResult[]> {
  const groups = new Map<string, ContentResult[]>();
  for (const result of results) groups.set(result.namespace, [...(groups.get(result.namespace) ?? []), result]);
  return groups;
}

const isOf = (task: { policyId: number; version: number }, policy: PolicyRecord): boolean =>
  task.policyId === policy.id && task.version === policy.version;
const taskKey = (task: { contentId: string; policyId: number; version: number }): string =>
  `${task.contentId} ${task.policyId}.${task.version}`;
const taskPolicyKey = (policy: PolicyRecord): string => `${policy.id}.${policy.version}`;
