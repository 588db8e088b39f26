/**
 * Workers for a server elsewhere: the same pool, with the way over HTTP instead of the coordinator.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { httpWorkerTransport } from '../client/index.ts';
import { UnavailableError } from '../contract/index.ts';
import type { WorkerTransport } from '../contract/index.ts';
import { loadExtractors } from './extractors.ts';
import { resolveOptions } from './options.ts';
import type { EngineOptions } from './options.ts';
import { createWorkerPool } from './worker-pool.ts';
import type { WorkerPool } from './worker-pool.ts';

/** A claim that waits can't be taken back over HTTP, and a worker that is told to stop waits for its end. */
const CLAIM_WAIT_MS = 2000;

export interface RemoteWorkersOptions extends EngineOptions {
  readonly server: string;
  readonly token?: string;
  /** Extractors to take, by name or alias; absent: all. */
  readonly only?: readonly string[];
}

/**
 * Starts them. A server that can't be reached is waited for; that is told through `onNote`.
 *
 * @throws ForbiddenError when the server wants another token; NotFoundError for an extractor that there is none of.
 */
export async function startWorkers({ server, token, only, ...options }: RemoteWorkersOptions): Promise<WorkerPool> {
  const { models, extractors, workers, hangMs, onNote } = resolveOptions(options);
  const names = await canonicalNames(only, extractors);
  const remote = httpWorkerTransport({ baseUrl: server, ...(token === undefined ? {} : { token }) });
  const transport: WorkerTransport = {
    ...remote,
    claim: (request) => remote.claim({ ...request, waitMs: Math.min(request.waitMs, CLAIM_WAIT_MS) }),
  };
  try {
    // A lease that nobody has: the answer tells whether this caller may work.
    await transport.abandon({ workerId: 'none', token: randomUUID() });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    onNote(`${error.message}; waiting for it`);
  }
  const pool = createWorkerPool({
    count: Math.max(1, workers),
    transport,
    models,
    extractors,
    hangMs,
    onNote,
    ...(names === undefined ? {} : { only: names }),
  });
  pool.start();
  return pool;
}

/** Policies name their extractors canonically: an alias would match none, and the worker would wait for ever. */
async function canonicalNames(
  only: readonly string[] | undefined,
  own: readonly string[],
): Promise<string[] | undefined> {
  if (only === undefined) return undefined;
  const registry = await loadExtractors(own);
  return only.map((name) => registry.get(name).name);
}
