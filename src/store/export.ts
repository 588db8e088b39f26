/**
 * All rows of a view, for exports: read by ranges of content ids, so that no page costs more than its own rows, whatever
 * the view is made of.
 *
 *     content ids, 500 at a time, by id  →  rows of the view between the first and the last of them, by their keys
 *
 * Rows that others write meanwhile may be in it or not; none is in it twice.
 *
 * @module
 */
import { NotFoundError } from '../contract/index.ts';
import { identifier } from './database.ts';
import type { Queryable } from './database.ts';
import { policyViewName, qualified } from './names.ts';
import { listTables } from './view-sql.ts';

/** What is exported: columns in their order, with their SQL types. */
export interface ExportSource {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Pages of rows, none empty: by content id, then by `graph`, `policy` and `ord` where the view has these. */
  pages(): AsyncIterable<readonly Readonly<Record<string, unknown>>[]>;
}

const CONTENTS_PER_PAGE = 500;

/** Keys of a view's rows besides the content, in the order of an export. */
const KEYS: readonly string[] = ['graph', 'policy', 'ord'];

/** @throws NotFoundError where the namespace has no such view. */
export async function exportedTable(db: Queryable, namespace: string, name: string): Promise<ExportSource> {
  const tables = await listTables(db, namespace);
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) {
    throw new NotFoundError(
      'table',
      name,
      tables.map((candidate) => candidate.name),
    );
  }
  const { columns } = table;
  const list = columns.map((column) => `v.${identifier(column.name)}`).join(', ');
  const keys = KEYS.filter((key) => columns.some((column) => column.name === key));
  const text = `select ${list} from ${qualified(namespace, name)} v where v.content_id between $1 and $2
     order by ${['content_id', ...keys].map((key) => `v.${identifier(key)}`).join(', ')}`;
  return { columns, pages: () => pages(db, namespace, text) };
}

/** Vectors of an index with their contents' names: `content_id, ord, name, <output>`. */
export function exportedVectors(
  db: Queryable,
  namespace: string,
  index: { readonly graph: string; readonly policy: string; readonly output: string; readonly dimension: number },
): ExportSource {
  const view = qualified(namespace, policyViewName(index.graph, index.policy));
  const output = identifier(index.output);
  const text = `select v.content_id, v.ord, c.name, v.${output}
      from ${view} v join ${qualified(namespace, '_content')} c on c.content_id = v.content_id
     where v.content_id between $1 and $2 order by v.content_id, v.ord`;
  return {
    columns: [
      { name: 'content_id', type: 'uuid' },
      { name: 'ord', type: 'integer' },
      { name: 'name', type: 'text' },
      { name: index.output, type: db.dialect.vectorType(index.dimension) },
    ],
    pages: () => pages(db, namespace, text),
  };
}

async function* pages(
  db: Queryable,
  namespace: string,
  text: string,
): AsyncGenerator<readonly Readonly<Record<string, unknown>>[]> {
  const content = qualified(namespace, '_content');
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows: bounds } = await db.query<{ first: string | null; last: string | null }>(
      `select min(content_id::text) as first, max(content_id::text) as last
         from (select content_id from ${content} where content_id > $1 order by content_id limit ${CONTENTS_PER_PAGE}) page`,
      [after],
    );
    const { first, last } = bounds[0] ?? { first: null, last: null };
    if (first === null || last === null) return;
    const { rows } = await db.query(text, [first, last]);
    if (rows.length > 0) yield rows;
    after = last;
  }
}
