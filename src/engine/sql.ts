/**
 * The SQL door of an engine.
 *
 * @module
 */
import type { SqlRequest, SqlResult } from '../contract/index.ts';
import type { Database } from '../store/index.ts';
import { namespaceSchema, readerRole, viewNames } from '../store/index.ts';
import { gateCondition as gate, runUserSql } from '../store/door/index.ts';

/** Statements end after so long unless the request asks for less. */
const TIMEOUT_MS = { pglite: 2_000, postgres: 15_000 } as const;
const MAX_BYTES = 64 * 1024 * 1024;

export async function runSql(
  database: Database,
  namespace: string,
  { query, params = [], limit = 1000, timeoutMs }: SqlRequest,
): Promise<SqlResult> {
  const longest = TIMEOUT_MS[database.dialect.name];
  return runUserSql(database, {
    schema: namespaceSchema(namespace),
    role: readerRole(namespace),
    views: await viewNames(database, namespace),
    query,
    params,
    limit,
    timeoutMs: Math.min(timeoutMs ?? longest, longest),
    maxBytes: MAX_BYTES,
  });
}

/** Lets a condition over the view `content` (alias `c`) through, or throws `SqlError`. */
export async function gateCondition(database: Database, namespace: string, where: string): Promise<string> {
  return gate(where, { schema: namespaceSchema(namespace), views: await viewNames(database, namespace) });
}
