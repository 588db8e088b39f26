/**
 * Keeps PGlite's thread alive and its statements within their time. Runs in the host process' main thread, which is idle
 * while PGlite works, so that its timers are exact.
 *
 * A statement past its time is cancelled through the inspector every 25 ms until it ends; one that doesn't end (nothing
 * in it looks at the flags) costs the thread: it is terminated and PGlite opened anew, which loses nothing committed.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';
import { DatabaseError } from '../database.ts';
import { Canceller } from './canceller.ts';
import { DISK_FULL, freeBytes, roomOf } from './disk-room.ts';
import {
  CONNECTION_LOST,
  QUERY_CANCELED,
  type FromWorker,
  type HostOptions,
  type Outcome,
  type Statement,
  type ToWorker,
} from './messages.ts';
import { WalWatch } from './wal-watch.ts';

/** How often the cancel flags are set again: one that lands between two protocol messages is ignored by PostgreSQL. */
const CANCEL_EVERY_MS = 25;
/** Longest overrun of 400 random cancellations was 28 ms; what goes on after this is not going to end. */
const CANCEL_GRACE_MS = 400;
/** Room for deep expressions: with the default, one breaks the instance; with this, it ends in a clean 54001. */
const STACK_MB = 64;

/** Runs for hours unless it is cancelled. */
const BOMB: Statement = { text: 'select count(*) from generate_series(1, 1e12)', values: [] };
const BOMB_TIMEOUT_MS = 20;
/** On a busy machine the first cancellation takes long; here only whether it works matters. */
const BOMB_GRACE_MS = 5000;

/** A clean close writes a checkpoint of at most the shared buffers. */
const CLOSE_MS = 10_000;

/** Opening takes a second of a core: where it finds no room, it is not tried again before. */
const FULL_PAUSE_MS = 3000;
/** A checkpoint that can't write its small files ends the database (PANIC). */
const CHECKPOINT: Statement['text'] = 'checkpoint';
const CHECKPOINT_BYTES = 1e6;

const TRANSACTION_LOST = 'the database was started anew, and the transaction is lost';

type WorkerOutcome = Extract<FromWorker, { type: 'outcome' }>;

/** When a statement is ended before its own end. */
interface Limits {
  readonly timeoutMs?: number | undefined;
  /** How long to wait for the end of a statement that was cancelled at its time-out. */
  readonly graceMs?: number;
  readonly cancelled?: AbortSignal;
}

interface Running {
  readonly id: number;
  readonly settle: (outcome: WorkerOutcome | 'lost') => void;
}

/** How often an idle database is looked at for a checkpoint. */
const IDLE_LOOK_MS = 30_000;

export class Supervisor {
  readonly #options: HostOptions;
  readonly #canceller = new Canceller('/pglite/worker.js');
  readonly #walWatch = new WalWatch((statement) => this.#statement(statement));
  readonly #idle: NodeJS.Timeout;
  #worker: Worker | undefined;
  /** The end of the thread before this one; the folder has one at a time. */
  #ended: Promise<unknown> = Promise.resolve();
  #running: Running | undefined;
  #lastId = 0;
  #lives = 1;
  #started = false;
  #inTransaction = false;
  #tail: Promise<unknown> = Promise.resolve();
  /** Opening found no room. */
  #full: { readonly error: Error; readonly until: number } | undefined;
  /** Whether a bomb could be cancelled at the start; without it a time-out always costs the thread. */
  cancellable = true;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#idle = setInterval(() => this.#after(Promise.resolve()), IDLE_LOOK_MS);
  }

  /** Name of the present life of PGlite's thread. */
  get session(): string {
    return `${process.pid}.${this.#lives}`;
  }

  /** Opens the database and tries whether a running statement can be cancelled. */
  async start(): Promise<void> {
    await this.#open();
    const { session } = this;
    await this.#statement(BOMB, { timeoutMs: BOMB_TIMEOUT_MS, graceMs: BOMB_GRACE_MS });
    this.cancellable = this.session === session;
    if (this.#worker === undefined) await this.#open();
    this.#started = true;
  }

  /** Runs a statement after those before it; `session` is the one it must run in. Never rejects. */
  run(statement: Statement, limits: Limits, session: string | undefined): Promise<Outcome & { session: string }> {
    const outcome = this.#tail.then(async () => {
      const ranIn = this.session;
      if (session !== undefined && session !== ranIn) return { ...lost(TRANSACTION_LOST), session: ranIn };
      try {
        return { ...(await this.#statement(statement, limits)), session: ranIn };
      } catch (error) {
        return { ...notOpened(error), session: ranIn };
      }
    });
    this.#after(outcome);
    return outcome;
  }

  /** Ends what runs, which rolls it back, and closes the database. */
  async close(): Promise<void> {
    clearInterval(this.#idle);
    const cancelling = this.#running === undefined ? undefined : this.#cancelEvery(this.#running.id);
    await Promise.race([this.#tail, delay(CANCEL_GRACE_MS)]);
    clearInterval(cancelling);
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    const closed = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
    });
    this.#post(worker, { type: 'close' });
    await Promise.race([closed, delay(CLOSE_MS)]);
  }

  /** Puts the upkeep behind a statement: outside transactions, WAL is written out before it fills the disk. */
  #after(statement: Promise<unknown>): void {
    const before = this.#tail;
    this.#tail = (async () => {
      await Promise.all([before, statement]);
      if (!this.#inTransaction && this.#worker !== undefined) await this.#walWatch.look();
    })().catch(() => undefined);
  }

  async #open(): Promise<void> {
    await this.#ended;
    if (this.#full !== undefined && performance.now() < this.#full.until) throw this.#full.error;
    try {
      await this.#openThread();
      this.#full = undefined;
    } catch (error) {
      const isFull = error instanceof DatabaseError && error.sqlState === DISK_FULL;
      this.#full = isFull ? { error, until: performance.now() + FULL_PAUSE_MS } : undefined;
      throw error;
    }
  }

  async #openThread(): Promise<void> {
    if (this.#started && this.#options.folder === 'memory://') {
      throw new Error('the database in memory is gone: its thread had to be ended');
    }
    this.#inTransaction = false;
    const worker = new Worker(new URL('worker.js', import.meta.url), {
      workerData: this.#options,
      resourceLimits: { stackSizeMb: STACK_MB },
    });
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'failed') reject(new DatabaseError(message.message, message));
        else if (message.type === 'outcome' && this.#running?.id === message.id) this.#running.settle(message);
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        reject(new Error(`its thread ended with code ${code}`));
        if (this.#worker === worker) this.#drop();
      });
    });
    this.#worker = worker;
  }

  #post(worker: Worker, message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(message);
  }

  async #hasNoRoom(): Promise<boolean> {
    const { folder } = this.#options;
    return folder !== 'memory://' && ((await freeBytes(folder)) ?? Infinity) < CHECKPOINT_BYTES;
  }

  #cancelEvery(id: number): NodeJS.Timeout {
    this.#canceller.cancel(id);
    return setInterval(() => this.#canceller.cancel(id), CANCEL_EVERY_MS);
  }

  async #statement(statement: Statement, { timeoutMs, graceMs, cancelled }: Limits = {}): Promise<Outcome> {
    if (this.#worker === undefined) await this.#open();
    if (statement.text === CHECKPOINT && (await this.#hasNoRoom())) return full(await roomOf(this.#options.folder));
    const worker = this.#worker;
    if (worker === undefined) return lost('the database is closed');
    if (cancelled?.aborted === true) return CANCELLED;
    this.#lastId += 1;
    const id = this.#lastId;
    let timedOut = false;
    let cancelling: NodeJS.Timeout | undefined;
    const timers: NodeJS.Timeout[] = [];
    const cancel = () => {
      if (this.cancellable) cancelling ??= this.#cancelEvery(id);
    };
    const outcome = await new Promise<WorkerOutcome | 'lost'>((settle) => {
      this.#running = { id, settle };
      if (timeoutMs !== undefined) {
        const end = () => {
          timedOut = true;
          cancel();
        };
        timers.push(setTimeout(end, timeoutMs));
        timers.push(
          setTimeout(() => settle('lost'), timeoutMs + (graceMs ?? (this.cancellable ? CANCEL_GRACE_MS : 0))),
        );
      }
      cancelled?.addEventListener('abort', cancel);
      this.#post(worker, { type: 'run', id, ...statement });
    });
    this.#running = undefined;
    cancelled?.removeEventListener('abort', cancel);
    for (const timer of timers) clearTimeout(timer);
    clearInterval(cancelling);
    return this.#judge(outcome, timedOut);
  }

  /** What came of a statement; drops the thread where it is of no use any more. */
  #judge(outcome: WorkerOutcome | 'lost', timedOut: boolean): Outcome {
    if (outcome === 'lost' || outcome.broken) {
      this.#drop();
      if (timedOut)
        return { error: { message: 'canceling statement due to its time-out', sqlState: QUERY_CANCELED, timedOut } };
      if (outcome === 'lost' || !('error' in outcome)) return lost('the database broke down');
      return outcome.error.sqlState === DISK_FULL ? { error: outcome.error } : lost(outcome.error.message);
    }
    this.#inTransaction = outcome.inTransaction;
    if ('result' in outcome) return { result: outcome.result };
    return {
      error: timedOut && outcome.error.sqlState === QUERY_CANCELED ? { ...outcome.error, timedOut } : outcome.error,
    };
  }

  /** Gives the thread up; the next statement opens another. */
  #drop(): void {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    this.#lives += 1;
    this.#inTransaction = false;
    this.#ended = worker.terminate();
    this.#running?.settle('lost');
  }
}

const CANCELLED: Outcome = { error: { message: 'canceling statement due to its caller', sqlState: QUERY_CANCELED } };

function lost(message: string): Outcome {
  return { error: { message, sqlState: CONNECTION_LOST } };
}

function full(room: string): Outcome {
  return { error: { message: `no room for a checkpoint: ${room}`, sqlState: DISK_FULL } };
}

function notOpened(error: unknown): Outcome {
  if (!(error instanceof DatabaseError)) return lost(error instanceof Error ? error.message : String(error));
  return { error: { message: error.message, sqlState: error.sqlState } };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
