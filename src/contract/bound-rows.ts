/**
 * Rows for a reader with little room, such as a language model: as many as fit, long cells cut.
 *
 * @module
 */

export interface RowBounds {
  /** Of all rows as JSON. */
  readonly maxCharacters: number;
  /** Of one cell; longer texts are cut, longer arrays and objects become the beginning of their JSON. */
  readonly maxCellCharacters: number;
}

/** @returns The first rows that fit, and how many are left out. */
export function boundRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  { maxCharacters, maxCellCharacters }: RowBounds,
): { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly left: number } {
  const bounded: Record<string, unknown>[] = [];
  let room = maxCharacters;
  for (const row of rows) {
    const cells = Object.entries(row).map(([name, value]) => [name, boundCell(value, maxCellCharacters)]);
    const shown = Object.fromEntries(cells) as Record<string, unknown>;
    room -= JSON.stringify(shown).length;
    if (room < 0) break;
    bounded.push(shown);
  }
  return { rows: bounded, left: rows.length - bounded.length };
}

function boundCell(value: unknown, most: number): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text !== undefined && text.length > most ? `${text.slice(0, most)}…` : value;
}
