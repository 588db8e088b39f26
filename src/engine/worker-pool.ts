/**
 * Supervises worker processes: starts them, serves their calls, ends those that hang over a picture, and replaces those
 * that ended.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { WorkerTransport } from '../contract/index.ts';
import { ended, startChild } from './child.ts';
import { holdLeases } from './held-leases.ts';
import type { ModelFolders } from './options.ts';
import { connectChannel } from './rpc.ts';
import type { WorkerStart } from './worker-main.ts';

export interface WorkerPoolOptions {
  readonly count: number;
  /** The coordinator itself, or the way to one on another machine. */
  readonly transport: WorkerTransport;
  readonly models: ModelFolders;
  readonly extractors: readonly string[];
  /** Extractors to take; absent: all. */
  readonly only?: readonly string[];
  /** A worker that says nothing of its pictures for so long is ended. */
  readonly hangMs: number;
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

  const launch = (failures: number, place: number): void => {
    if (stopping) return;
    const born = performance.now();
    const child = startWorker(options, place, (how) => {
      children.delete(child);
      if (stopping || how === undefined) return;
      const again = performance.now() - born > 60_000 ? 1 : failures + 1;
      const delay = Math.min(MAX_BACKOFF_MS, 250 * 2 ** again);
      options.onNote(`A worker process ${how}; its pictures are tried again and another starts in ${delay / 1000} s`);
      const timer = setTimeout(() => {
        launches.delete(timer);
        launch(again, place);
      }, delay);
      launches.add(timer);
    });
    children.add(child);
  };

  return {
    start() {
      if (started) return;
      started = true;
      for (let n = 0; n < options.count; n++) launch(0, n);
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

/** Starts one worker. `onExit` is told how it ended, or undefined where it was asked to. */
function startWorker(
  options: WorkerPoolOptions,
  place: number,
  onExit: (how: string | undefined) => void,
): ChildProcess {
  const { transport, hangMs, onNote } = options;
  const workerId = `${hostname()}-${randomUUID().slice(0, 8)}`;
  const child = startChild('worker-main.js');
  const leases = holdLeases(transport, workerId, onNote);
  let draining = false;
  let hung = false;
  const worker = connectChannel(child, leases.handlers);

  const settings: WorkerStart = {
    workerId,
    models: options.models,
    extractors: options.extractors,
    // One process asks the endpoint: its limits on requests hold for all of the machine.
    apart: place === 0 || options.models.vision === undefined,
    ...(options.only === undefined ? {} : { only: options.only }),
  };
  worker.call('start', settings).catch((error: unknown) => {
    if (child.connected) onNote(`A worker could not start: ${reasonOf(error)}`);
    child.kill('SIGKILL');
  });
  const watchdog = setInterval(
    () => {
      if (leases.silentMs() < hangMs) return;
      hung = true;
      child.kill('SIGKILL');
    },
    Math.min(1000, hangMs),
  );
  child.once('drain', () => {
    draining = true;
    worker.call('drain').catch(() => child.kill('SIGKILL'));
  });
  child.once('exit', (code, signal) => {
    clearInterval(watchdog);
    const end = hung ? `got no further for ${hangMs / 1000} s and was ended` : `ended with ${signal ?? `code ${code}`}`;
    const how = draining && !hung ? undefined : end;
    leases.end(how === undefined ? undefined : `its worker process ${how}`);
    onExit(how);
  });
  return child;
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
