/**
 * Writes a dump into an empty database, all of it or nothing: one transaction makes the tables anew as the dump's schema
 * has them, fills them, and brings them to the schema of today. A dump comes from a file that anybody may have written, so
 * names and types of the SQL text are this database's own.
 *
 * What belongs to the database itself stays: its secret, its keys, and empty namespaces that the dump doesn't have.
 *
 * @module
 */
import { ConflictError, InvalidInputError, OutputSpec } from '../../contract/index.ts';
import { DatabaseError, identifier } from '../database.ts';
import type { Database, Queryable } from '../database.ts';
import { releaseLeases } from '../leases.ts';
import { MIGRATIONS } from '../migrations.ts';
import { namespaceSchema, qualified, readerRole } from '../names.ts';
import { explainRights, listNamespaces, MIGRATION_LOCK } from '../namespaces.ts';
import { createPolicyTable } from '../policy-tables.ts';
import { ensureReader } from '../reader.ts';
import { fillTexts } from '../text-tables.ts';
import { rebuildViews } from '../view-sql.ts';
import { readTable } from './dump.ts';
import type { DumpHead, RowChunk } from './dump.ts';
import { readLayout, SHARED_SCHEMA, tableName } from './layout.ts';
import type { TableLayout } from './layout.ts';

/** Some rows of one table, as `dump.ts` writes them. */
export type LoadChunk = Omit<RowChunk, 'rows'>;

/** PGlite writes no checkpoint by itself while a transaction is open. */
const CHECKPOINT_CHARACTERS = 64 * 1024 ** 2;
/** Who uses the database meanwhile is told, instead of being waited for. */
const LOCK_TIMEOUT_MS = 10_000;

/**
 * @param chunks Gives the rows from their first on each time it is called: a transaction that lost a conflict runs twice.
 * @throws ConflictError where a namespace is not empty; InvalidInputError for rows that don't fit. Nothing is changed then.
 */
export async function loadDump(db: Database, head: DumpHead, chunks: () => AsyncIterable<LoadChunk>): Promise<void> {
  const load = () =>
    db.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      await lockNamespaces(tx);
      await refuseContents(tx);
      const own = await takeOwn(tx);
      await makeTables(tx, head);
      await fill(tx, head, chunks());
      await migrateTables(tx, head);
      for (const { name, last, called } of head.sequences)
        await tx.query('select setval($1::regclass, $2::bigint, $3::boolean)', [sequence(name), last, called]);
      await giveBackOwn(tx, own);
      for (const namespace of head.namespaces) await openNamespace(tx, namespace);
    });
  try {
    await explainRights(load, 'restore into the database', db);
  } catch (error) {
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  if (error.sqlState === LOCK_NOT_AVAILABLE) {
    const sentence =
      'Cannot restore: another program is using the database; stop it, or wait for its end, and try again';
    return new ConflictError(sentence, { cause: error });
  }
  // Data that a column refuses, a key that is there twice, a name that isn't there.
  return /^(22|23|42)/.test(error.sqlState) ? unfitting(error.message, error) : error;
}

const LOCK_NOT_AVAILABLE = '55P03';

/** @throws ConflictError which tells what the namespaces hold. */
export async function refuseContents(db: Queryable): Promise<void> {
  const held: string[] = [];
  for (const namespace of await listNamespaces(db)) {
    const { rows } = await db.query<{ contents: number; graphs: number; problems: number }>(
      `select (select count(*) from ${qualified(namespace, '_content')}) as contents,
              (select count(*) from fovea.graph where namespace = $1) as graphs,
              (select count(*) from ${qualified(namespace, '_problem')}) as problems`,
      [namespace],
    );
    const { contents = 0, graphs = 0, problems = 0 } = rows[0] ?? {};
    const parts = [counted(contents, 'content'), counted(graphs, 'graph'), counted(problems, 'unreadable file')];
    const what = parts.filter((part) => part !== undefined).join(', ');
    if (what !== '') held.push(`namespace "${namespace}" has ${what}`);
  }
  if (held.length === 0) return;
  throw new ConflictError(
    `Cannot restore over what is there: ${held.join('; ')}; restore into an empty home (--home) or database`,
  );
}

function counted(count: number, what: string): string | undefined {
  if (count === 0) return undefined;
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

async function lockNamespaces(tx: Queryable): Promise<void> {
  const tables = (await listNamespaces(tx)).map((namespace) => qualified(namespace, '_content'));
  await tx.execute(`set local lock_timeout = '${LOCK_TIMEOUT_MS}ms'`);
  await tx.execute(`lock table ${['fovea.graph', ...tables].join(', ')} in access exclusive mode`);
}

/** Rows of the shared tables, which are few where there is no graph. */
async function takeOwn(tx: Queryable): Promise<{ readonly table: TableLayout; readonly chunk: RowChunk }[]> {
  const own = [];
  for (const table of await readLayout(tx, []))
    for await (const chunk of readTable(tx, table)) own.push({ table, chunk });
  return own;
}

async function giveBackOwn(tx: Queryable, own: Awaited<ReturnType<typeof takeOwn>>): Promise<void> {
  for (const { table, chunk } of own) {
    const columns = table.columns.map(({ name }) => name);
    await insertRows(tx, table, columns, chunk, 'on conflict do nothing');
  }
}

/** As a release with the dump's schema would have made them. */
async function makeTables(tx: Queryable, head: DumpHead): Promise<void> {
  await tx.execute(`drop schema ${identifier(SHARED_SCHEMA)} cascade`);
  for (const namespace of head.namespaces) {
    const schema = identifier(namespaceSchema(namespace));
    await tx.execute(`drop schema if exists ${schema} cascade; create schema ${schema}`);
  }
  await runSteps(tx, head, (version) => version <= head.schemaVersion);
}

function migrateTables(tx: Queryable, head: DumpHead): Promise<void> {
  return runSteps(tx, head, (version) => version > head.schemaVersion);
}

async function runSteps(tx: Queryable, head: DumpHead, which: (version: number) => boolean): Promise<void> {
  for (const step of MIGRATIONS.filter(({ version }) => which(version))) {
    await tx.execute(step.shared);
    for (const namespace of head.namespaces) await tx.execute(step.namespace(namespace));
  }
}

async function fill(tx: Queryable, head: DumpHead, chunks: AsyncIterable<LoadChunk>): Promise<void> {
  const columns = new Map(
    head.tables.map((table) => [`${table.schema}.${table.table}`, table.columns.map(({ name }) => name)]),
  );
  let layout = await layoutByName(tx, []);
  let isShared = true;
  let characters = 0;
  for await (const chunk of chunks) {
    if (isShared && chunk.schema !== SHARED_SCHEMA) {
      isShared = false;
      await makePolicyTables(tx, head);
      layout = await layoutByName(tx, head.namespaces);
    }
    const name = `${chunk.schema}.${chunk.table}`;
    const table = layout.get(name);
    const names = columns.get(name);
    if (table === undefined || names === undefined) throw unfitting(`there is no table "${name}"`);
    await insertRows(tx, table, names, chunk);
    characters += chunk.lines.length;
    if (characters < CHECKPOINT_CHARACTERS || tx.dialect.name !== 'pglite') continue;
    characters = 0;
    await tx.execute('checkpoint');
  }
  if (isShared) await makePolicyTables(tx, head);
}

async function layoutByName(tx: Queryable, namespaces: readonly string[]): Promise<Map<string, TableLayout>> {
  return new Map((await readLayout(tx, namespaces)).map((table) => [`${table.schema}.${table.table}`, table]));
}

/** Tables of the policy versions whose rows have come. Columns that every schema has, since a dump may be older. */
async function makePolicyTables(tx: Queryable, head: DumpHead): Promise<void> {
  const namespaces = await listNamespaces(tx);
  if (namespaces.join() !== head.namespaces.toSorted().join()) throw unfitting('its namespaces are not those it names');
  const { rows } = await tx.query<{ id: number; version: number; namespace: string; output: unknown }>(
    'select id, version, namespace, output from fovea.policy order by id, version',
  );
  for (const { id, version, namespace, output } of rows) {
    const parsed = OutputSpec.safeParse(output);
    if (!parsed.success) throw unfitting(`policy ${id} has no output that can be stored`);
    await createPolicyTable(tx, namespace, { policyId: id, version }, parsed.data);
  }
}

async function insertRows(
  tx: Queryable,
  table: TableLayout,
  columns: readonly string[],
  { lines }: LoadChunk,
  onConflict = '',
): Promise<void> {
  const rows = parseLines(lines, columns.length);
  const types = columns.map((name) => {
    const type = table.columns.find((column) => column.name === name)?.type;
    if (type === undefined) throw unfitting(`table "${table.schema}.${table.table}" has no column "${name}"`);
    return type;
  });
  const aliases = columns.map((_name, at) => `c${at}`);
  const arrays = columns.map((_name, at) => `$${at + 1}::text[]`);
  await tx.query(
    `insert into ${tableName(table)} (${columns.map(identifier).join(', ')})
     select ${types.map((type, at) => `u.c${at}::${type}`).join(', ')} from unnest(${arrays.join(', ')}) as u (${aliases.join(', ')})
     ${onConflict}`,
    columns.map((_name, at) => rows.map((row) => row[at] ?? null)),
  );
}

/** Each line an array of so many texts and nulls. */
function parseLines(lines: string, length: number): (readonly (string | null)[])[] {
  let rows: unknown;
  try {
    rows = JSON.parse(`[${lines.trimEnd().replaceAll('\n', ',')}]`);
  } catch (error) {
    throw unfitting('its rows are no lines of JSON', error);
  }
  if (Array.isArray(rows) && rows.every((row) => isRow(row, length))) return rows;
  throw unfitting(`a row has not ${length} texts, as its table has columns`);
}

function isRow(row: unknown, length: number): row is readonly (string | null)[] {
  return Array.isArray(row) && row.length === length && row.every((text) => text === null || typeof text === 'string');
}

/** What the dump's workers held waits again; texts are cut into terms, views and the reader are made. */
async function openNamespace(tx: Queryable, namespace: string): Promise<void> {
  await releaseLeases(tx, namespace, '');
  await ensureReader(tx, { role: readerRole(namespace), schema: namespaceSchema(namespace) });
  await fillTexts(tx, namespace);
  await rebuildViews(tx, namespace);
}

function sequence(name: string): string {
  return tableName({ schema: SHARED_SCHEMA, table: name });
}

function unfitting(reason: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError(`Cannot restore the backup: ${reason}; it is not as Fovea writes them`, [], { cause });
}
