/**
 * Where in a statement an error is.
 *
 * @module
 */
export interface Fault {
  /** UTF-16 units from the start. */
  readonly position: number;
  readonly message: string;
}

/** The word, or the character, that begins at `position`; the last character where it lies behind the end. */
export function faultRange(text: string, position: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(position, text.length - 1));
  const found = /^(?:"[^"\n]*"|'[^'\n]*'|\w+|[^])/u.exec(text.slice(from))?.[0] ?? '';
  return { from, to: from + found.length };
}

/** Both from 1. */
export function lineAndColumn(text: string, position: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
