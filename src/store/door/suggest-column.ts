/**
 * "Did you mean" for columns.
 *
 * @module
 */
import { didYouMean } from '../../contract/index.ts';
import type { Database } from '../database.ts';

/** `column "nme" does not exist`, `column c.nme does not exist`. */
const MISSING = /^column (?:.*\.)?"?([^"]+?)"? does not exist/;

/**
 * Ends the message of an undefined column (SQLSTATE 42703) with the name that was probably meant.
 *
 * @param views Those that the statement reads.
 */
export async function suggestColumn(
  database: Database,
  schema: string,
  views: readonly string[],
  message: string,
): Promise<string> {
  const missing = MISSING.exec(message)?.[1];
  if (missing === undefined || views.length === 0) return '';
  const { rows } = await database.query<{ name: string }>(
    `select distinct a.attname::text as name
       from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = any ($2::text[]) and a.attnum > 0 and not a.attisdropped
      order by 1`,
    [schema, views],
  );
  return didYouMean(
    missing,
    rows.map(({ name }) => name),
  );
}
