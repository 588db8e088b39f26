/**
 * Reads a database out as text, table by table, in bounded memory. A row is one line of JSON, an array of its columns'
 * texts in PostgreSQL's own formats, which both databases share and which lose nothing:
 *
 *     ["0f2b…", "{\"trip\": \"rome\"}", "[0.1,0.25]", null]
 *
 * @module
 */
import { UnavailableError } from '../../contract/index.ts';
import { DatabaseError, identifier, literal } from '../database.ts';
import type { Queryable } from '../database.ts';
import { namespaceSchema } from '../names.ts';
import { listNamespaces, schemaVersion } from '../namespaces.ts';
import { readLayout, readSequences, SHARED_SCHEMA, tableName } from './layout.ts';
import type { SequenceValue, TableLayout } from './layout.ts';

/** Settings that belong to one database and not to what it holds. */
const OWN_SETTINGS: readonly string[] = ['schema_version', 'reader_secret'];

/** A chunk ends at the row that makes it so long. */
const CHUNK_CHARACTERS = 1024 ** 2;
const MOST_ROWS = 1000;

/** What a dump tells before its rows. */
export interface DumpHead {
  readonly schemaVersion: number;
  readonly namespaces: readonly string[];
  /** In the order of their rows. */
  readonly tables: readonly TableLayout[];
  readonly sequences: readonly SequenceValue[];
}

/** Some rows of one table. */
export interface RowChunk {
  readonly schema: string;
  readonly table: string;
  /** Lines of JSON, each with its end. */
  readonly lines: string;
  readonly rows: number;
}

/**
 * Looks at what there is, and keeps it from being dropped or changed until the transaction ends, as `pg_dump` does.
 *
 * @param tx Of `Database.snapshot`.
 * @throws UnavailableError where a graph was changed at the same moment: try again.
 */
export async function readHead(tx: Queryable): Promise<DumpHead> {
  const namespaces = await listNamespaces(tx);
  const tables = await readLayout(tx, namespaces);
  try {
    await tx.execute(`lock table ${tables.map(tableName).join(', ')} in access share mode`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== UNDEFINED_TABLE) throw error;
    throw new UnavailableError('Cannot back up: a graph was changed at the same moment; try again', { cause: error });
  }
  return { schemaVersion: await schemaVersion(tx), namespaces, tables, sequences: await readSequences(tx) };
}

const UNDEFINED_TABLE = '42P01';

/** All rows of all tables, in their order. */
export async function* readChunks(tx: Queryable, { tables }: DumpHead): AsyncGenerator<RowChunk> {
  for (const table of tables) yield* readTable(tx, table, isOwnSetting(table));
}

/** `fovea:` URIs of the bytes that Fovea stores itself, each once, sorted. */
export async function* readBlobUris(tx: Queryable, namespaces: readonly string[]): AsyncGenerator<string[]> {
  if (namespaces.length === 0) return;
  const parts = namespaces.map(
    (namespace) =>
      `select uri from ${tableName({ schema: namespaceSchema(namespace), table: '_location' })} where uri like 'fovea:%'`,
  );
  await tx.execute(`declare backup_blobs no scroll cursor for ${parts.join(' union ')} order by 1`);
  for (;;) {
    const { rows } = await tx.query<{ uri: string }>(`fetch ${MOST_ROWS} from backup_blobs`);
    if (rows.length === 0) break;
    yield rows.map(({ uri }) => uri);
  }
  await tx.execute('close backup_blobs');
}

/** All rows of a table, but those that the condition names. */
export async function* readTable(tx: Queryable, table: TableLayout, without = 'false'): AsyncGenerator<RowChunk> {
  const { schema, table: name, columns } = table;
  const texts = columns.map((column) => `${identifier(column.name)}::text`).join(', ');
  await tx.execute(
    `declare backup_rows no scroll cursor for select to_json(array[${texts}])::text as line from ${tableName(table)} where not (${without})`,
  );
  // Grows as rows turn out to be small: the first of a table may be as long as they come.
  let count = 16;
  let lines = '';
  let rows = 0;
  for (;;) {
    const fetched = await tx.query<{ line: string }>(`fetch ${count} from backup_rows`);
    if (fetched.rows.length === 0) break;
    const added = fetched.rows.map(({ line }) => `${line}\n`).join('');
    lines += added;
    rows += fetched.rows.length;
    count = nextCount(added.length / fetched.rows.length);
    if (lines.length < CHUNK_CHARACTERS) continue;
    yield { schema, table: name, lines, rows };
    lines = '';
    rows = 0;
  }
  await tx.execute('close backup_rows');
  if (rows > 0) yield { schema, table: name, lines, rows };
}

/** About a chunk a fetch. */
function nextCount(charactersPerRow: number): number {
  return Math.min(MOST_ROWS, Math.max(1, Math.floor(CHUNK_CHARACTERS / charactersPerRow)));
}

/** Names the settings that stay in their database, for the table that has them. */
function isOwnSetting({ schema, table }: TableLayout): string {
  if (schema !== SHARED_SCHEMA || table !== 'setting') return 'false';
  return `key in (${OWN_SETTINGS.map(literal).join(', ')})`;
}
