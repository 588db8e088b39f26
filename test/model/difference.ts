/**
 * Telling what differs between what is there and what should be.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';

/** @throws Error with both, where they differ; of lists, from the first place at which they do. */
export function same(what: string, found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  if (!Array.isArray(found) || !Array.isArray(expected)) throw different(what, found, expected);
  const place = Array.from({ length: Math.max(found.length, expected.length) }).findIndex(
    (_, index) => !isDeepStrictEqual(found[index], expected[index]),
  );
  throw different(
    `${what}, of ${found.length} the one at ${place} (of ${expected.length} expected)`,
    found[place],
    expected[place],
  );
}

/** @throws Error unless the work is refused with this code. */
export async function refused(what: string, code: string, work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
  );
  if (outcome !== code) throw different(what, outcome, code);
}

/** Tries until nothing differs: for what may lag a moment behind. */
export async function soon(check: () => Promise<void>, patienceMs = 10_000): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

function different(what: string, found: unknown, expected: unknown): Error {
  return new Error(`${what}: found ${shown(found)}, expected ${shown(expected)}`);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
