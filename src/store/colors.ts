/**
 * The colour that stands for a picture until it is there to be seen: the largest of those that `image/colors` found.
 *
 * @module
 */
import { DatabaseError } from './database.ts';
import { policyTable } from './names.ts';
import { versionOf } from './policy-rows.ts';
import type { PolicyRecord, PolicyVersion } from './records.ts';

/** Extractor whose first row of a picture is its largest colour. */
const COLORS = 'image/colors';

/** SQLSTATE of a table that isn't there. */
const UNDEFINED_TABLE = '42P01';

/** The policy versions in use that find colours of whole pictures; several may share them out by labels. */
export function colorPolicies(policies: readonly PolicyRecord[]): PolicyVersion[] {
  return policies
    .filter(
      ({ state, extractor, contentSource, output }) =>
        state === 'active' &&
        extractor === COLORS &&
        contentSource === undefined &&
        output.columns.color?.type === 'text',
    )
    .map(versionOf);
}

/** The colour, `#rrggbb`, of the content with the alias `c`: one look-up by key a policy; null where none was found. */
export function colorSql(namespace: string, policies: readonly PolicyVersion[]): string {
  if (policies.length === 0) return 'null::text';
  const found = policies.map(
    (policy) =>
      `(select k.color from ${policyTable(namespace, policy)} k where k.content_id = c.content_id and k.ord = 0)`,
  );
  return `coalesce(${found.join(', ')})`;
}

/** Reads with colours, and without where a policy that found them has gone since it was looked up. Not in a transaction. */
export async function withColors<T>(
  policies: readonly PolicyVersion[],
  read: (policies: readonly PolicyVersion[]) => Promise<T>,
): Promise<T> {
  try {
    return await read(policies);
  } catch (error) {
    const hasGone = error instanceof DatabaseError && error.sqlState === UNDEFINED_TABLE;
    if (policies.length === 0 || !hasGone) throw error;
    return read([]);
  }
}
