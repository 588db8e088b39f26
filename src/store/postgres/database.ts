/**
 * PostgreSQL with pgvector: a pool of connections of the owner, and a small one for each namespace's reader.
 *
 * @module
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Pool, type PoolConfig } from 'pg';
import {
  DatabaseError,
  identifier,
  type Database,
  type Dialect,
  type Queryable,
  type QueryOptions,
  type QueryResult,
  type SqlValue,
  type TransactionOptions,
} from '../database.ts';
import { readerPassword } from '../reader.ts';
import { TransactionScope } from '../transaction-scope.ts';
import { encodeValues, type ValueTypes } from '../types.ts';
import { Connection, isConnectionLoss, toDatabaseError, type StopBackend } from './connection.ts';
import { prepare, SESSION_SETTINGS } from './setup.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; sockets as `postgres://user@/database?host=/folder`. */
  readonly url: string;
  /** Connections of the owner; rule S28 keeps it small. Default 10. */
  readonly poolSize?: number;
  /** Time-out of statements that name none. Default none. */
  readonly statementTimeoutMs?: number;
  /** Told advice that is no error, once: an old pgvector. */
  readonly onNote?: (note: string) => void;
}

const READER_POOL_SIZE = 4;
const CONNECT_MS = 10_000;
const SERIALIZATION_FAILURES: ReadonlySet<string> = new Set(['40001', '40P01']);
/** Of a transaction that others keep getting into the way of. */
const CONFLICT_TRIES = 5;
/** The longest pause before the second try, and twice as long before each further one; the true one is random. */
const CONFLICT_PAUSE_MS = 50;
/** What a connection meets whose role is gone: no rights, no tables in sight, no such role, no log-in. */
const ROLE_FAILURES: ReadonlySet<string> = new Set(['42501', '42P01', '42704', '28000', '28P01', 'XX000']);
/** A lost connection is worth a second try where nothing can have been written. */
const READS = /^\s*(select|values|table|show)\b/i;

/**
 * Connects, makes the extension `vector` where it is missing, and checks its version.
 *
 * @throws UnavailableError which says what is missing, with the SQL that an administrator must run where it takes one.
 */
export async function openPostgres(options: PostgresOptions): Promise<PostgresDatabase> {
  const { url, poolSize = 10, statementTimeoutMs, onNote } = options;
  const pool = makePool({ connectionString: url, max: poolSize });
  try {
    const prepared = await prepare(pool, url, onNote);
    return new PostgresDatabase(url, pool, prepared, statementTimeoutMs);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

function makePool(config: PoolConfig): Pool {
  const pool = new Pool({
    application_name: 'fovea',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    onConnect: async (client) => {
      await client.query(SESSION_SETTINGS);
    },
    ...config,
  });
  // An idle connection that dies is replaced when the next is asked for; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

interface ReaderPool {
  readonly pool: Pool;
  /** Of the role, by which one that was dropped and made again is noticed. */
  readonly oid: number | undefined;
}

export class PostgresDatabase implements Database {
  readonly dialect: Dialect;
  readonly #url: string;
  readonly #pool: Pool;
  readonly #types: ValueTypes;
  readonly #statementTimeoutMs: number | undefined;
  readonly #scope = new TransactionScope();
  readonly #readers = new Map<string, Promise<ReaderPool>>();
  #closing: Promise<void> | undefined;

  constructor(
    url: string,
    pool: Pool,
    prepared: { readonly dialect: Dialect; readonly types: ValueTypes },
    statementTimeoutMs: number | undefined,
  ) {
    this.#url = url;
    this.#pool = pool;
    this.dialect = prepared.dialect;
    this.#types = prepared.types;
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  async query<Row = Record<string, unknown>>(
    text: string,
    values: readonly SqlValue[] = [],
    options: QueryOptions = {},
  ): Promise<QueryResult<Row>> {
    this.#scope.refuseInside();
    const texts = encodeValues(values);
    const limits = { timeoutMs: this.#statementTimeoutMs, ...options };
    const once = () => this.#with(this.#pool, (connection) => connection.query<Row>(text, texts, limits));
    return retry(once, (error, tried) => tried === 1 && READS.test(text) && isConnectionLoss(error));
  }

  async execute(text: string): Promise<void> {
    this.#scope.refuseInside();
    await this.#with(this.#pool, (connection) => connection.execute(text));
  }

  transaction<T>(work: (transaction: Queryable) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    this.#scope.refuseInside();
    const { readOnly = false } = options;
    const begin = `begin ${readOnly ? 'read only' : 'read write'}`;
    const once = () => this.#with(this.#pool, (connection) => this.#transaction(connection, begin, 'commit', work));
    return retry(once, async (error, tried) => {
      if (!SERIALIZATION_FAILURES.has(error.sqlState)) return tried === 1 && readOnly && isConnectionLoss(error);
      if (tried === CONFLICT_TRIES) return false;
      await pause(Math.random() * CONFLICT_PAUSE_MS * 2 ** (tried - 1));
      return true;
    });
  }

  async asReader<T>(
    reader: { readonly role: string; readonly schema: string },
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    this.#scope.refuseInside();
    const begin = `begin read only; set local search_path to ${identifier(reader.schema)}, public`;
    const once = async () => {
      const { pool } = await this.#readerPool(reader.role);
      return this.#with(pool, (connection) => this.#transaction(connection, begin, 'rollback', work));
    };
    return retry(
      once,
      async (error, tried) =>
        tried === 1 && (isConnectionLoss(error) || (await this.#readerWasRemade(error, reader.role))),
    );
  }

  /** Its end may be hours away, however little the server's own limit leaves to transactions that wait. */
  snapshot<T>(work: (transaction: Queryable) => Promise<T>): Promise<T> {
    this.#scope.refuseInside();
    const begin = 'begin isolation level repeatable read read only; set local idle_in_transaction_session_timeout = 0';
    return this.#with(this.#pool, (connection) => this.#transaction(connection, begin, 'commit', work));
  }

  /** Autovacuum does what there is to do, but for fresh statistics after a load. */
  async maintain(reason: 'load' | 'index' | 'idle'): Promise<void> {
    if (reason === 'load') await this.execute('analyze');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const pools = [this.#pool];
    for (const reader of this.#readers.values()) {
      const opened = await reader.catch(() => undefined);
      if (opened !== undefined) pools.push(opened.pool);
    }
    await Promise.all(pools.map((pool) => pool.end()));
  }

  async #with<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
    const client = await pool.connect().catch((error: unknown) => {
      throw toDatabaseError(error);
    });
    // The pool listens for errors of idle clients only; one that dies in use fails its statement.
    const ignore = () => undefined;
    client.on('error', ignore);
    const connection = new Connection(client, this.#types, this.#stopBackend);
    try {
      return await work(connection);
    } finally {
      client.off('error', ignore);
      connection.release();
    }
  }

  async #transaction<T>(
    connection: Connection,
    begin: string,
    end: 'commit' | 'rollback',
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T> {
    await connection.begin(begin);
    const transaction = new PostgresTransaction(this.dialect, connection, this.#statementTimeoutMs);
    try {
      const value = await this.#scope.run(() => work(transaction));
      transaction.over = true;
      if ((await connection.end(end)) === 'ROLLBACK' && end === 'commit') throw notCommitted();
      return value;
    } catch (error) {
      transaction.over = true;
      await connection.end('rollback').catch(() => undefined);
      throw error;
    }
  }

  #readerPool(role: string): Promise<ReaderPool> {
    const known = this.#readers.get(role);
    if (known !== undefined) return known;
    const opening = this.#openReaderPool(role);
    this.#readers.set(role, opening);
    opening.catch(() => this.#readers.delete(role));
    return opening;
  }

  async #openReaderPool(role: string): Promise<ReaderPool> {
    const password = await readerPassword(this, role);
    const oid = await this.#roleOid(role);
    return { oid, pool: makePool(asUser(this.#url, this.dialect.role(role), password)) };
  }

  /** A namespace that was dropped and made again has a new role of the old name; connections of the old one are of no use. */
  async #readerWasRemade(error: DatabaseError, role: string): Promise<boolean> {
    if (!ROLE_FAILURES.has(error.sqlState)) return false;
    const known = await this.#readerPool(role);
    if (known.oid === (await this.#roleOid(role))) return false;
    this.#readers.delete(role);
    void known.pool.end();
    return true;
  }

  async #roleOid(role: string): Promise<number | undefined> {
    const { rows } = await this.query<{ oid: number }>('select oid from pg_roles where rolname = $1', [
      this.dialect.role(role),
    ]);
    return rows[0]?.oid;
  }

  /** On a connection of its own: the pool may be waiting for the very backend that has to be stopped. */
  readonly #stopBackend: StopBackend = async (pid, how) => {
    const client = new Client({ connectionString: this.#url, connectionTimeoutMillis: 1000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(`select pg_${how}_backend(${pid})`);
    } finally {
      await client.end();
    }
  };
}

class PostgresTransaction implements Queryable {
  readonly dialect: Dialect;
  readonly #connection: Connection;
  readonly #statementTimeoutMs: number | undefined;
  over = false;

  constructor(dialect: Dialect, connection: Connection, statementTimeoutMs: number | undefined) {
    this.dialect = dialect;
    this.#connection = connection;
    this.#statementTimeoutMs = statementTimeoutMs;
  }

  async query<Row = Record<string, unknown>>(
    text: string,
    values: readonly SqlValue[] = [],
    options: QueryOptions = {},
  ): Promise<QueryResult<Row>> {
    this.#refuseOver();
    return this.#connection.query<Row>(text, encodeValues(values), { timeoutMs: this.#statementTimeoutMs, ...options });
  }

  async execute(text: string): Promise<void> {
    this.#refuseOver();
    await this.#connection.execute(text);
  }

  #refuseOver(): void {
    if (this.over) throw new Error('Cannot use a transaction that is over');
  }
}

/** The same server and database, another user. */
function asUser(url: string, user: string, password: string): PoolConfig {
  const { host, port, database, ssl } = new Client({ connectionString: url });
  return { host, port, database, ssl, user, password, max: READER_POOL_SIZE };
}

async function retry<T>(
  once: () => Promise<T>,
  again: (error: DatabaseError, tried: number) => boolean | Promise<boolean>,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof DatabaseError) || !(await again(error, tried))) throw error;
    }
  }
}

function notCommitted(): DatabaseError {
  return new DatabaseError('the transaction was rolled back, because one of its statements had failed', {
    sqlState: '25P02',
  });
}
