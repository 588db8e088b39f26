/**
 * Values of a request's parameters as the database takes them.
 *
 * @module
 */
import type { SqlError } from '../../contract/index.ts';
import type { SqlValue } from '../database.ts';

/**
 * Turns JSON values into parameters: objects become JSON text; arrays become arrays, or JSON text where the statement
 * casts them to, or compares them with, a vector or jsonb (`jsonParameters`, counting from 1).
 *
 * @throws what `refuse` makes, for a value that is neither.
 */
export function sqlValues(
  values: readonly unknown[],
  jsonParameters: ReadonlySet<number>,
  refuse: (reason: string) => SqlError,
): SqlValue[] {
  return values.map((value, index) => {
    const name = `$${index + 1}`;
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') {
      if (value.includes('\0')) throw refuse(`the value of ${name} holds the character NUL`);
      return value;
    }
    if (
      typeof value === 'number' ||
      typeof value === 'boolean' ||
      value instanceof Date ||
      value instanceof Uint8Array
    ) {
      return value;
    }
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object') throw refuse(`the value of ${name} is a ${typeof value}`);
    if (!Array.isArray(value) || jsonParameters.has(index + 1)) return JSON.stringify(value);
    return value.map((element: unknown) => scalar(element, name, refuse));
  });
}

function scalar(value: unknown, name: string, refuse: (reason: string) => SqlError): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw refuse(
    `the array in ${name} holds more than texts, numbers, true, false and null; cast it, e.g. ${name}::jsonb`,
  );
}
