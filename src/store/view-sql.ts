/**
 * Makes the views of a namespace and tells what they are.
 *
 * @module
 */
import type { TableDescription, TableInfo } from '../contract/index.ts';
import { identifier, literal } from './database.ts';
import type { Queryable } from './database.ts';
import { namespaceSchema, qualified, readerRole } from './names.ts';
import { policiesOf, versionOf } from './policy-rows.ts';
import { tableSizes } from './table-sizes.ts';
import { CONTENT_TEXTS, textFields, textTable } from './text-tables.ts';
import { planViews } from './views.ts';
import type { View, ViewColumn } from './views.ts';

/** A long query of a user, or a backup, holds up at most this long what changes views and drops tables. */
const LOCK_TIMEOUT_MS = 5000;

/** Makes all views anew and grants them to the reader role. Call in the transaction that changes graphs or policies. */
export async function rebuildViews(tx: Queryable, namespace: string): Promise<void> {
  await dropViews(tx, namespace);
  const reader = identifier(tx.dialect.role(readerRole(namespace)));
  const statements = (await currentViews(tx, namespace)).flatMap(({ name, select }) => {
    const view = qualified(namespace, name);
    return [`create view ${view} as ${select}`, `grant select on ${view} to ${reader}`];
  });
  // What a search with a user's condition reads beside the views: the terms of texts that they show.
  for (const table of await textTablesInUse(tx, namespace)) statements.push(`grant select on ${table} to ${reader}`);
  await tx.execute(statements.join(';\n'));
}

async function textTablesInUse(tx: Queryable, namespace: string): Promise<string[]> {
  const policies = (await policiesOf(tx, namespace)).filter(
    ({ state, output }) => state === 'active' && textFields(output).length > 0,
  );
  return [CONTENT_TEXTS, ...policies.map(versionOf)].map((version) => textTable(namespace, version));
}

/** Drops all views, so that tables under them can be changed; `rebuildViews` must follow in the same transaction. */
export async function dropViews(tx: Queryable, namespace: string): Promise<void> {
  await limitLockWait(tx);
  const { rows } = await tx.query<{ viewname: string }>('select viewname from pg_views where schemaname = $1', [
    namespaceSchema(namespace),
  ]);
  if (rows.length === 0) return;
  await tx.execute(`drop view ${rows.map(({ viewname }) => qualified(namespace, viewname)).join(', ')}`);
}

/** Until the transaction ends, a lock that others hold for longer is an error (55P03). */
export async function limitLockWait(tx: Queryable): Promise<void> {
  await tx.execute(`set local lock_timeout = ${literal(`${LOCK_TIMEOUT_MS}ms`)}`);
}

/** Names of the namespace's views: what SQL may read. */
export async function viewNames(db: Queryable, namespace: string): Promise<string[]> {
  return (await currentViews(db, namespace)).map(({ name }) => name);
}

/** The views with their columns, for people and language models. */
export async function listTables(db: Queryable, namespace: string): Promise<TableDescription[]> {
  return (await currentViews(db, namespace)).map(describeView);
}

/** The views with their columns, and how large they are. */
export async function measureTables(db: Queryable, namespace: string): Promise<TableInfo[]> {
  const views = await currentViews(db, namespace);
  const sizes = await tableSizes(db, namespace, [...new Set(views.flatMap(({ tables }) => tables))]);
  return views.map((view) => {
    const own = view.tables.flatMap((table) => sizes.get(table) ?? []);
    return {
      ...describeView(view),
      rows: own.reduce((sum, { rows }) => sum + rows, 0),
      rowsAreEstimated: own.some(({ isEstimated }) => isEstimated),
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

function describeView({ name, columns }: View): TableDescription {
  return {
    name,
    columns: columns.map(({ name: column, type, unit, description }) => ({
      name: column,
      type,
      ...(unit === undefined ? {} : { unit }),
      ...(description === undefined ? {} : { description }),
    })),
    ddl: viewDdl(name, columns),
  };
}

async function currentViews(db: Queryable, namespace: string): Promise<View[]> {
  const policies = await policiesOf(db, namespace);
  const { rows } = await db.query<{ name: string }>(
    'select name from fovea.graph where namespace = $1 order by created_at, name',
    [namespace],
  );
  const graphs = new Set(rows.map(({ name }) => name));
  return planViews(
    namespace,
    [...graphs],
    policies.filter(({ state, graph }) => state === 'active' && graphs.has(graph)),
    db.dialect,
  );
}

/** What `create table` would look like, one line a column, with units and descriptions as comments. */
export function viewDdl(name: string, columns: readonly ViewColumn[]): string {
  const lines = columns.map(({ name: column, type, unit, description }, index) => {
    const note = [unit, description].filter((part) => part !== undefined && part !== '').join('; ');
    const comma = index === columns.length - 1 ? '' : ',';
    return `  ${plainName(column)} ${type}${comma}${note === '' ? '' : ` -- ${note.replaceAll(/\s+/g, ' ')}`}`;
  });
  return `CREATE TABLE ${plainName(name)} (\n${lines.join('\n')}\n)`;
}

/** Quoted only where SQL needs it. */
function plainName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : identifier(name);
}
