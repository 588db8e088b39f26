/**
 * Rows of contents that are known: which of a picture's boxes lie nearest. One statement, partitioned by the content (rules S12, S14).
 *
 * @module
 */
import { Parameters } from './condition.ts';
import { identifier } from './database.ts';
import type { Database } from './database.ts';
import { policyTable } from './names.ts';
import type { Neighbour, VectorIndex } from './records.ts';
import { SCAN_SETTINGS } from './vectors.ts';

/** Of each of these contents the rows that lie nearest, at most `each` of them; nearest first. */
export async function nearestRows(
  db: Database,
  namespace: string,
  index: VectorIndex,
  vector: Float32Array,
  { contentIds, each }: { readonly contentIds: readonly string[]; readonly each: number },
): Promise<Omit<Neighbour, 'rootId'>[]> {
  if (contentIds.length === 0) return [];
  const parameters = new Parameters();
  const query = `${parameters.add(db.dialect.vector(vector))}::${db.dialect.vectorType(index.dimension)}`;
  const ids = parameters.add(contentIds);
  return db.transaction(
    async (tx) => {
      await tx.execute(SCAN_SETTINGS);
      const { rows } = await tx.query<{ content_id: string; ord: number; distance: number }>(
        `select content_id, ord, distance from (
           select e.content_id, e.ord, e.distance,
                  row_number() over (partition by e.content_id order by e.distance, e.ord) as place
             from (select content_id, ord, ${identifier(index.output)} <=> ${query} as distance
                     from ${policyTable(namespace, index)} where content_id = any(${ids}::uuid[])) e) ranked
          where place <= ${parameters.add(each)}`,
        parameters.values,
      );
      return rows
        .map(({ content_id: contentId, ord, distance }) => ({ contentId, ord, distance }))
        .toSorted((a, b) => a.distance - b.distance || a.ord - b.ord);
    },
    { readOnly: true, priority: 'search' },
  );
}
