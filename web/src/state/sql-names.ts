/**
 * Names and values as they stand in SQL: what strangers wrote is quoted here and nowhere else.
 *
 * @module
 */

/** Key words of PostgreSQL that are no names without quotes. */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog
  current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except
  false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp
  not null offset on only or order placing primary references returning select session_user some symmetric table then to
  trailing true union unique user using variadic when where window with authorization binary collation concurrently cross
  freeze full ilike inner is isnull join left like natural notnull outer overlaps right similar tablesample verbose`.split(
    /\s+/,
  ),
);

/** A name in quotes where it needs them: `"photos.objects"`, `name`. */
export function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A value: texts in quotes; null for one with a character that no database text can have, since it equals nothing. */
export function literal(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return value.includes('\0') ? 'null' : `'${value.replaceAll("'", "''")}'`;
}
