/**
 * The embedded database: PGlite in a process of its own, one connection, a queue before it. A host that dies is replaced
 * by the next statement; what it was doing is reported as lost (08006), never repeated.
 *
 * @module
 */
import { resolve } from 'node:path';
import { TimeoutError, UnavailableError } from '../../contract/errors.ts';
import {
  DatabaseError,
  identifier,
  type Database,
  type Queryable,
  type QueryOptions,
  type QueryResult,
  type SqlValue,
  type TransactionOptions,
} from '../database.ts';
import { distinctColumns } from '../result-columns.ts';
import { TransactionScope } from '../transaction-scope.ts';
import { encodeValues, type WireValue } from '../types.ts';
import { ConnectionQueue, type Priority } from './connection-queue.ts';
import { pgliteDialect } from './dialect.ts';
import { DISK_FULL, roomOf } from './disk-room.ts';
import { HostProcess } from './host-process.ts';
import { type HostOptions, QUERY_CANCELED, type WireError, type WireResult } from './messages.ts';
import { copyFolder, removeFolder, removeLeftovers } from './snapshot-folder.ts';

const GIB = 1024 ** 3;
/** A folder that is none: such a database is gone with its process. */
const IN_MEMORY = 'memory://';
const FROZEN = 'begin isolation level repeatable read read only';

export interface PgliteOptions {
  /** Folder of the database, made where it is missing; `memory://` keeps nothing (tests). */
  readonly folder: string;
  /** Limit of the database's memory, at most 2 GiB; a statement that needs more fails with 53200. Default 1 GiB. */
  readonly memoryMaxBytes?: number;
  /** Time-out of statements that name none. Default none. */
  readonly statementTimeoutMs?: number;
  /** How long to wait while another process has the folder open. Default 15 s, since a host that lost its server closes it first. */
  readonly lockWaitMs?: number;
}

/**
 * Opens the embedded database, which takes 0.5 s, and 4 s the first time. One process at a time may have a folder open.
 *
 * @throws UnavailableError where the folder can't be opened, and says why.
 */
export async function openPglite(options: PgliteOptions): Promise<PgliteDatabase> {
  const { folder, memoryMaxBytes = GIB, statementTimeoutMs, lockWaitMs = 15_000 } = options;
  const hostOptions = { folder: folder === IN_MEMORY ? folder : resolve(folder), memoryMaxBytes, lockWaitMs };
  const host = await HostProcess.open(hostOptions);
  if (folder !== IN_MEMORY) await removeLeftovers(hostOptions.folder);
  return new PgliteDatabase(hostOptions, host, statementTimeoutMs);
}

interface Sent {
  readonly text: string;
  readonly values?: readonly WireValue[];
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly session?: string;
}

export class PgliteDatabase implements Database {
  readonly dialect = pgliteDialect;
  readonly #options: HostOptions;
  readonly #statementTimeoutMs: number | undefined;
  readonly #queue = new ConnectionQueue();
  readonly #scope = new TransactionScope();
  #host: HostProcess;
  #closed = false;

  constructor(options: HostOptions, host: HostProcess, statementTimeoutMs: number | undefined) {
    this.#options = options;
    this.#host = host;
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  /** Process id of the database host, for status reports. */
  get hostPid(): number | undefined {
    return this.#host.pid;
  }

  /** Whether a time-out ends a statement alone; where not, the host opens the database anew, which takes a second. */
  get cancellable(): boolean {
    return this.#host.cancellable;
  }

  async query<Row = Record<string, unknown>>(
    text: string,
    values: readonly SqlValue[] = [],
    options: QueryOptions = {},
  ): Promise<QueryResult<Row>> {
    this.#scope.refuseInside();
    const sent = { text, values: encodeValues(values), ...options };
    const { result } = await this.#queue.hold('write', () => this.#run(sent));
    return toQueryResult<Row>(result);
  }

  async execute(text: string): Promise<void> {
    this.#scope.refuseInside();
    await this.#queue.hold('write', () => this.#run({ text }));
  }

  transaction<T>(work: (transaction: Queryable) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const { readOnly = false, priority = 'write' } = options;
    return this.#transaction(`begin ${readOnly ? 'read only' : 'read write'}`, 'commit', priority, work);
  }

  asReader<T>(
    reader: { readonly role: string; readonly schema: string },
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    const begin = `begin read only;
      set local search_path to ${identifier(reader.schema)}, public;
      set local role ${identifier(reader.role)}`;
    return this.#transaction(begin, 'rollback', 'search', work);
  }

  async snapshot<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    if (this.#options.folder === IN_MEMORY) return this.#transaction(FROZEN, 'commit', 'write', work);
    const folder = await this.#copy();
    try {
      const frozen = await openPglite({ folder, memoryMaxBytes: this.#options.memoryMaxBytes });
      try {
        return await frozen.#transaction(FROZEN, 'commit', 'write', work);
      } finally {
        await frozen.close();
      }
    } finally {
      await removeFolder(folder);
    }
  }

  async maintain(reason: 'load' | 'index' | 'idle'): Promise<void> {
    if (reason !== 'index') {
      const { rows } = await this.query<{ name: string }>(TABLES);
      // One table a turn, so that searches need not wait for all of them.
      for (const { name } of rows) await this.#vacuum(name);
    }
    await this.execute('checkpoint');
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#host.close();
  }

  /** The open transaction keeps the host's own upkeep away; all that was committed before is in the files. */
  async #copy(): Promise<string> {
    const { folder } = this.#options;
    return this.#transaction('begin', 'rollback', 'write', async (tx) => {
      await tx.execute('checkpoint');
      return copyFolder(folder);
    });
  }

  async #vacuum(table: string): Promise<void> {
    try {
      await this.execute(`vacuum (analyze) ${table}`);
    } catch (error) {
      const dropped = error instanceof DatabaseError && error.sqlState === '42P01';
      if (!dropped) throw error;
    }
  }

  async #transaction<T>(
    begin: string,
    end: 'commit' | 'rollback',
    priority: Priority,
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    this.#scope.refuseInside();
    return this.#queue.hold(priority, async () => {
      const { session } = await this.#begin(begin);
      const transaction = new PgliteTransaction((sent) => this.#run({ ...sent, session }));
      try {
        const value = await this.#scope.run(() => work(transaction));
        transaction.over = true;
        const { result } = await this.#run({ text: end, session });
        if (end === 'commit' && result.command === 'ROLLBACK') throw notCommitted();
        return value;
      } catch (error) {
        transaction.over = true;
        await this.#run({ text: 'rollback', session }).catch(() => undefined);
        throw error;
      }
    });
  }

  /** `begin` may be several statements: a failure in the middle leaves a transaction behind. */
  async #begin(begin: string): Promise<{ readonly session: string }> {
    try {
      return await this.#run({ text: begin });
    } catch (error) {
      await this.#run({ text: 'rollback' }).catch(() => undefined);
      throw error;
    }
  }

  async #run(sent: Sent): Promise<{ readonly result: WireResult; readonly session: string }> {
    if (this.#closed) throw new UnavailableError('Cannot use the database: it is closed');
    if (!this.#host.alive) await this.#restart();
    const { text, values, session, signal } = sent;
    signal?.throwIfAborted();
    const timeoutMs = sent.timeoutMs ?? (values === undefined ? undefined : this.#statementTimeoutMs);
    const outcome = await this.#host.run({ text, values, timeoutMs, session }, signal);
    if ('error' in outcome && outcome.error.sqlState === QUERY_CANCELED) signal?.throwIfAborted();
    if ('error' in outcome) throw toError(await this.#withRoom(outcome.error), timeoutMs);
    return outcome;
  }

  /** PostgreSQL names the file that could not be written, not how much room there is. */
  async #withRoom(error: WireError): Promise<WireError> {
    const { folder } = this.#options;
    if (error.sqlState !== DISK_FULL || error.message.includes(folder)) return error;
    return { ...error, message: `${error.message}; ${await roomOf(folder)}` };
  }

  async #restart(): Promise<void> {
    if (this.#options.folder === IN_MEMORY) {
      throw new UnavailableError('Cannot use the database: it was in memory, and its process ended');
    }
    this.#host = await HostProcess.open(this.#options);
  }
}

class PgliteTransaction implements Queryable {
  readonly dialect = pgliteDialect;
  readonly #run: (sent: Sent) => Promise<{ readonly result: WireResult }>;
  over = false;

  constructor(run: (sent: Sent) => Promise<{ readonly result: WireResult }>) {
    this.#run = run;
  }

  async query<Row = Record<string, unknown>>(
    text: string,
    values: readonly SqlValue[] = [],
    options: QueryOptions = {},
  ): Promise<QueryResult<Row>> {
    this.#refuseOver();
    const { result } = await this.#run({ text, values: encodeValues(values), ...options });
    return toQueryResult<Row>(result);
  }

  async execute(text: string): Promise<void> {
    this.#refuseOver();
    await this.#run({ text });
  }

  #refuseOver(): void {
    if (this.over) throw new Error('Cannot use a transaction that is over');
  }
}

const TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'`;

function toQueryResult<Row>({ columns, rows, affected }: WireResult): QueryResult<Row> {
  const distinct = distinctColumns(columns);
  const objects = rows.map((row) => Object.fromEntries(distinct.map(({ name }, index) => [name, row[index]])));
  return { columns: distinct, rows: objects as Row[], affected };
}

function toError(error: WireError, timeoutMs: number | undefined): Error {
  if (error.timedOut === true) return new TimeoutError('run the statement', timeoutMs ?? 0);
  return new DatabaseError(error.message, error);
}

function notCommitted(): DatabaseError {
  return new DatabaseError('the transaction was rolled back, because one of its statements had failed', {
    sqlState: '25P02',
  });
}
