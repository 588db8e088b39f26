/**
 * Which values are sentences: a description or a text that was read needs the width of the panel, a name or a number does not.
 *
 * @module
 */

/** Longer texts do not fit beside their column's name. */
const LONG = 60;

/** True for words that are many, not for one long word such as a hash. */
export function isProse(value: unknown): value is string {
  return typeof value === 'string' && value.length > LONG && /\s/.test(value.trim());
}
