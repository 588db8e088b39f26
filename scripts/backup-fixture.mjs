#!/usr/bin/env node
/**
 * Writes the backup that this release makes of the fixture of its schema, with one stored original. Each release restores
 * those of all before it (`src/engine/backup/restore.test.ts`). Once a schema or format, and never again for that number:
 *
 *     npm run build && node scripts/backup-fixture.mjs > src/engine/backup/fixtures/schema-<number>.tar
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBackups } from '../dist/engine/backup/backups.js';
import { createBlobRemovals } from '../dist/engine/blob-removals.js';
import { BlobStore } from '../dist/sources/index.js';
import { contentIdFor, insertContents, openDatabase, SCHEMA_VERSION } from '../dist/store/index.js';

const NAMESPACE = 'demo';
const home = mkdtempSync(join(tmpdir(), 'fovea-fixture-'));
const database = await openDatabase({ folder: 'memory://' });
try {
  const fixture = new URL(`../src/store/fixtures/schema-${SCHEMA_VERSION}.sql`, import.meta.url);
  await database.execute(readFileSync(fixture, 'utf8'));
  const blobs = new BlobStore(join(home, 'blobs'));
  const { sha256, uri, size } = await blobs.put([Buffer.from('an owl')]);
  await database.transaction((tx) =>
    insertContents(tx, NAMESPACE, [
      {
        contentId: contentIdFor(NAMESPACE, sha256),
        sha256,
        mimeType: 'image/jpeg',
        sizeBytes: size,
        name: 'owl.jpg',
        labels: {},
        location: { uri, size, mtimeNs: null, inode: null },
      },
    ]),
  );
  const removals = createBlobRemovals({ home, database, blobs });
  const backups = createBackups({ database, blobs, removals, onNote: (note) => process.stderr.write(`${note}\n`) });
  for await (const chunk of await backups.start()) process.stdout.write(chunk);
  await backups.close();
} finally {
  await database.close();
  rmSync(home, { recursive: true, force: true });
}
