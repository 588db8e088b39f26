/**
 * The server's side of the worker protocol: leases tasks, takes results, plans what follows from them.
 *
 * Results, state changes and the tasks of dependent policies are one transaction a completed batch and namespace.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type {
  AbandonRequest,
  ClaimReply,
  ClaimRequest,
  CompleteReply,
  CompleteRequest,
  ContentResult,
  DeriveReply,
  DeriveRequest,
  FoveaEvent,
  WorkContent,
  WorkerPolicy,
  WorkTask,
  WorkerTransport,
} from '../contract/index.ts';
import { InvalidInputError, makesContents, NotFoundError, takesTexts } from '../contract/index.ts';
import type { BlobStore, FilePath } from '../sources/index.ts';
import { localPath, readablePath } from '../sources/index.ts';
import type { ClaimedContent, Database, PolicyRecord } from '../store/index.ts';
import {
  activateReady,
  blameTasks,
  claimTasks,
  DatabaseError,
  extendLease,
  getContent,
  leasedContents,
  listNamespaces,
  PICTURE_POLICY,
  readRegions,
  readTexts,
  releaseLeases,
  releaseTasks,
  setPolicyWaiting,
  sourceVersion,
  taskCounts,
  versionOf,
} from '../store/index.ts';
import type { RateMeter } from './progress.ts';
import type { ThumbnailStore } from './thumbnails.ts';
import { checkResults } from './check-results.ts';
import { storeDerived } from './derive.ts';
import { storeResults } from './store-results.ts';
import { createWake } from './wake.ts';
import { WorkerRoster } from './worker-roster.ts';

/** How long a worker may hold tasks without a heartbeat. */
const LEASE_MS = 120_000;
/** Of one claim: a worker holds the files of two, the one that it is at and the next. */
const CLAIM_BYTES = 64 * 1024 ** 2;
const WORKER_ENDED = 'the worker that had it ended';

export interface CoordinatorOptions {
  readonly database: Database;
  readonly thumbnails: ThumbnailStore;
  readonly blobs: BlobStore;
  readonly rates: RateMeter;
  /** Starts the tokens of this server's own workers; the same after a restart, and no other server's. */
  readonly tokenPrefix: string;
  /** Policies of a namespace; may be remembered until `onPoliciesChanged` or `planned`. */
  readonly policies: (namespace: string) => Promise<readonly PolicyRecord[]>;
  readonly onEvent: (namespace: string, event: FoveaEvent) => void;
  /** A policy waits for a model now, or versions took over: `activated`. */
  readonly onPoliciesChanged: (namespace: string, activated?: readonly PolicyRecord[]) => void;
}

/** Leases tasks to workers and takes their results. */
export class Coordinator implements WorkerTransport {
  readonly #options: CoordinatorOptions;
  readonly #wake = createWake();
  readonly roster = new WorkerRoster();
  #stopped = false;
  readonly #troubles: Partial<Record<'claim' | 'complete', string>> = {};

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  /** Why the last results were not stored, or the last claim not answered, as where the database's disk is full. */
  get trouble(): string | undefined {
    return this.#troubles.complete ?? this.#troubles.claim;
  }

  /** The transport of this server's own workers: their leases are known by the prefix when the server has ended. */
  local(): WorkerTransport {
    return {
      claim: (request) => this.claim(request, this.#options.tokenPrefix),
      heartbeat: (request) => this.heartbeat(request),
      complete: (request) => this.complete(request),
      derive: (request) => this.derive(request),
      abandon: (request) => this.abandon(request),
      release: (request) => this.release(request),
      leave: (request) => this.leave(request),
      bytes: (namespace, contentId) => this.bytes(namespace, contentId),
    };
  }

  /** At the start of a server: what the workers of its last run held waits again at once. */
  async releaseOwn(): Promise<void> {
    const { database, tokenPrefix } = this.#options;
    for (const namespace of await listNamespaces(database)) await releaseLeases(database, namespace, tokenPrefix);
  }

  async claim(request: ClaimRequest, tokenPrefix = ''): Promise<ClaimReply> {
    this.roster.asked(request, tokenPrefix !== '');
    const until = performance.now() + request.waitMs;
    for (;;) {
      const reply = this.#stopped
        ? undefined
        : await this.#noting('claim', () => this.#claimOnce(request, tokenPrefix));
      if (reply !== undefined) return reply;
      const left = until - performance.now();
      if (this.#stopped || left <= 0) return { token: '', leaseMs: LEASE_MS, policies: [], contents: [] };
      // Back-offs and leases run out without a notice: look again each second.
      await this.#wake.wait(Math.min(left, 1000));
    }
  }

  async heartbeat({
    workerId,
    token,
  }: {
    readonly workerId: string;
    readonly token: string;
  }): Promise<{ readonly valid: boolean }> {
    this.roster.heard(workerId);
    const { database } = this.#options;
    for (const namespace of await listNamespaces(database)) {
      if (await extendLease(database, namespace, token, LEASE_MS)) return { valid: true };
    }
    return { valid: false };
  }

  complete(request: CompleteRequest): Promise<CompleteReply> {
    return this.#noting('complete', () => this.#store(request));
  }

  async #store(request: CompleteRequest): Promise<CompleteReply> {
    this.roster.heard(request.workerId);
    this.roster.released(request.workerId, request.token, request.results.length);
    const stale: string[] = [];
    for (const [namespace, results] of byNamespace(request.results)) {
      try {
        if (!request.token.startsWith(this.#options.tokenPrefix))
          checkResults(request, results, await this.#options.policies(namespace));
        stale.push(...(await storeResults(this.#options, namespace, request, results)));
      } catch (error) {
        if (await this.#exists(namespace)) throw refusal(error, request.workerId);
        // It was deleted while the worker was at it, and must not leave thumbnails behind.
        await this.#options.thumbnails.removeNamespace(namespace);
        stale.push(...results.map(({ contentId }) => contentId));
        continue;
      }
      const known = await this.#options.policies(namespace);
      await this.#refuse(namespace, request, known);
      await this.#takeOver(namespace, known);
      this.#options.onEvent(namespace, { type: 'features', contentIds: results.map(({ contentId }) => contentId) });
    }
    this.#wake.notify();
    return { stale };
  }

  async derive(request: DeriveRequest): Promise<DeriveReply> {
    this.roster.heard(request.workerId);
    const { current, created } = await this.#noting('complete', () => storeDerived(this.#options, request));
    if (created.length > 0) this.#wake.notify();
    return { current };
  }

  async abandon({ workerId, token, inHand, reason = WORKER_ENDED }: AbandonRequest): Promise<void> {
    this.roster.released(workerId, token);
    const { database } = this.#options;
    for (const namespace of await listNamespaces(database)) {
      await database.transaction(async (tx) => {
        const work = inHand?.map(({ contentIds, policyId, version }) => ({
          contentIds,
          policy: policyId === undefined || version === undefined ? undefined : { policyId, version },
        }));
        await blameTasks(
          tx,
          namespace,
          token,
          work ?? [{ contentIds: await leasedContents(tx, namespace, token) }],
          reason,
        );
      });
      // Where the last open task of a version failed so.
      await this.#takeOver(namespace, await this.#options.policies(namespace));
    }
    this.#wake.notify();
  }

  async leave({ workerId, died }: { readonly workerId: string; readonly died: boolean }): Promise<void> {
    this.roster.left(workerId, died ? 'died' : 'stopped');
  }

  async release({ workerId, token }: { readonly workerId: string; readonly token: string }): Promise<void> {
    this.roster.released(workerId, token);
    const { database } = this.#options;
    for (const namespace of await listNamespaces(database)) {
      await database.transaction((tx) => releaseTasks(tx, namespace, token));
    }
    this.#wake.notify();
  }

  async bytes(namespace: string, contentId: string): Promise<Uint8Array> {
    return readFile(await this.#pathOf(namespace, contentId));
  }

  async stream(namespace: string, contentId: string): Promise<AsyncIterable<Uint8Array>> {
    return createReadStream(await this.#pathOf(namespace, contentId));
  }

  async #pathOf(namespace: string, contentId: string): Promise<FilePath> {
    const { database, blobs } = this.#options;
    if (!(await this.#exists(namespace))) throw new NotFoundError('namespace', namespace, []);
    const content = await getContent(database, namespace, contentId);
    const uris = content?.locations.filter(({ state }) => state === 'present').map(({ uri }) => uri) ?? [];
    const path = await readablePath(uris, content?.sizeBytes ?? 0, blobs);
    if (path !== undefined) return path;
    const reason = 'none of the places where its bytes lay is there any more';
    throw new NotFoundError('content', contentId, [], reason);
  }

  /** Something was planned: wakes waiting claims. */
  planned(): void {
    this.#wake.notify();
  }

  /** True while some task of some namespace could be claimed or is running. */
  async hasWork(): Promise<boolean> {
    const { database } = this.#options;
    for (const namespace of await listNamespaces(database)) {
      const able = (await this.#options.policies(namespace)).filter((policy) => policy.waitingFor === undefined);
      const counts = await taskCounts(database, namespace);
      const ours = counts.filter(
        (count) => count.policyId === PICTURE_POLICY.policyId || able.some((policy) => isOf(count, policy)),
      );
      if (ours.some(({ waiting, running }) => waiting + running > 0)) return true;
    }
    return false;
  }

  /** Ends waiting claims with nothing and gives out no more. */
  stop(): void {
    this.#stopped = true;
    this.#wake.notify();
  }

  async #exists(namespace: string): Promise<boolean> {
    return (await listNamespaces(this.#options.database)).includes(namespace);
  }

  /** Keeps what the database says of `work`, until it goes well again. */
  async #noting<T>(what: 'claim' | 'complete', work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      delete this.#troubles[what];
      return result;
    } catch (error) {
      if (error instanceof DatabaseError) this.#troubles[what] = error.message;
      throw error;
    }
  }

  async #claimOnce(request: ClaimRequest, tokenPrefix: string): Promise<ClaimReply | undefined> {
    const { database, blobs } = this.#options;
    for (const namespace of await listNamespaces(database)) {
      const known = await this.#options.policies(namespace);
      const takes = ({ extractor }: PolicyRecord): boolean =>
        (request.extractors?.includes(extractor) ?? true) && request.except?.includes(extractor) !== true;
      const refuses = (policy: PolicyRecord): boolean => this.roster.refuses(request.workerId, versionOf(policy));
      const able = known.filter((policy) => policy.waitingFor === undefined && takes(policy) && !refuses(policy));
      const own = request.picture === false ? [] : [PICTURE_POLICY];
      const claimable = [...own, ...able.map(({ id, version }) => ({ policyId: id, version }))];
      if (claimable.length === 0) continue;
      const token = `${tokenPrefix}${randomUUID()}`;
      const claimers = Math.max(1, this.roster.living().length);
      const limits = { leaseMs: LEASE_MS, maxContents: request.maxContents, claimers, maxBytes: CLAIM_BYTES };
      try {
        const claimed = await claimTasks(database, namespace, { token, ...limits, policies: claimable });
        if (claimed.length === 0) continue;
        const used = usedPolicies(claimed, able);
        const contents = await describeWork(database, blobs, namespace, claimed, known);
        this.roster.leased(request.workerId, token, claimed.length, used.map(nameOf));
        const alone = claimed.some(({ suspect }) => suspect) ? { alone: true } : {};
        return { token, ...alone, leaseMs: LEASE_MS, policies: used.map(toWorkerPolicy), contents };
      } catch (error) {
        // It may have been committed, and nobody knows of it. Where this fails too, the lease runs out.
        await database.transaction((tx) => releaseTasks(tx, namespace, token)).catch(() => undefined);
        throw error;
      }
    }
    await this.takeOver();
    return undefined;
  }

  /**
   * Versions of which no task is open take over. Mostly they do when the last is completed; not where that was of a content
   * which was deleted, or a long query held the views, or the server ended in between.
   */
  async takeOver(): Promise<void> {
    const { database, policies } = this.#options;
    for (const namespace of await listNamespaces(database)) await this.#takeOver(namespace, await policies(namespace));
  }

  /**
   * A policy that this server's own workers can't serve waits, with the reason. What one elsewhere can't serve is for the
   * others: it alone gets no more of it.
   */
  async #refuse(
    namespace: string,
    { workerId, refused }: CompleteRequest,
    known: readonly PolicyRecord[],
  ): Promise<void> {
    for (const { policyId, version, error } of refused) {
      const policy = known.find((each) => isOf({ policyId, version }, each));
      if (policy === undefined) continue;
      this.roster.refused(workerId, { policyId, version, name: nameOf(policy) }, error.message);
      if (!this.roster.isLocal(workerId)) continue;
      await setPolicyWaiting(this.#options.database, policyId, version, error.message);
      this.#options.onPoliciesChanged(namespace);
    }
  }

  /** A new version whose last task has ended takes the old one's place. */
  async #takeOver(namespace: string, known: readonly PolicyRecord[]): Promise<void> {
    const { database, onPoliciesChanged } = this.#options;
    if (!known.some((policy) => policy.state === 'building')) return;
    await activateReady(database, namespace, (activated) => onPoliciesChanged(namespace, activated));
  }
}

/** Values that the database can't store (class 22), or twice the same row (class 23), are the worker's fault. */
function refusal(error: unknown, workerId: string): unknown {
  if (!(error instanceof DatabaseError) || !/^2[23]/.test(error.sqlState)) return error;
  return new InvalidInputError(`Cannot store results of worker "${workerId}": ${error.message}`, [], { cause: error });
}

/** What a policy takes of its source, by content. */
interface SourceRows {
  readonly regions?: Awaited<ReturnType<typeof readRegions>>;
  readonly texts?: Awaited<ReturnType<typeof readTexts>>;
}

async function describeWork(
  database: Database,
  blobs: BlobStore,
  namespace: string,
  claimed: readonly ClaimedContent[],
  known: readonly PolicyRecord[],
): Promise<WorkContent[]> {
  const sources = new Map<string, SourceRows>();
  for (const policy of known) {
    const source = sourceVersion(policy, known);
    if (source === undefined || makesContents(source)) continue;
    const ids = claimed
      .filter(({ tasks }) => tasks.some((task) => isOf(task, policy)))
      .map(({ contentId }) => contentId);
    if (ids.length === 0) continue;
    sources.set(
      taskPolicyKey(policy),
      takesTexts(policy)
        ? { texts: await readTexts(database, namespace, source, ids) }
        : { regions: await readRegions(database, namespace, source, ids) },
    );
  }
  const paths = new Map(
    await Promise.all(claimed.map(async (content) => [content.contentId, await workPath(content, blobs)] as const)),
  );
  return claimed.map((content) => {
    const own = content.tasks.filter(({ policyId }) => policyId !== PICTURE_POLICY.policyId);
    const path = paths.get(content.contentId);
    return {
      namespace,
      contentId: content.contentId,
      mimeType: content.mimeType,
      sizeBytes: content.sizeBytes,
      sha256: content.sha256,
      ...(path === undefined ? {} : { path }),
      picture: own.length < content.tasks.length,
      tasks: own.map(({ policyId, version }): WorkTask => {
        const { regions, texts } = sources.get(`${policyId}.${version}`) ?? {};
        return {
          policyId,
          version,
          ...(regions && { regions: regions.get(content.contentId) ?? [] }),
          ...(texts && { texts: texts.get(content.contentId) ?? [] }),
        };
      }),
    };
  });
}

/**
 * The file to read: one that looks as it should, else the first, whose error is told. A name that is no UTF-8 can't be sent as
 * text; such a file goes through the transport.
 */
async function workPath({ uris, sizeBytes }: ClaimedContent, blobs: BlobStore): Promise<string | undefined> {
  const readable = await readablePath(uris, sizeBytes, blobs);
  const path = readable ?? uris.map((uri) => localPath(uri, blobs)).find((found) => typeof found === 'string');
  return typeof path === 'string' ? path : undefined;
}

function usedPolicies(claimed: readonly ClaimedContent[], policies: readonly PolicyRecord[]): PolicyRecord[] {
  return policies.filter((policy) => claimed.some(({ tasks }) => tasks.some((task) => isOf(task, policy))));
}

function toWorkerPolicy({ id, version, extractor, params, space }: PolicyRecord): WorkerPolicy {
  return { policyId: id, version, extractor, params, space: space ?? null };
}

const nameOf = ({ graph, name }: PolicyRecord): string => `${graph}.${name}`;

function byNamespace(results: readonly ContentResult[]): Map<string, ContentResult[]> {
  const groups = new Map<string, ContentResult[]>();
  for (const result of results) groups.set(result.namespace, [...(groups.get(result.namespace) ?? []), result]);
  return groups;
}

const isOf = (task: { policyId: number; version: number }, policy: PolicyRecord): boolean =>
  task.policyId === policy.id && task.version === policy.version;
const taskPolicyKey = (policy: PolicyRecord): string => `${policy.id}.${policy.version}`;
