/**
 * A folder for one test file, removed when the file is done.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Returns a function that names a new folder (not yet made) at each call. */
export function temporaryFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'fovea-models-'));
  let count = 0;
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => join(root, String(count++));
}
