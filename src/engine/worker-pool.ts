/**
 * Supervises worker processes: starts them, serves their calls, keeps their leases alive while they compute, gives back
 * the leases of those that died, and replaces these.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ClaimRequest, CompleteRequest, WorkerTransport } from '../contract/index.ts';
import { ended, startChild } from './child.ts';
import { deliver } from './deliver.ts';
import type { ModelFolders } from './options.ts';
import { connectChannel } from './rpc.ts';
import { VERSION } from './version.ts';
import type { WorkerStart } from './worker-main.ts';

export interface WorkerPoolOptions {
  readonly count: number;
  /** The coordinator itself, or the way to one on another machine. */
  readonly transport: WorkerTransport;
  readonly models: ModelFolders;
  readonly extractors: readonly string[];
  /** Extractors to take; absent: all. */
  readonly only?: readonly string[];
  readonly onNote: (sentence: string) => void;
}

export interface WorkerPool {
  /** Starts the processes; nothing happens when they run. */
  start(): void;
  /** Live processes. */
  size(): number;
  /** Lets every worker finish what it holds, then ends it. */
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 30_000;
/** A batch takes seconds; a detector on large pictures some tens of them. */
const DRAIN_MS = 60_000;
const MAX_BACKOFF_MS = 30_000;

export function createWorkerPool(given: WorkerPoolOptions): WorkerPool {
  const options = { ...given, transport: telling(given.transport, given.onNote) };
  const children = new Set<ChildProcess>();
  /** They keep this process alive: a supervisor whose only worker died has nothing else that would. */
  const launches = new Set<NodeJS.Timeout>();
  let started = false;
  let stopping = false;

  const launch = (failures: number): void => {
    if (stopping) return;
    const born = Date.now();
    const child = startWorker(options, (exitedWell) => {
      children.delete(child);
      if (stopping || exitedWell) return;
      const again = Date.now() - born > 60_000 ? 1 : failures + 1;
      const delay = Math.min(MAX_BACKOFF_MS, 250 * 2 ** again);
      options.onNote(`A worker process died; its pictures are tried again and another starts in ${delay / 1000} s`);
      const timer = setTimeout(() => {
        launches.delete(timer);
        launch(again);
      }, delay);
      launches.add(timer);
    });
    children.add(child);
  };

  return {
    start() {
      if (started) return;
      started = true;
      for (let n = 0; n < options.count; n++) launch(0);
    },
    size: () => children.size,
    async stop() {
      stopping = true;
      for (const timer of launches) clearTimeout(timer);
      launches.clear();
      const living = [...children];
      for (const child of living) child.emit('drain');
      await Promise.all(living.map((child) => ended(child, DRAIN_MS)));
    },
  };
}

/** Starts one worker. `onExit` is told whether it was asked to go. */
function startWorker(options: WorkerPoolOptions, onExit: (exitedWell: boolean) => void): ChildProcess {
  const workerId = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const child = startChild('worker-main.js');
  const leases = holdLeases(options, workerId);
  let draining = false;
  const worker = connectChannel(child, leases.handlers);

  const settings: WorkerStart = {
    workerId,
    models: options.models,
    extractors: options.extractors,
    ...(options.only === undefined ? {} : { only: options.only }),
  };
  worker.call('start', settings).catch((error: unknown) => {
    if (child.connected) options.onNote(`A worker could not start: ${reasonOf(error)}`);
    child.kill('SIGKILL');
  });
  child.once('drain', () => {
    draining = true;
    worker.call('drain').catch(() => child.kill('SIGKILL'));
  });
  child.once('exit', () => {
    leases.end(!draining);
    onExit(draining);
  });
  return child;
}

/** What a worker's process asks for, with the leases that it holds kept alive until `end()`, which hands them back. */
function holdLeases({ transport, onNote }: WorkerPoolOptions, workerId: string) {
  /** In the order of the claims: the first is being worked on. */
  const tokens = new Set<string>();
  /** Done, and on their way to the database: no fault of theirs if the worker dies now. */
  const delivering = new Set<string>();
  let gone = false;

  const beat = setInterval(() => {
    for (const token of [...tokens, ...delivering]) {
      void transport.heartbeat({ workerId, token }).then(
        ({ valid }) => (valid ? undefined : tokens.delete(token)),
        (error: unknown) => onNote(`A heartbeat was not delivered: ${reasonOf(error)}`),
      );
    }
  }, HEARTBEAT_MS);
  beat.unref();

  const handlers = {
    async claim(request: ClaimRequest) {
      const reply = await transport.claim({ ...request, worker: { host: hostname(), version: VERSION } });
      // A claim that waited when its worker died is answered to nobody.
      if (reply.contents.length > 0 && gone) await giveBack(transport, { workerId, token: reply.token });
      else if (reply.contents.length > 0) tokens.add(reply.token);
      return reply;
    },
    async complete(request: CompleteRequest) {
      tokens.delete(request.token);
      delivering.add(request.token);
      try {
        return await deliver(transport, request);
      } catch (error) {
        onNote(`Results of ${request.results.length} pictures were not stored, and are made again: ${reasonOf(error)}`);
        throw error;
      } finally {
        delivering.delete(request.token);
      }
    },
    bytes: ({ namespace, contentId }: { namespace: string; contentId: string }) =>
      transport.bytes(namespace, contentId),
  };

  /** What it held goes back at once instead of waiting for the lease to run out; if that fails, it runs out. */
  function end(died: boolean): void {
    gone = true;
    clearInterval(beat);
    // Only the first was being worked on; what was claimed ahead is not to blame.
    const [held, ...ahead] = tokens;
    void Promise.allSettled([
      ...(held === undefined ? [] : [transport.abandon({ workerId, token: held })]),
      ...ahead.map((token) => giveBack(transport, { workerId, token })),
      transport.leave?.({ workerId, died }),
    ]);
  }

  return { handlers, end };
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Tells when claims begin to fail, and not again until one went well: workers try again every second. */
function telling(transport: WorkerTransport, onNote: (sentence: string) => void): WorkerTransport {
  let told: string | undefined;
  return {
    ...transport,
    async claim(request) {
      try {
        const reply = await transport.claim(request);
        told = undefined;
        return reply;
      } catch (error) {
        const sentence = `Workers get no tasks, and try again: ${reasonOf(error)}`;
        if (sentence !== told) onNote(sentence);
        told = sentence;
        throw error;
      }
    },
  };
}

/** Returns a lease whose contents nobody began. */
function giveBack(
  transport: WorkerTransport,
  lease: { readonly workerId: string; readonly token: string },
): Promise<void> {
  return transport.release?.(lease) ?? transport.abandon(lease);
}
