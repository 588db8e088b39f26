import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/client/index.ts';
import type * as Store from '../../src/store/index.ts';
import { crashRun } from '../crash/crash-run.ts';
import { administer, dropDatabase, postgresUrl, urlOf } from '../databases.ts';
import { Random, seedOfRun } from '../fuzz/random.ts';
import { program, root } from './library.ts';

const KILLS = 6;

/** `npm run soak -- crash` does the same many times. */
describe.each(['PGlite', 'PostgreSQL'])('processes that are killed at random moments on %s', (name) => {
  const isSkipped = name === 'PostgreSQL' && postgresUrl === undefined;
  test.skipIf(isSkipped)('lose nothing that was acknowledged, and leave nothing behind', async () => {
    const seed = seedOfRun(4);
    const folder = mkdtempSync(join(tmpdir(), 'fovea-crash-'));
    const database = name === 'PostgreSQL' ? `fovea_test_${randomBytes(6).toString('hex')}` : undefined;
    if (database !== undefined) await administer(`create database ${database}`);
    try {
      const { kills } = await crashRun({
        random: new Random(seed),
        kills: KILLS,
        folder,
        program,
        database: database === undefined ? undefined : urlOf(database),
        store: (await import(pathToFileURL(join(root, 'dist/store/index.js')).href)) as typeof Store,
        connect,
      }).catch((error: unknown) => {
        throw new Error(`Seed ${seed} failed (FOVEA_FUZZ_SEED)`, { cause: error });
      });
      expect(Object.values(kills).reduce((sum, count) => sum + count)).toBe(KILLS);
    } finally {
      if (database !== undefined) await dropDatabase(database);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
