/**
 * One connection taken from a pool: its statements run one after the other, in the extended protocol, and end in time.
 *
 * Time-outs are `statement_timeout`; behind it stands a watchdog, since a statement may lift its own limit: after
 * `WATCHDOG_MS` it has the backend cancelled from another connection, after twice that it ends the connection.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient, QueryArrayConfig, QueryArrayResult } from 'pg';
import { TimeoutError } from '../../contract/errors.ts';
import { DatabaseError, type QueryOptions, type QueryResult } from '../database.ts';
import { distinctColumns } from '../result-columns.ts';
import type { ValueTypes, WireValue } from '../types.ts';

const WATCHDOG_MS = 200;
const CANCEL_EVERY_MS = 50;
const WRITES: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY']);

/** Ends what another backend runs, or the backend itself. */
export type StopBackend = (pid: number, how: 'cancel' | 'terminate') => Promise<void>;

/** The `statement_timeout` that a pooled connection has been left with, in ms; 0 is none. */
const left = new WeakMap<PoolClient, number>();

export class Connection {
  readonly #client: PoolClient;
  readonly #types: ValueTypes;
  readonly #stop: StopBackend;
  #tail: Promise<unknown> = Promise.resolve();
  #inTransaction = false;
  #timeoutMs: number;
  #dead = false;

  constructor(client: PoolClient, types: ValueTypes, stop: StopBackend) {
    this.#client = client;
    this.#types = types;
    this.#stop = stop;
    this.#timeoutMs = left.get(client) ?? 0;
  }

  /** Gives the connection back to its pool, or away where it is of no use any more: dead, or still in a transaction. */
  release(): void {
    this.#client.release(this.#dead || this.#inTransaction);
  }

  /** One statement; `timeoutMs` undefined is none. */
  query<Row>(text: string, values: readonly WireValue[], options: QueryOptions = {}): Promise<QueryResult<Row>> {
    return this.#next(async () => {
      await this.#limit(options.timeoutMs ?? 0);
      const config: QueryArrayConfig & { queryMode: 'extended' } = {
        text,
        values: [...values],
        rowMode: 'array',
        queryMode: 'extended',
        types: { getTypeParser: (oid: number) => this.#types.decoder(oid) },
      };
      return toQueryResult<Row>(await this.#watched(() => this.#client.query(config), options), this.#types);
    });
  }

  /** Several statements without parameters and without a time-out; returns the command tag's first word of the last. */
  execute(text: string): Promise<string> {
    return this.#next(async () => {
      await this.#limit(0);
      return this.#simple(text);
    });
  }

  async begin(text: string): Promise<void> {
    this.#inTransaction = true;
    await this.#next(() => this.#simple(text));
  }

  /** Ends the transaction; `set local` ends with it. Returns what the server did: `ROLLBACK` for a failed one's COMMIT. */
  async end(text: 'commit' | 'rollback'): Promise<string> {
    const command = await this.#next(() => this.#simple(text));
    this.#inTransaction = false;
    this.#timeoutMs = left.get(this.#client) ?? 0;
    return command;
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #limit(timeoutMs: number): Promise<void> {
    if (timeoutMs === this.#timeoutMs) return;
    await this.#simple(`set ${this.#inTransaction ? 'local ' : ''}statement_timeout = ${Math.ceil(timeoutMs)}`);
    this.#timeoutMs = timeoutMs;
    if (!this.#inTransaction) left.set(this.#client, timeoutMs);
  }

  async #simple(text: string): Promise<string> {
    const results: unknown = await this.#watched(() => this.#client.query(text));
    const last: unknown = Array.isArray(results) ? results.at(-1) : results;
    return (last as { readonly command?: string | null }).command ?? '';
  }

  async #watched<T>(send: () => Promise<T>, { timeoutMs, signal }: QueryOptions = {}): Promise<T> {
    signal?.throwIfAborted();
    const started = performance.now();
    let isOver = false;
    let cancelling: Promise<void> | undefined;
    const cancel = () => (cancelling ??= this.#cancelUntil(() => isOver));
    signal?.addEventListener('abort', cancel);
    const timers = timeoutMs === undefined ? [] : this.#watchdog(timeoutMs, cancel);
    try {
      return await send();
    } catch (error) {
      const failure = toDatabaseError(error);
      if (isConnectionLoss(failure)) this.#dead = true;
      const ended = failure.sqlState === '57014' || this.#dead;
      if (ended) signal?.throwIfAborted();
      if (timeoutMs !== undefined && ended && performance.now() - started >= timeoutMs - 1) {
        throw new TimeoutError('run the statement', timeoutMs);
      }
      throw failure;
    } finally {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      isOver = true;
      // A cancellation that comes too late must not meet the next statement.
      await cancelling;
    }
  }

  /** Again and again: one that comes before the statement has begun ends nothing. */
  async #cancelUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.#stop(this.#pid, 'cancel').catch(() => undefined);
      await pause(CANCEL_EVERY_MS);
    }
  }

  get #pid(): number {
    return (this.#client as PoolClient & { readonly processID: number }).processID;
  }

  #watchdog(timeoutMs: number, cancel: () => void): NodeJS.Timeout[] {
    return [
      setTimeout(cancel, timeoutMs + WATCHDOG_MS),
      setTimeout(
        () => {
          this.#dead = true;
          void this.#stop(this.#pid, 'terminate').catch(() => undefined);
          void this.#client.end();
        },
        timeoutMs + 2 * WATCHDOG_MS,
      ),
    ];
  }
}

function toQueryResult<Row>(result: QueryArrayResult, types: ValueTypes): QueryResult<Row> {
  const columns = distinctColumns(
    result.fields.map(({ name, dataTypeID }) => ({ name, type: types.name(dataTypeID) })),
  );
  const rows = result.rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
  return { columns, rows: rows as Row[], affected: WRITES.has(result.command) ? (result.rowCount ?? 0) : 0 };
}

/** Class 08, and a server that is shutting down or was told to end the connection. */
export function isConnectionLoss(error: DatabaseError): boolean {
  return error.sqlState.startsWith('08') || ['57P01', '57P02', '57P03'].includes(error.sqlState);
}

/** Errors of the driver without a SQLSTATE are errors of the connection. */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const facts = (error ?? {}) as {
    code?: string;
    severity?: string;
    position?: string;
    detail?: string;
    constraint?: string;
  };
  const message = error instanceof Error ? describe(error) : String(error);
  if (facts.severity === undefined) return new DatabaseError(message, { sqlState: '08006' }, { cause: error });
  return new DatabaseError(
    message,
    {
      sqlState: facts.code ?? 'XX000',
      position: facts.position === undefined ? undefined : Number(facts.position) - 1,
      detail: facts.detail,
      // Rule S23: a distributed table's constraint ends in the number of its shard.
      constraint: facts.constraint?.replace(/_\d{6,}$/, ''),
    },
    { cause: error },
  );
}

/** Node joins the failures of several addresses into an error without a message. */
function describe(error: Error): string {
  if (error instanceof AggregateError)
    return error.errors.map((one: unknown) => (one instanceof Error ? one.message : String(one))).join(', ');
  return error.message;
}
