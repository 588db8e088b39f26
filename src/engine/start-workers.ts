/**
 * Workers for a server elsewhere: the same pool, with the way over HTTP instead of the coordinator.
 *
 * @module
 */
import { httpWorkerTransport } from '../client/index.ts';
import { resolveOptions } from './options.ts';
import type { EngineOptions } from './options.ts';
import { createWorkerPool } from './worker-pool.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface RemoteWorkersOptions extends EngineOptions {
  readonly server: string;
  readonly token?: string;
  /** Extractors to take; absent: all. */
  readonly only?: readonly string[];
}

/** Starts them. A server that can't be reached is waited for; that is told through `onNote`. */
export async function startWorkers({ server, token, only, ...options }: RemoteWorkersOptions): Promise<WorkerPool> {
  const { models, extractors, workers, onNote } = resolveOptions(options);
  const transport = httpWorkerTransport({ baseUrl: server, ...(token === undefined ? {} : { token }) });
  const pool = createWorkerPool({
    count: Math.max(1, workers),
    transport,
    models,
    extractors,
    onNote,
    ...(only === undefined ? {} : { only }),
  });
  pool.start();
  return pool;
}
