/**
 * One text for equal JSON values: keys sorted, no spaces, `undefined` left out, as RFC 8785 (JSON Canonicalization
 * Scheme) writes them.
 *
 * @module
 */

/** Equal texts for values that differ in the order of keys only. Keys are sorted by UTF-16 units. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  const pairs = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}
