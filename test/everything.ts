/**
 * Every row of every table of a database as texts, for comparing two databases. Vectors as the bytes that they are stored
 * in: single precision on PGlite, half precision on PostgreSQL; between these, as half precision.
 *
 * @module
 */
import { readLayout, tableName } from '../src/store/backup/layout.ts';
import { identifier, listNamespaces, type Database } from '../src/store/index.ts';

export type Precision = 'as stored' | 'half';

/** Rows by table, sorted. Without the settings that belong to one database. */
export async function everything(db: Database, precision: Precision = 'as stored'): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const table of await readLayout(db, await listNamespaces(db))) {
    const columns = table.columns.map(({ name, type }) => valueOf(identifier(name), type, precision));
    const { rows } = await db.query<{ row: string }>(
      `select row_to_json(r)::text as row from (select ${columns.join(', ')} from ${tableName(table)}) r`,
    );
    const own = (row: string): boolean => table.table === 'setting' && /"(schema_version|reader_secret)"/.test(row);
    found[`${table.schema}.${table.table}`] = rows
      .map(({ row }) => row)
      .filter((row) => !own(row))
      .toSorted();
  }
  return found;
}

function valueOf(column: string, type: string, precision: Precision): string {
  if (!/^(half)?vec/.test(type)) return column;
  const bytes =
    precision === 'half' ? `halfvec_send(${column}::halfvec)` : `${type.replace(/\(.*/, '')}_send(${column})`;
  return `encode(${bytes}, 'hex') as ${column}`;
}

/** How many rows there are in all. */
export function countRows(tables: Readonly<Record<string, readonly string[]>>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows.length, 0);
}
