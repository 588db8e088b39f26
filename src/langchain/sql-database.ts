/**
 * The library where LangChain's SQL chains and toolkit (`@langchain/classic`) take their `SqlDatabase`: `createSqlQueryChain`,
 * `SqlDatabaseChain`, `SqlToolkit`, `createSqlAgent`. Theirs speaks to a database through TypeORM; this one asks the library, so
 * that what models write goes through its door.
 *
 * @module
 */
import { Serializable, type SerializedNotImplemented } from '@langchain/core/load/serializable';
import type { FoveaClient } from '../client/index.ts';
import { boundRows, NotFoundError, type TableInfo } from '../contract/index.ts';
import { RESULT_BOUNDS } from '../tools/index.ts';

export interface FoveaSqlDatabaseFields {
  readonly client: FoveaClient;
  /** Most rows of a result. Default 100. */
  readonly limit?: number;
  /** Tables that models are told; absent: all. */
  readonly includesTables?: readonly string[];
}

interface SqlTable {
  tableName: string;
  columns: { columnName: string; dataType: string }[];
}

/**
 * Assignable to `SqlDatabase`. What that has of TypeORM is typed `never`, which fits every type, so that nobody has to install
 * TypeORM; of the object itself only what the chains use is there.
 */
export class FoveaSqlDatabase extends Serializable {
  override lc_namespace = ['fovea', 'sql_db'];
  readonly allTables: SqlTable[];
  readonly includesTables: string[];
  readonly ignoreTables: string[] = [];
  /** None: sample rows would put texts of strangers into the prompt that SQL is written from. */
  readonly sampleRowsInTableInfo = 0;
  readonly appDataSourceOptions: never;
  readonly appDataSource: never;
  readonly #client: FoveaClient;
  readonly #limit: number;

  /** @throws NotFoundError for a table of `includesTables` that is not there. */
  static async create({ client, limit = 100, includesTables = [] }: FoveaSqlDatabaseFields): Promise<FoveaSqlDatabase> {
    const tables = await client.tables();
    return new FoveaSqlDatabase(
      client,
      limit,
      tables,
      select(tables, includesTables).map(({ name }) => name),
    );
  }

  private constructor(client: FoveaClient, limit: number, tables: readonly TableInfo[], includesTables: string[]) {
    super();
    this.#client = client;
    this.#limit = limit;
    this.allTables = tables.map(({ name, columns }) => ({
      tableName: name,
      columns: columns.map((column) => ({ columnName: column.name, dataType: column.type })),
    }));
    this.includesTables = includesTables;
    const options = { type: 'postgres' };
    this.appDataSourceOptions = options as never;
    const query = async (sql: string) => this.#rows(sql);
    this.appDataSource = { options, isInitialized: true, query } as never;
  }

  /**
   * Tables as CREATE TABLE statements with units and meanings, as they are now.
   *
   * @param targetTables Names, with or without double quotes; absent: all.
   * @throws NotFoundError for a name that is none.
   */
  async getTableInfo(targetTables?: string[]): Promise<string> {
    const tables = await this.#client.tables();
    const wanted = targetTables === undefined || targetTables.length === 0 ? this.includesTables : targetTables;
    const selected = wanted.length === 0 ? tables : select(tables, wanted);
    return selected.map(({ ddl }) => ddl).join('\n\n');
  }

  /**
   * Rows of one SELECT as JSON, those that fit into 30,000 characters; with `one`, the first.
   *
   * @throws FoveaError as `client.sql` does.
   */
  async run(command: string, fetch: 'all' | 'one' = 'all'): Promise<string> {
    const rows = await this.#rows(command);
    return fetch === 'all' ? JSON.stringify(rows) : rows.length === 0 ? '' : JSON.stringify(rows[0]);
  }

  serialize(): never {
    throw new TypeError('Cannot serialize a Fovea database: it is a connection');
  }

  override toJSON(): SerializedNotImplemented {
    return this.toJSONNotImplemented();
  }

  async #rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { rows } = await this.#client.sql(sql, [], { limit: this.#limit });
    return boundRows(rows, RESULT_BOUNDS).rows;
  }
}

function select(tables: readonly TableInfo[], names: readonly string[]): TableInfo[] {
  return names.map((given) => {
    const name = given.trim().replace(/^"(.*)"$/, '$1');
    const found = tables.find((table) => table.name === name);
    if (found === undefined)
      throw new NotFoundError(
        'table',
        name,
        tables.map((table) => table.name),
      );
    return found;
  });
}
