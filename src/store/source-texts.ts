/**
 * Texts of a policy's rows, for the policies that take them (`content_source`).
 *
 * @module
 */
import { identifier } from './database.ts';
import type { Queryable } from './database.ts';
import { policyTable } from './names.ts';
import { versionOf } from './policy-rows.ts';
import type { PolicyRecord } from './records.ts';
import { textFields } from './text-tables.ts';

/** Of one row: models read a few hundred words, and cut the rest. */
const MAX_CHARACTERS = 8000;

/** One row's text. */
export interface RowText {
  readonly ord: number;
  readonly text: string;
}

/**
 * By content, in the order of the rows: the row's searched texts (columns with a language), one a line, at most 8,000 characters.
 * Rows without any are left out.
 */
export async function readTexts(
  db: Queryable,
  namespace: string,
  policy: PolicyRecord,
  contentIds: readonly string[],
): Promise<Map<string, RowText[]>> {
  const texts = new Map<string, RowText[]>();
  const parts = textFields(policy.output).map(({ name }) =>
    policy.output.columns[name]?.type === 'text[]'
      ? `array_to_string(r.${identifier(name)}, E'\\n')`
      : `r.${identifier(name)}`,
  );
  if (parts.length === 0 || contentIds.length === 0) return texts;
  const { rows } = await db.query<{ content_id: string; ord: number; text: string }>(
    `select content_id, ord, text from (
       select r.content_id, r.ord, left(concat_ws(E'\\n', ${parts.join(', ')}), ${MAX_CHARACTERS}) as text
         from ${policyTable(namespace, versionOf(policy))} r
        where r.content_id = any ($1::uuid[])) t
      where text <> ''
      order by content_id, ord`,
    [contentIds],
  );
  for (const { content_id: contentId, ord, text } of rows)
    texts.set(contentId, [...(texts.get(contentId) ?? []), { ord, text }]);
  return texts;
}
