/**
 * The SQL door of an engine.
 *
 * @module
 */
import type { SqlRequest, SqlResult } from '../contract/index.ts';
import { searchIndexes } from '../retrieval/index.ts';
import type { QueryEncoder } from '../retrieval/index.ts';
import type { Database, PolicyRecord, TextEmbedder } from '../store/index.ts';
import {
  DEFAULT_TIMEOUT_MS,
  listTables,
  namespaceSchema,
  prepareUserSql,
  readCondition,
  readerRole,
  viewNames,
} from '../store/index.ts';

export interface SqlDependencies {
  readonly database: Database;
  /** Makes vectors of the texts of `embed()`. */
  readonly encoder: QueryEncoder;
  readonly policies: (namespace: string) => Promise<readonly PolicyRecord[]>;
}

/**
 * Checks a user's SELECT and makes the vectors that it needs; a request may ask for less time than the database's default,
 * never for more.
 *
 * @param signal Ends the statement when it aborts.
 * @returns Runs it.
 */
export async function prepareSql(
  dependencies: SqlDependencies,
  namespace: string,
  request: SqlRequest,
  signal?: AbortSignal,
): Promise<() => Promise<SqlResult>> {
  const { database } = dependencies;
  const { query, params = [], limit = 1000, timeoutMs } = request;
  const longest = DEFAULT_TIMEOUT_MS[database.dialect.name];
  return prepareUserSql(database, {
    schema: namespaceSchema(namespace),
    role: readerRole(namespace),
    views: await viewNames(database, namespace),
    embedder: await textEmbedder(dependencies, namespace),
    query,
    params,
    limit,
    timeoutMs: Math.min(timeoutMs ?? longest, longest),
    signal,
  });
}

/** Lets a condition over the view `content` (alias `c`) through, or throws `SqlError`. */
export async function gateCondition(dependencies: SqlDependencies, namespace: string, where: string): Promise<string> {
  const { database } = dependencies;
  const tables = await listTables(database, namespace);
  const content = tables.find(({ name }) => name === 'content');
  return readCondition(database.dialect, where, {
    schema: namespaceSchema(namespace),
    views: tables.map(({ name }) => name),
    columns: content?.columns.map(({ name }) => name) ?? [],
    tablesOf: (column) =>
      tables.filter(({ columns }) => columns.some(({ name }) => name === column)).map(({ name }) => name),
    embedder: await textEmbedder(dependencies, namespace),
  });
}

async function textEmbedder({ encoder, policies }: SqlDependencies, namespace: string): Promise<TextEmbedder> {
  const indexes = searchIndexes(await policies(namespace));
  return {
    indexes,
    async embed(name, text) {
      const index = indexes.find((one) => one.name === name);
      if (index === undefined) throw new RangeError(`The gate let the index "${name}" through, which there is not`);
      return encoder.encodeText(index, text);
    },
  };
}
