/**
 * What a database of Fovea consists of, asked of its own catalogue: every table of the schema `fovea` and of each
 * namespace, also those of versions to come. Views, indexes, roles and tables of texts are made anew from them.
 *
 * @module
 */
import { identifier, literal } from '../database.ts';
import type { Queryable } from '../database.ts';
import { namespaceSchema } from '../names.ts';
import { TEXT_TABLES } from '../text-tables.ts';

/** Schema of what namespaces share. */
export const SHARED_SCHEMA = 'fovea';

export interface TableColumn {
  readonly name: string;
  /** As this database has it, e.g. `bigint`, `real[]`, `halfvec(512)`. */
  readonly type: string;
}

/** A table with the columns that can be written. */
export interface TableLayout {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly TableColumn[];
}

/** `"schema"."table"`, ready for SQL text. */
export function tableName({ schema, table }: Pick<TableLayout, 'schema' | 'table'>): string {
  return `${identifier(schema)}.${identifier(table)}`;
}

/** Tables of what is shared and of these namespaces, each behind those that it refers to. */
export async function readLayout(tx: Queryable, namespaces: readonly string[]): Promise<TableLayout[]> {
  const schemas = [SHARED_SCHEMA, ...namespaces.map(namespaceSchema)];
  const { rows } = await tx.query<TableLayout & { needs: string[] }>(
    `select n.nspname::text as schema, c.relname::text as table,
            (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
               from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
            array(select rn.nspname || '.' || r.relname
                    from pg_constraint f join pg_class r on r.oid = f.confrelid join pg_namespace rn on rn.oid = r.relnamespace
                   where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any ($1::text[])
        and not starts_with(c.relname, ${literal(TEXT_TABLES)})
      order by array_position($1::text[], n.nspname::text), c.relname`,
    [schemas],
  );
  return inOrder(rows);
}

/** Numbers that a sequence has given out. */
export interface SequenceValue {
  readonly name: string;
  readonly last: string;
  readonly called: boolean;
}

/** Sequences of what is shared; namespaces have none. */
export async function readSequences(tx: Queryable): Promise<SequenceValue[]> {
  const { rows } = await tx.query<{ name: string }>(
    `select c.relname::text as name from pg_class c
      where c.relkind = 'S' and c.relnamespace = $1::regnamespace order by 1`,
    [SHARED_SCHEMA],
  );
  const values: SequenceValue[] = [];
  for (const { name } of rows) {
    const found = await tx.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${tableName({ schema: SHARED_SCHEMA, table: name })}`,
    );
    values.push(...found.rows.map(({ last, called }) => ({ name, last, called })));
  }
  return values;
}

/** The first that needs none of those behind it, again and again: what is shared stays in front. */
function inOrder(tables: readonly (TableLayout & { readonly needs: readonly string[] })[]): TableLayout[] {
  const placed = new Map<string, TableLayout>();
  while (placed.size < tables.length) {
    const next = tables.find(
      ({ schema, table, needs }) => !placed.has(`${schema}.${table}`) && needs.every((name) => placed.has(name)),
    );
    if (next === undefined)
      throw new Error('Cannot order the tables of the database: they refer to each other in a ring');
    const { schema, table, columns } = next;
    placed.set(`${schema}.${table}`, { schema, table, columns });
  }
  return [...placed.values()];
}
