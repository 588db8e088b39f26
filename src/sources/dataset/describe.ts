/**
 * Values of a data set in messages.
 *
 * @module
 */

/** `the text "abc"`, `the number 5`, `a list`, … */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `the text "${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return 'bytes';
  return Array.isArray(value) || ArrayBuffer.isView(value) ? 'a list' : 'an object';
}
