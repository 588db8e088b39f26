/**
 * Frozen test data beside the checkout. Tests that need it are skipped, by name, where it is missing, unless
 * `FOVEA_REQUIRE` lists `test-data`: then its absence is a failure.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(root, process.env.FOVEA_TEST_DATA ?? '../shared');

/** What must be there: a skip of these is a failure. */
export const required: ReadonlySet<string> = new Set((process.env.FOVEA_REQUIRE ?? '').split(',').filter(Boolean));

export const hasTestData: boolean = existsSync(resolve(folder, 'data'));
if (!hasTestData && required.has('test-data')) {
  throw new Error(`FOVEA_REQUIRE lists test-data, but there is none at ${folder} (FOVEA_TEST_DATA)`);
}

/** Absolute path below the test data, e.g. `testData('data/photos/parrot.jpg')`. */
export function testData(path: string): string {
  return resolve(folder, path);
}
