/**
 * The SQL door of an engine.
 *
 * @module
 */
import type { SqlRequest, SqlResult } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import {
  DEFAULT_TIMEOUT_MS,
  gateCondition as gate,
  listTables,
  namespaceSchema,
  readerRole,
  runUserSql,
  viewNames,
} from '../store/index.ts';

/** Runs a user's SELECT; a request may ask for less time than the database's default, never for more. */
export async function runSql(database: Database, namespace: string, request: SqlRequest): Promise<SqlResult> {
  const { query, params = [], limit = 1000, timeoutMs } = request;
  const longest = DEFAULT_TIMEOUT_MS[database.dialect.name];
  return runUserSql(database, {
    schema: namespaceSchema(namespace),
    role: readerRole(namespace),
    views: await viewNames(database, namespace),
    query,
    params,
    limit,
    timeoutMs: Math.min(timeoutMs ?? longest, longest),
  });
}

/** Lets a condition over the view `content` (alias `c`) through, or throws `SqlError`. */
export async function gateCondition(database: Database, namespace: string, where: string): Promise<string> {
  const tables = await listTables(database, namespace);
  const content = tables.find(({ name }) => name === 'content');
  return gate(where, {
    schema: namespaceSchema(namespace),
    views: tables.map(({ name }) => name),
    columns: content?.columns.map(({ name }) => name) ?? [],
  });
}
