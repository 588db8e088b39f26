/**
 * Rows that a policy wrote, by pages: the newest content's first, those of one content by `ord`.
 *
 * @module
 */
import type { LabelFilter } from '../contract/index.ts';
import { filterSql, Parameters } from './condition.ts';
import { identifier } from './database.ts';
import type { Queryable, SqlValue } from './database.ts';
import { policyTable, qualified } from './names.ts';
import { policiesOf, versionOf } from './policy-rows.ts';
import { uuidsOnly } from './storable.ts';

/** `RowQuery` of the services. */
export interface FeatureRowQuery {
  readonly graph: string;
  readonly policy: string;
  readonly filter: readonly LabelFilter[];
  readonly after?: { readonly contentId: string; readonly ord: number } | undefined;
  readonly limit: number;
}

export interface FeatureRowPage {
  readonly rows: { contentId: string; ord: number; columns: Record<string, unknown> }[];
  /** Rows that pass the filters, on all pages. */
  readonly total: number;
}

/** Of the active version; undefined where no policy of that name is active. A content that has gone ends the list. */
export async function listFeatureRows(
  db: Queryable,
  namespace: string,
  { graph, policy: name, filter, after, limit }: FeatureRowQuery,
): Promise<FeatureRowPage | undefined> {
  const policy = (await policiesOf(db, namespace)).find(
    (each) => each.graph === graph && each.name === name && each.state === 'active',
  );
  if (policy === undefined) return undefined;
  const parameters = new Parameters();
  const contents = qualified(namespace, '_content');
  const from = `${policyTable(namespace, versionOf(policy))} t join ${contents} c on c.content_id = t.content_id`;
  const where = ['true', ...filter.map((each) => filterSql(each, parameters))].join(' and ');
  const counted = await db.query<{ total: number }>(
    `select count(*) as total from ${from} where ${where}`,
    parameters.values,
  );
  const beyond = after === undefined ? 'true' : beyondSql(contents, after, parameters);
  const columns = Object.keys(policy.output.columns);
  const { rows } = await db.query<Record<string, SqlValue>>(
    `select t.content_id, t.ord${columns.map((column) => `, t.${identifier(column)}`).join('')}
       from ${from} where ${where} and ${beyond}
      order by c.created_at desc, c.content_id desc, t.ord limit ${parameters.add(limit)}`,
    parameters.values,
  );
  return {
    rows: rows.map(({ content_id: contentId, ord, ...rest }) => ({
      contentId: String(contentId),
      ord: Number(ord),
      columns: rest,
    })),
    total: counted.rows[0]?.total ?? 0,
  };
}

function beyondSql(
  contents: string,
  { contentId, ord }: { readonly contentId: string; readonly ord: number },
  parameters: Parameters,
): string {
  const id = parameters.add(uuidsOnly([contentId])[0] ?? null);
  const row = parameters.add(ord);
  return `((c.created_at, c.content_id) < (select b.created_at, b.content_id from ${contents} b where b.content_id = ${id}::uuid)
            or (c.content_id = ${id}::uuid and t.ord > ${row}::integer))`;
}
