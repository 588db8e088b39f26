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
import {
  DatabaseError,
  type Database,
  type Dialect,
  type QueryResult,
  type Queryable,
  type SqlValue,
} from '../database.ts';
import { embedTexts, sqlIndexes, type TextEmbedder } from './embed.ts';
import { gateStatement, type GatedStatement } from './gate.ts';
import { DISTANCE, EXACT_SETTINGS, hasAnyHnsw, NEAREST_SETTINGS } from './nearest.ts';
import { sqlValues } from './parameters.ts';
import type { Refusal } from './parse.ts';
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
  /** What makes vectors of the texts of `embed()`. Default: there are no indexes. */
  readonly embedder?: TextEmbedder | undefined;
  /** Most rows. */
  readonly limit: number;
  /** Default `DEFAULT_TIMEOUT_MS`. */
  readonly timeoutMs?: number;
  /** Default `DEFAULT_MAX_BYTES`. */
  readonly maxBytes?: number;
  /** Ends the statement when it aborts: nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a user's SELECT.
 *
 * @returns Rows as objects; of several columns with one name the later ones are numbered (`name_2`). `truncated` where
 *   there were more rows than `limit`, or than `maxBytes` hold.
 * @throws SqlError for what the gate refuses or the database rejects, with its place in `query`; TimeoutError; LimitError
 *   where one row is larger than `maxBytes`, or the database ran out of memory, disk or stack; UnavailableError; the reason of `signal`.
 */
export async function runUserSql(database: Database, options: UserSql): Promise<SqlResult> {
  return (await prepareUserSql(database, options))();
}

/**
 * Checks a user's SELECT and makes the vectors that it needs, which may take as long as loading a model.
 *
 * @returns Runs it, once.
 * @throws SqlError for what the gate refuses; what `embedder` throws. The returned function throws as `runUserSql`.
 */
export async function prepareUserSql(database: Database, options: UserSql): Promise<() => Promise<SqlResult>> {
  const { schema, views, query, params = [], limit, maxBytes = DEFAULT_MAX_BYTES, embedder, signal } = options;
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS[database.dialect.name];
  const statement = await gateStatement(query, { schema, views, indexes: sqlIndexes(database.dialect, embedder) });
  const values = await bind(database.dialect, statement, params, embedder);
  const wrapped = wrap(statement.text, limit, maxBytes);
  return async () => {
    const started = performance.now();
    signal?.throwIfAborted();
    try {
      const enough = wantedRows(statement, params, limit);
      const result = await read(database, options, { text: wrapped.text, values, timeoutMs, enough, signal });
      return { ...unwrap(result, limit), elapsedMs: Math.round((performance.now() - started) * 10) / 10 };
    } catch (error) {
      throw await explain(error, { database, options, statement, prefix: wrapped.prefix, timeoutMs, maxBytes });
    }
  };
}

interface Reading {
  readonly text: string;
  readonly values: readonly SqlValue[];
  readonly timeoutMs: number;
  /** Rows that a statement that is sorted by a distance asks for; undefined for others. */
  readonly enough: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Runs the statement as the reader. */
function read(
  database: Database,
  { role, schema }: UserSql,
  reading: Reading,
): Promise<QueryResult<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const running = database.asReader({ role, schema }, async (reader) => {
      try {
        return await readRows(reader, schema, reading);
      } catch (error) {
        // The user need not wait for the rollback, which removes what may be gigabytes of temporary files.
        if (error instanceof TimeoutError) reject(error);
        throw error;
      }
    });
    running.then(resolve, reject);
  });
}

async function readRows(
  reader: Queryable,
  schema: string,
  { text, values, timeoutMs, enough, signal }: Reading,
): Promise<QueryResult<Record<string, unknown>>> {
  const started = performance.now();
  if (DISTANCE.test(text)) await reader.execute(NEAREST_SETTINGS);
  const found = await reader.query<Record<string, unknown>>(text, values, { timeoutMs, signal });
  if (enough === undefined || found.rows.length >= enough || !(await hasAnyHnsw(reader, schema))) return found;
  // An HNSW scan gives up where a filter leaves few of many rows: only without it there are surely no more.
  await reader.execute(EXACT_SETTINGS);
  const left = Math.ceil(timeoutMs - (performance.now() - started));
  return reader.query(text, values, { timeoutMs: Math.max(1, left), signal });
}

/** Rows that the statement asks for by its LIMIT, and the door allows. */
function wantedRows({ nearest }: GatedStatement, params: readonly unknown[], limit: number): number | undefined {
  if (nearest === undefined) return undefined;
  const own = typeof nearest.limit === 'object' ? Number(params[nearest.limit.parameter - 1]) : nearest.limit;
  return Math.min(own === undefined || Number.isNaN(own) ? Infinity : own, limit + 1);
}

/** Values of the parameters; vectors stand behind those of the user, or in the place of texts that only they are made of. */
async function bind(
  dialect: Dialect,
  { parameters, jsonParameters, embeds }: GatedStatement,
  params: readonly unknown[],
  embedder: TextEmbedder | undefined,
): Promise<SqlValue[]> {
  const refuse: Refusal = (reason, position) => new SqlError(`Cannot ${ACTION}: ${reason}`, { position });
  if (parameters !== params.length) {
    throw refuse(`it has ${parameters} parameters ($1, $2, …) and ${params.length} values were given for them`);
  }
  const values = sqlValues(params, jsonParameters, refuse);
  const vectors = await embedTexts(embeds, { params, embedder, refuse });
  for (const [at, { parameter }] of embeds.entries()) values[parameter - 1] = dialect.vector(vectors[at] ?? EMPTY);
  return values;
}

const EMPTY = new Float32Array();

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
