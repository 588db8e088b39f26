/**
 * The seam under all SQL of Fovea: one interface, two dialects (PGlite embedded, PostgreSQL), the same statements.
 *
 * @module
 */

/** A value of a parameter. Pass jsonb as `JSON.stringify(…)` text; a vector as `dialect.vector(…)`; a Float32Array is a `real[]`. */
export type SqlValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | Float32Array
  | Date
  | readonly (string | number | boolean | null)[];

/**
 * What rows hold, the same on both databases: `bigint` and `count` as numbers (texts beyond 2^53), `numeric` as numbers,
 * timestamps and dates as ISO 8601 texts in UTC, `bytea` as Uint8Array, `uuid` as text, json parsed, `vector` and `halfvec`
 * as number arrays, arrays as arrays.
 */
export interface QueryResult<Row> {
  readonly rows: Row[];
  /** Columns in their order, also where there are no rows; of two called `a`, the second is `a_2`, in rows too. */
  readonly columns: readonly ResultColumn[];
  /** Rows written by INSERT, UPDATE, DELETE; 0 for SELECT. */
  readonly affected: number;
}

/** One column of a result. */
export interface ResultColumn {
  readonly name: string;
  /** PostgreSQL's own name of the type, e.g. `int8`, `timestamptz`, `_text`, `vector`; `unknown` for user-made types. */
  readonly type: string;
}

export interface QueryOptions {
  /** Ends the statement: `TimeoutError` (SQLSTATE 57014). Really ends it on both databases. */
  readonly timeoutMs?: number | undefined;
  /** Ends the statement when it aborts, as its time limit does, and throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Something that runs statements: the database itself, or an open transaction. */
export interface Queryable {
  readonly dialect: Dialect;
  /** One statement, extended protocol. Errors are `DatabaseError`s with the SQLSTATE in `sqlState`. */
  query<Row = Record<string, unknown>>(
    text: string,
    values?: readonly SqlValue[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>>;
  /** Several statements without parameters (DDL). */
  execute(text: string): Promise<void>;
}

export interface TransactionOptions {
  readonly readOnly?: boolean;
  /** Order of waiting for the one connection of PGlite; no effect on PostgreSQL. Default `write`. */
  readonly priority?: 'search' | 'write';
}

export interface Database extends Queryable {
  /** Commits when `work` returns, rolls back when it throws. Await nothing but the database inside. Tried again on 40001 and 40P01. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * The database as the namespace's SQL role sees it: a connection pool that logs in as it (PostgreSQL), or a read-only
   * transaction with `SET LOCAL ROLE` (PGlite). For the SQL door only. `search_path` is the namespace's schema, then
   * `public` for the operators of vectors. The role is made by `ensureReader` (`reader.ts`).
   */
  asReader<T>(
    reader: { readonly role: string; readonly schema: string },
    work: (transaction: Queryable) => Promise<T>,
  ): Promise<T>;
  /**
   * What is committed now, read-only and frozen for as long as `work` takes, while others go on writing. PostgreSQL: a
   * transaction of repeatable reads. PGlite has one connection: it is held while the folder is copied (2 s a GB), and a
   * process of its own reads the copy; in memory there is nothing to copy, and the connection is held all the while.
   */
  snapshot<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  /** CHECKPOINT, VACUUM ANALYZE after loads: the host's duty on PGlite, left to autovacuum on PostgreSQL. */
  maintain(reason: 'load' | 'index' | 'idle'): Promise<void>;
  close(): Promise<void>;
}

/** What differs between the databases, as text. */
export interface Dialect {
  readonly name: 'pglite' | 'postgres';
  /** Column type of an embedding: `vector(512)` on PGlite (stored PLAIN), `halfvec(512)` on PostgreSQL. */
  vectorType(dimension: number): string;
  /** DDL to run after a table with a vector column was made (`alter table … set storage plain`), or nothing. Both names quoted. */
  vectorStorage(table: string, column: string): string | undefined;
  /** HNSW operator class for cosine: `vector_cosine_ops` or `halfvec_cosine_ops`. */
  readonly vectorOps: string;
  /** Text of a vector for a parameter: `[0.1,0.2]`. */
  vector(values: Float32Array): string;
  /**
   * What a role is called in this database, for GRANT: PostgreSQL shares roles between all databases of a cluster, so its
   * OID is appended there. `asReader` and `ensureReader` take the name without it.
   */
  role(name: string): string;
}

/** `"name"` with quotes doubled: safe for any identifier. */
export function identifier(name: string): string {
  if (name.includes('\0')) throw new RangeError('An identifier must not contain NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `'text'` with quotes doubled, for DDL that takes no parameters. */
export function literal(text: string): string {
  if (text.includes('\0')) throw new RangeError('A literal must not contain NUL');
  const quoted = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

/** An error that the database reported. */
export class DatabaseError extends Error {
  /** Five characters, e.g. `23505`; `08006` when the connection was lost. */
  readonly sqlState: string;
  /** Character offset into the statement, counting from 0. */
  readonly position: number | undefined;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;

  constructor(
    message: string,
    facts: {
      sqlState: string;
      position?: number | undefined;
      detail?: string | undefined;
      constraint?: string | undefined;
    },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DatabaseError';
    this.sqlState = facts.sqlState;
    this.position = facts.position;
    this.detail = facts.detail;
    this.constraint = facts.constraint;
  }
}
