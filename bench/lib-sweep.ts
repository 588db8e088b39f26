/**
 * A child of `bench/ingest`: the worker's own loop over files, with everything around it taken away. Tasks come from a list
 * in memory and results go nowhere: no database, no messages, no thumbnails, no hashes.
 *
 * Told `start`, it loads and runs a few pictures; told `run`, it runs files; told `infer`, it prepares one batch and runs the
 * models over it again and again. Each is answered with milliseconds, of `infer` without the preparation.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Contract from '../dist/contract/index.js';
import type * as Extractors from '../dist/engine/extractors.js';
import type * as Image from '../dist/image/index.js';
import type * as Ingest from '../dist/ingest/index.js';
import type * as Prepare from '../dist/ingest/prepare.js';
import type * as Worker from '../dist/ingest/worker.js';
import type * as Models from '../dist/models/index.js';

/** What one policy of the job runs. */
export interface SweepPolicy {
  readonly extractor: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export type SweepOrder =
  | {
      readonly kind: 'start';
      readonly policies: readonly SweepPolicy[];
      readonly localFolders: readonly string[];
      readonly cacheFolder: string;
      /** Of each ONNX session. */
      readonly threads: number;
      /** Pictures a batch. */
      readonly batch: number;
      readonly warmUp: readonly string[];
      /** All that will be run. */
      readonly files: readonly string[];
    }
  | { readonly kind: 'run'; readonly files: readonly string[] }
  | { readonly kind: 'infer'; readonly files: readonly string[]; readonly pictures: number };

export interface SweepAnswer {
  /** Of the whole run. */
  readonly ms: number;
}

const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(resolve('dist', path)).href)) as T;
const { configureForHost } = await load<typeof Image>('image/index.js');
const { createPolicyCache, runWorker } = await load<typeof Ingest>('ingest/index.js');
const { inferBatch } = await load<typeof Worker>('ingest/worker.js');
const { prepareBatch } = await load<typeof Prepare>('ingest/prepare.js');
const { createModels } = await load<typeof Models>('models/index.js');
const { loadExtractors } = await load<typeof Extractors>('engine/extractors.js');

/** As the product's server tells them: by path, hashed before the time is taken. */
const hashes = new Map<string, string>();

let run: ((files: readonly string[]) => Promise<void>) | undefined;
let infer: ((files: readonly string[], pictures: number) => Promise<number>) | undefined;

async function start(order: SweepOrder & { kind: 'start' }): Promise<void> {
  const { InferenceSession } = await import('onnxruntime-node');
  const create = InferenceSession.create.bind(InferenceSession) as (path: string, options: object) => Promise<unknown>;
  // The product runs one thread a session; the sweep must be free to find another number better.
  Object.assign(InferenceSession, {
    create: (path: string, options: object) => create(path, { ...options, intraOpNumThreads: order.threads }),
  });
  configureForHost();
  const models = createModels({ cacheFolder: order.cacheFolder, localFolders: order.localFolders, offline: true });
  const cache = createPolicyCache(await loadExtractors([]), models);
  const policies = order.policies.map(({ extractor, params }, place): Contract.WorkerPolicy => ({
    policyId: place + 1,
    version: 1,
    extractor,
    params,
    space: null,
  }));
  for (const path of [...order.warmUp, ...order.files])
    hashes.set(path, createHash('sha256').update(readFileSync(path)).digest('hex'));
  run = (files) => runFiles(files, policies, order.batch, cache);
  infer = async (files, pictures) => {
    const contents = files.map((path, place) => workOf(path, String(place), policies));
    const prepared = await prepareBatch(
      { token: 'sweep', leaseMs: 60_000, policies, contents },
      cache,
      elsewhere,
      unwatched,
    );
    const started = performance.now();
    for (let done = 0; done < pictures; done += contents.length) await inferBatch(prepared, unwatched);
    return performance.now() - started;
  };
  await run(order.warmUp);
}

const unwatched: Prepare.Watch = (_inHand, work) => work(() => undefined);

/** Every file of the sweep has a path. */
const elsewhere: Contract.WorkerTransport = {
  claim: () => Promise.reject(new Error('Nothing is claimed')),
  complete: () => Promise.reject(new Error('Nothing is completed')),
  heartbeat: () => Promise.resolve({ valid: true }),
  abandon: () => Promise.resolve(),
  derive: () => Promise.reject(new Error('No content is made of another')),
  bytes: () => Promise.reject(new Error('Every file of the sweep has a path')),
};

async function runFiles(
  files: readonly string[],
  policies: readonly Contract.WorkerPolicy[],
  batch: number,
  cache: ReturnType<typeof Ingest.createPolicyCache>,
): Promise<void> {
  const left = files.map((path, place) => workOf(path, String(place), policies));
  const stopping = new AbortController();
  let done = 0;
  const faults: string[] = [];
  await runWorker(
    {
      ...elsewhere,
      async claim({ maxContents }) {
        const contents = left.splice(0, maxContents);
        if (contents.length === 0) await finished(stopping.signal);
        return { token: 'sweep', leaseMs: 60_000, policies, contents };
      },
      async complete({ results, refused }) {
        for (const { tasks } of results)
          for (const { error } of tasks) if (error !== undefined) faults.push(error.message);
        for (const { error } of refused) faults.push(error.message);
        done += results.length;
        if (done >= files.length || faults.length > 0) stopping.abort();
        return { stale: [] };
      },
    },
    cache,
    { workerId: 'sweep', batchSize: batch, waitMs: 0 },
    stopping.signal,
  );
  if (faults.length > 0) throw new Error(faults[0]);
}

function finished(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
}

function workOf(path: string, contentId: string, policies: readonly Contract.WorkerPolicy[]): Contract.WorkContent {
  return {
    namespace: 'sweep',
    contentId,
    mimeType: 'image/jpeg',
    sizeBytes: statSync(path).size,
    sha256: hashes.get(path) ?? '',
    path,
    picture: false,
    tasks: policies.map(({ policyId, version }) => ({ policyId, version })),
  };
}

/** Milliseconds that an order took. */
async function obey(order: SweepOrder): Promise<number> {
  const started = performance.now();
  if (order.kind === 'infer') return (await infer?.(order.files, order.pictures)) ?? 0;
  await (order.kind === 'start' ? start(order) : run?.(order.files));
  return performance.now() - started;
}

process.on('message', (order: SweepOrder) => {
  void obey(order).then(
    (ms) => process.send?.({ ms } satisfies SweepAnswer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
