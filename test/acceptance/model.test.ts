import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type * as Engine from '../../src/engine/index.ts';
import type * as Store from '../../src/store/index.ts';
import { administer, dropDatabase, postgresUrl, template, urlOf } from '../databases.ts';
import { seedOfRun } from '../fuzz/random.ts';
import { modelRun, type LibraryPlace } from '../model/model-run.ts';
import { root } from './library.ts';

const OPERATIONS = 240;

/** `npm run soak -- model` does the same for longer. */
describe.each(['PGlite', 'PostgreSQL'])('a library on %s', (name) => {
  const closing: (() => Promise<void> | void)[] = [];
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  test.skipIf(name === 'PostgreSQL' && postgresUrl === undefined)(
    'is what a simple model of it says, through hundreds of random operations',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'fovea-model-'));
      closing.push(() => rmSync(folder, { recursive: true, force: true }));
      const newPlace = async (): Promise<LibraryPlace> => {
        const library = `fovea_test_${randomBytes(6).toString('hex')}`;
        const home = join(folder, library);
        if (name === 'PGlite') {
          cpSync(await template(), join(home, 'db'), { recursive: true });
          return { home };
        }
        await administer(`create database ${library}`);
        closing.push(() => dropDatabase(library));
        return { home, database: urlOf(library) };
      };
      const { open } = (await import(pathToFileURL(join(root, 'dist/engine/index.js')).href)) as typeof Engine;
      const store = (await import(pathToFileURL(join(root, 'dist/store/index.js')).href)) as typeof Store;
      const extractor = join(root, 'test/fixtures/direction-extractor.mjs');
      const seed = seedOfRun(1);
      const done = await modelRun({ seed, operations: OPERATIONS, folder, extractor, newPlace, open, store });
      expect(done).toMatchObject({ 'backup and restore': 1, restart: 1 });
    },
  );
});
