/**
 * The SQL door: runs one SELECT of a user, as the namespace's role, within limits of time, rows and bytes.
 *
 * The statement is wrapped, so that rows beyond the limits never leave the database:
 *
 *     select * from (select each row, whether there is a next one, its number, bytes of all rows up to here
 *                      from (select * from (<statement>) limit <rows + 1>)
 *                    window (rows unbounded preceding)) where <bytes are within the limit>
 *
 * An ORDER BY of the statement keeps its effect: PostgreSQL neither drops the order of a sub-select nor has a reason to
 * change it, since nothing around it sorts, groups or joins. The inner LIMIT reaches the statement's own sort (top n).
 *
 * @module
 */
import { LimitError, SqlError, TimeoutError, type SqlResult } from '../../contract/index.ts';
import { DatabaseError, type Database, type QueryResult, type SqlValue } from '../database.ts';
import { gateStatement, type GatedStatement } from './gate.ts';
import { sqlValues } from './parameters.ts';
import { offsetOfCodePoint } from './source-text.ts';
import { suggestColumn } from './suggest-column.ts';
import { sqlTypeName } from './type-names.ts';
import { userError } from './user-error.ts';

const ACTION = 'run this SQL';

/** How long a statement may run where nothing else is said: the embedded database does nothing else meanwhile. */
export const DEFAULT_TIMEOUT_MS = { pglite: 2_000, postgres: 15_000 } as const;

/** Bytes of all rows, as the database keeps them; as JSON they are up to six times as many. */
export const DEFAULT_MAX_BYTES: number = 16 * 1024 * 1024;

export interface UserSql {
  /** Schema of the namespace's views. */
  readonly schema: string;
  /** Role that may read them and nothing else. */
  readonly role: string;
  /** Names of the views. */
  readonly views: readonly string[];
  readonly query: string;
  /** Values of `$1`, `$2`, …, as JSON has them. */
  readonly params?: readonly unknown[];
  /** Most rows. */
  readonly limit: number;
  /** Default `DEFAULT_TIMEOUT_MS`. */
  readonly timeoutMs?: number;
  /** Default `DEFAULT_MAX_BYTES`. */
  readonly maxBytes?: number;
}

/**
 * Runs a user's SELECT.
 *
 * @returns Rows as objects; of several columns with one name the later ones are numbered (`name_2`). `truncated` where
 *   there were more rows than `limit`, or than `maxBytes` hold.
 * @throws SqlError for what the gate refuses or the database rejects, with its place in `query`; TimeoutError; LimitError
 *   where one row is larger than `maxBytes`, or the database ran out of memory, disk or stack; UnavailableError.
 */
export async function runUserSql(database: Database, options: UserSql): Promise<SqlResult> {
  const { schema, views, query, params = [], limit, maxBytes = DEFAULT_MAX_BYTES } = options;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS[database.dialect.name];
  const started = performance.now();
  const statement = await gateStatement(query, { schema, views });
  const values = bind(statement, params);
  const wrapped = wrap(statement.text, limit, maxBytes);
  try {
    const result = await read(database, options, wrapped.text, values, timeoutMs);
    return { ...unwrap(result, limit), elapsedMs: Math.round((performance.now() - started) * 10) / 10 };
  } catch (error) {
    throw await explain(error, { database, options, statement, prefix: wrapped.prefix, timeoutMs, maxBytes });
  }
}

/** Runs the statement as the reader. */
function read(
  database: Database,
  { role, schema }: UserSql,
  text: string,
  values: readonly SqlValue[],
  timeoutMs: number,
): Promise<QueryResult<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const reading = database.asReader({ role, schema }, async (reader) => {
      try {
        return await reader.query(text, values, { timeoutMs });
      } catch (error) {
        // The user need not wait for the rollback, which removes what may be gigabytes of temporary files.
        if (error instanceof TimeoutError) reject(error);
        throw error;
      }
    });
    reading.then(resolve, reject);
  });
}

function bind({ parameters, jsonParameters }: GatedStatement, params: readonly unknown[]): SqlValue[] {
  const refuse = (reason: string): SqlError => new SqlError(`Cannot ${ACTION}: ${reason}`);
  if (parameters !== params.length) {
    throw refuse(`it has ${parameters} parameters ($1, $2, …) and ${params.length} values were given for them`);
  }
  return sqlValues(params, jsonParameters, refuse);
}

/** Starts the text by which a row that alone exceeds the byte limit announces itself: no boolean, so its cast fails. */
const TOO_LARGE = 'bytes of the first row:';

interface Wrapped {
  readonly text: string;
  /** What stands before the statement; ASCII. */
  readonly prefix: string;
}

/** Names begin with a word that the statement doesn't hold, so that no column of it can be mistaken for them. */
function wrap(statement: string, limit: number, maxBytes: number): Wrapped {
  let own = 'fovea';
  while (statement.includes(own)) own += '_';
  const prefix = `select * from (
    select ${own}_row.*, lead(true, 1, false) over ${own}_window as ${own}_more, row_number() over ${own}_window as ${own}_number,
           sum(pg_column_size(${own}_row.*)) over ${own}_window as ${own}_bytes
      from (select * from (\n`;
  const suffix = `\n) ${own}_statement limit ${limit + 1}) ${own}_row
    window ${own}_window as (rows unbounded preceding)) ${own}_result
   where case when ${own}_bytes <= ${maxBytes} then true
              when ${own}_number = 1 then cast('${TOO_LARGE}' || ${own}_bytes as boolean) else false end`;
  return { text: prefix + statement + suffix, prefix };
}

/** Columns that the wrapper adds at the end: more, number, bytes. */
const ADDED = 3;

function unwrap({ columns, rows }: QueryResult<Record<string, unknown>>, limit: number): Omit<SqlResult, 'elapsedMs'> {
  const shown = columns.slice(0, -ADDED);
  const more = columns.at(-ADDED)?.name ?? '';
  const kept = rows.slice(0, limit);
  return {
    columns: shown.map(({ name, type }) => ({ name, type: sqlTypeName(type) })),
    rows: kept.map((row) => Object.fromEntries(shown.map(({ name }) => [name, row[name]]))),
    truncated: kept.at(-1)?.[more] === true,
  };
}

interface Failed {
  readonly database: Database;
  readonly options: UserSql;
  readonly statement: GatedStatement;
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** The error that a user meets instead of the database's. */
async function explain(error: unknown, failed: Failed): Promise<unknown> {
  if (!(error instanceof DatabaseError)) return userError(error, ACTION, failed.timeoutMs);
  const { sqlState, message } = error;
  if (sqlState === '22P02' && message.includes(TOO_LARGE)) {
    const bytes = /:(\d+)/.exec(message.slice(message.indexOf(TOO_LARGE)))?.[1] ?? 'more';
    return new LimitError(
      `Cannot ${ACTION}: its first row has ${bytes} bytes and ${failed.maxBytes} are allowed; select fewer columns, or shorter texts`,
    );
  }
  const { database, options, statement } = failed;
  const hint = sqlState === '42703' ? await suggestColumn(database, options.schema, statement.tables, message) : '';
  return userError(error, ACTION, failed.timeoutMs, { position: originalPosition(error, failed), hint });
}

/** Where in the user's text an error is; undefined where it is in the wrapper. */
function originalPosition({ position }: DatabaseError, { statement, prefix }: Failed): number | undefined {
  if (position === undefined) return undefined;
  const offset = offsetOfCodePoint(statement.text, position - prefix.length);
  return position < prefix.length || offset >= statement.text.length ? undefined : statement.original(offset);
}
