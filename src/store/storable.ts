/**
 * Texts as PostgreSQL can store them. It refuses U+0000 everywhere and half surrogate pairs in `jsonb`; EXIF fields and
 * file names have both. U+0000 is left out, a half pair becomes U+FFFD.
 *
 * @module
 */

/** The text, storable in a `text` column. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

/** JSON text of the value, storable in a `jsonb` column. */
export function storableJson(value: unknown): string {
  // JSON.stringify() writes both as escapes; an even number of backslashes before them are characters of their own.
  return JSON.stringify(value).replaceAll(
    /(?<!\\)((?:\\\\)*)\\(u0000|ud[89a-f][0-9a-f]{2})/g,
    (_all, before: string, code: string) => (code === 'u0000' ? before : `${before}\ufffd`),
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The ids that are uuids, lower case; PostgreSQL answers an error to any other text where it wants a uuid. */
export function uuidsOnly(ids: readonly string[]): string[] {
  return ids.filter((id) => UUID.test(id)).map((id) => id.toLowerCase());
}
