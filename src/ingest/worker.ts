/**
 * The worker's loop: claim → prepare (read, decode) → infer → complete. The next batch is decoded on libuv's threads
 * while the JavaScript thread sits in the models of this one, and the one before is written meanwhile. A content over which
 * a worker ended before is decoded and inferred with nothing beside it.
 *
 * @module
 */
import type {
  ClaimRequest,
  CompleteRequest,
  ContentResult,
  FeatureRow,
  TaskResult,
  WorkContent,
  WorkerTransport,
} from '../contract/index.ts';
import { runBatch, STANDALONE } from '../extractor/index.ts';
import type { ExtractorResult, RunContext } from '../extractor/index.ts';
import type { FfmpegPrograms } from '../video/index.ts';
import type { PolicyCache, ReadyPolicy } from './policy-cache.ts';
import { policyKey, prepareBatch, taskError } from './prepare.ts';
import { createSolitude } from './solitude.ts';
import type { Solitude } from './solitude.ts';
import type { PreparedBatch, PreparedItem, PreparedTask, Watch } from './prepare.ts';

export interface WorkerOptions {
  readonly workerId: string;
  /** Contents a claim; default as many as are done in about a second and a half. */
  readonly batchSize?: number;
  /** Extractors it takes; absent: all. */
  readonly extractors?: readonly string[];
  /** Longest wait for work of one claim; default 20,000. */
  readonly waitMs?: number;
  /** Told of faults of the transport, which are waited out (1 s). */
  readonly onFault?: (error: unknown) => void;
  /** Extractors that it leaves to others. */
  readonly except?: readonly string[];
  /** False: leaves the built-in tasks to others. */
  readonly picture?: boolean;
  /** How long a claim's contents should take; default a second and a half. */
  readonly claimMs?: number;
  /** Told what is decoded and inferred, for whoever outlives this process. */
  readonly watch?: Watch;
  /** Shared by the loops of one process: what must be alone is so among all of them. */
  readonly solitude?: Solitude;
  /** Asked while long work gets on: whether a lease is still held. */
  readonly isHeld?: (token: string) => Promise<boolean>;
  /** Default: those in `PATH`. */
  readonly ffmpeg?: FfmpegPrograms;
}

/**
 * How long a claim's contents should take: its statements cost the database the same for many contents as for few, but what
 * is found shows only when all of them are done.
 */
const CLAIM_MS = 1500;
const FIRST_CLAIM = 16;
const SMALLEST_CLAIM = 8;
const LARGEST_CLAIM = 64;

/** Items of one call of an extractor: between two calls others hear that the worker gets on. */
const MAX_ITEMS = 64;

/** Works until `signal` aborts, then finishes what it holds. Faults of the transport are waited out, never thrown. */
export async function runWorker(
  transport: WorkerTransport,
  cache: PolicyCache,
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<void> {
  const contextOf = (token: string): ContextOf => workContext(transport, options, token, signal);
  const watch = options.watch ?? ((_work, run) => run(() => undefined));
  const solitude = options.solitude ?? createSolitude();
  let inferring: Promise<unknown> = Promise.resolve();
  let batchSize = options.batchSize ?? FIRST_CLAIM;
  let prepareMs = 0;
  const take = async (): Promise<PreparedBatch | undefined> => {
    if (signal.aborted) return undefined;
    const claim = await transport.claim(claimRequest(options, batchSize));
    if (claim.contents.length === 0) return undefined;
    if (claim.alone) await inferring;
    const started = performance.now();
    const batch = await solitude(claim.alone === true, () =>
      prepareBatch(claim, cache, transport, watch, options.ffmpeg),
    );
    prepareMs = performance.now() - started;
    return batch;
  };
  const next = (): Promise<PreparedBatch | undefined> =>
    take().catch((error: unknown) => fault(error, options, signal));
  const complete = async (token: string, outcome: Pick<CompleteRequest, 'results' | 'refused'>): Promise<void> => {
    // Where that fails, the lease runs out and somebody does it again; nothing was written.
    const request = { workerId: options.workerId, token, ...outcome };
    await transport.complete(request).catch((error: unknown) => fault(error, options, signal));
  };
  let upcoming = next();
  let completing = Promise.resolve();
  for (;;) {
    const batch = await upcoming;
    if (batch === undefined) {
      if (signal.aborted) return completing;
      upcoming = next();
      continue;
    }
    const preparedMs = prepareMs;
    if (!batch.alone) upcoming = next();
    const started = performance.now();
    const inference = solitude(batch.alone, () => inferBatch(batch, watch, contextOf(batch.token)));
    inferring = inference;
    const inferred = await inference;
    for (const { done } of batch.contents) await done?.();
    if (options.batchSize === undefined && !batch.alone)
      batchSize = claimSize(
        batch.contents.length,
        Math.max(preparedMs, performance.now() - started),
        options.claimMs ?? CLAIM_MS,
      );
    if (batch.alone) upcoming = next();
    // The database writes while the next batch is inferred; one at a time, so that results don't pile up.
    await completing;
    completing = complete(batch.token, withoutRefused(inferred, batch.refused));
  }
}

function claimRequest(
  { workerId, waitMs, extractors, except, picture }: WorkerOptions,
  maxContents: number,
): ClaimRequest {
  return {
    workerId,
    maxContents,
    waitMs: waitMs ?? 20_000,
    ...(extractors === undefined ? {} : { extractors }),
    ...(except === undefined ? {} : { except }),
    ...(picture === undefined ? {} : { picture }),
  };
}

/** What extractors of a policy may tell of the contents, by id, that they run on. */
export type ContextOf = (contents: ReadonlyMap<string, WorkContent>, policy: PolicyOf) => RunContext;

type PolicyOf = Pick<TaskResult, 'policyId' | 'version'>;

function workContext(
  transport: WorkerTransport,
  options: WorkerOptions,
  token: string,
  signal: AbortSignal,
): ContextOf {
  const { workerId, isHeld = () => Promise.resolve(true) } = options;
  return (contents, { policyId, version }) => ({
    ...STANDALONE,
    signal,
    async add(itemId, made) {
      const content = contents.get(itemId);
      if (content === undefined)
        throw new RangeError(`Cannot store what was made of "${itemId}": there is no such item`);
      const { namespace, contentId } = content;
      const lease = { workerId, token, namespace, contentId, policyId, version };
      const { current } = await transport.derive({ ...lease, contents: made });
      if (!current || !(await isHeld(token))) throw new TaskGoneError();
    },
    async progress() {
      if (!(await isHeld(token))) throw new TaskGoneError();
    },
  });
}

/** The results would be dropped: the content was deleted, or another worker has its task. */
class TaskGoneError extends Error {
  constructor() {
    super('Cannot go on: the content was deleted, or another worker has it');
  }
}

/** Contents of the next claim, from how long some took. */
function claimSize(contents: number, tookMs: number, claimMs: number): number {
  return Math.min(LARGEST_CLAIM, Math.max(SMALLEST_CLAIM, Math.round((contents * claimMs) / Math.max(1, tookMs))));
}

/**
 * A model whose weights turn out to be missing or damaged only when it runs, or a disk that is full, is no fault of the picture:
 * its policy is refused, and waits.
 */
function withoutRefused(
  results: readonly ContentResult[],
  before: CompleteRequest['refused'],
): Pick<CompleteRequest, 'results' | 'refused'> {
  const refused = new Map(before.map((policy) => [policyKey(policy), policy]));
  const kept = results.map((result) => ({
    ...result,
    tasks: result.tasks.filter(({ policyId, version, error }) => {
      if (error === undefined || !NO_PICTURES_FAULT.has(error.code)) return true;
      refused.set(policyKey({ policyId, version }), { policyId, version, error });
      return false;
    }),
  }));
  return { results: kept, refused: [...refused.values()] };
}

const NO_PICTURES_FAULT: ReadonlySet<string> = new Set(['model_unavailable', 'program_unavailable', 'storage_full']);

async function fault(error: unknown, options: WorkerOptions, signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return undefined;
  options.onFault?.(error);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return undefined;
}

/** Runs every policy over the contents of the batch that need it; results by content. */
export async function inferBatch(
  batch: PreparedBatch,
  watch: Watch,
  contextOf: ContextOf = () => STANDALONE,
): Promise<ContentResult[]> {
  const contents = new Map(batch.contents.map(({ content }) => [content.contentId, content]));
  const results = new Map<PreparedTask, TaskResult>();
  const byPolicy = new Map<string, PreparedTask[]>();
  for (const task of batch.contents.flatMap(({ tasks }) => tasks)) {
    const key = policyKey(task.task);
    byPolicy.set(key, [...(byPolicy.get(key) ?? []), task]);
  }
  for (const [key, tasks] of byPolicy) {
    const policy = batch.policies.get(key);
    const [first] = tasks;
    if (policy === undefined || first === undefined) continue;
    const { policyId, version } = first.task;
    const items = tasks.flatMap((task) => task.items);
    const context = contextOf(contents, first.task);
    const outcome = await runItems(policy, items, context, (some, run) => {
      const contentIds = [...new Set(some.map(({ contentId }) => contentId))];
      return watch({ token: batch.token, contentIds, policyId, version }, run);
    });
    // Told to end in the middle: somebody else does it again.
    if (outcome instanceof Error && context.signal.aborted) continue;
    for (const task of tasks)
      results.set(task, outcome instanceof Error ? failedTask(task, outcome) : taskResult(task, outcome));
  }
  return batch.contents.map(({ content, picture, tasks }) => ({
    namespace: content.namespace,
    contentId: content.contentId,
    ...(picture === undefined ? {} : { picture }),
    tasks: tasks.flatMap((task) => results.get(task) ?? []),
  }));
}

/** Results by item, or the error that is no item's fault: a model whose weights are missing, a service that is away. */
async function runItems(
  policy: ReadyPolicy,
  items: readonly PreparedItem[],
  context: RunContext,
  watch: <T>(some: readonly PreparedItem[], run: (alive: () => void) => Promise<T>) => Promise<T>,
): Promise<ReadonlyMap<string, ExtractorResult> | Error> {
  const results = new Map<string, ExtractorResult>();
  try {
    for (let start = 0; start < items.length; start += MAX_ITEMS) {
      const some = items.slice(start, start + MAX_ITEMS);
      const outcome = await watch(some, (alive) =>
        runBatch(policy.loaded, policy.output, some, livelyContext(context, alive)),
      );
      for (const [id, result] of outcome) results.set(id, result);
    }
    return results;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Whoever hands over contents, or asks whether to go on, gets on. */
function livelyContext(context: RunContext, alive: () => void): RunContext {
  return {
    signal: context.signal,
    alive,
    add(itemId, contents) {
      alive();
      return context.add(itemId, contents);
    },
    progress() {
      alive();
      return context.progress();
    },
  };
}

function failedTask({ task: { policyId, version }, error: before }: PreparedTask, error: Error): TaskResult {
  return { policyId, version, error: before ?? taskError(error) };
}

function taskResult(prepared: PreparedTask, outcome: ReadonlyMap<string, readonly FeatureRow[] | Error>): TaskResult {
  const { policyId, version } = prepared.task;
  if (prepared.error !== undefined) return { policyId, version, error: prepared.error };
  const rows: FeatureRow[] = [];
  for (const item of prepared.items) {
    const result = outcome.get(item.id);
    if (result === undefined)
      return {
        policyId,
        version,
        error: taskError(new Error(`Cannot extract: the extractor returned nothing for "${item.id}"`)),
      };
    if (result instanceof Error) return { policyId, version, error: taskError(result) };
    // A region's rows carry the ord of its box; one row a region, so that (content, ord) joins the box with its features.
    for (const [index, row] of result.entries())
      rows.push(item.ord === undefined ? { ...row, ord: row.ord ?? index } : { ...row, ord: item.ord });
  }
  return { policyId, version, rows };
}
