/**
 * Columns of a result with names of their own, so that a row as an object loses none: of several called `name` the
 * second becomes `name_2`, the third `name_3`.
 *
 * @module
 */
import type { ResultColumn } from './database.ts';

/** The columns in their order; a name that is taken gets the first number that is free. */
export function distinctColumns(columns: readonly ResultColumn[]): ResultColumn[] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    let distinct = name;
    for (let number = 2; taken.has(distinct); number += 1) distinct = `${name}_${number}`;
    taken.add(distinct);
    return { name: distinct, type };
  });
}
