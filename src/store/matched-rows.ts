/**
 * Rows that met a search's condition, for the hits that a page shows.
 *
 * @module
 */
import type { MatchedRow } from '../contract/index.ts';
import type { Database } from './database.ts';
import type { ConditionRows } from './door/index.ts';
import { qualified } from './names.ts';
import type { SqlCondition } from './records.ts';
import { searching } from './vectors.ts';

/** Of one part of the condition and one content. */
const MAX_ROWS = 20;

/**
 * By content id, part after part, in the order of their tables; at most 20 of each part.
 *
 * @param condition The one that the parts are of.
 */
export async function matchedRows(
  db: Database,
  namespace: string,
  condition: Pick<SqlCondition, 'where'>,
  parts: readonly ConditionRows[],
  contentIds: readonly string[],
): Promise<Map<string, MatchedRow[]>> {
  const found = new Map<string, MatchedRow[]>();
  if (parts.length === 0 || contentIds.length === 0) return found;
  const statements = parts.map(
    ({ select }) => `select content_id, ord, shown, region from (
      select c.content_id, m.ord, m.shown, m.region, row_number() over (partition by c.content_id order by m.ord) as place
        from ${qualified(namespace, 'content')} c cross join lateral (
          ${select}
        ) m where c.content_id = any ($1::uuid[]) and m.content_id = c.content_id
      ) numbered where place <= ${MAX_ROWS} order by content_id, place`,
  );
  const results = await searching(db, namespace, { labels: [], ...condition }, undefined, async (tx, options) => {
    const read: MatchedRowRecord[][] = [];
    for (const statement of statements)
      read.push((await tx.query<MatchedRowRecord>(statement, [contentIds], options)).rows);
    return read;
  });
  for (const [at, { table }] of parts.entries()) {
    for (const { content_id: contentId, ord, shown, region } of results[at] ?? []) {
      const rows = found.get(contentId) ?? [];
      found.set(contentId, rows);
      rows.push({ table, ord, region, values: shown });
    }
  }
  return found;
}

interface MatchedRowRecord {
  content_id: string;
  ord: number;
  shown: Record<string, unknown>;
  region: MatchedRow['region'];
}
