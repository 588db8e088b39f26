#!/usr/bin/env node
/**
 * Prints the SQL of a small database as this release writes it: every statement that changes something, with its values.
 * CI loads the fixture of each released schema and migrates it (`src/store/migrations.test.ts`). Once, before a release
 * whose schema is new, and never again for that number:
 *
 *     npm run build && node scripts/schema-fixture.mjs > src/store/fixtures/schema-<number>.sql
 */
import { createHash } from 'node:crypto';
import * as store from '../dist/store/index.js';
import { literal } from '../dist/store/database.js';
import { encodeValue } from '../dist/store/types.js';

const NAMESPACE = 'demo';
const statements = [];

/** A database that notes what it is told to change. */
function recording(db) {
  const note = (text, values = []) => {
    const reads = /^\s*(select|with)\b/i.test(text) && !text.includes('nextval(');
    if (reads || text.includes('$harden$') || text.startsWith('set local')) return;
    const inlined =
      values.length === 0 ? text : text.replaceAll(/\$(\d+)/g, (_all, number) => sqlLiteral(values[number - 1]));
    statements.push(
      `${inlined
        .replaceAll(/\s*\n\s*/g, '\n  ')
        .trim()
        .replace(/;$/, '')};`,
    );
  };
  return {
    dialect: db.dialect,
    query: (text, values, options) => (note(text, values), db.query(text, values, options)),
    execute: (text) => (note(text), db.execute(text)),
    transaction: (work, options) => db.transaction((tx) => work(recording(tx)), options),
    asReader: (reader, work) => db.asReader(reader, work),
    maintain: (reason) => db.maintain(reason),
    close: () => db.close(),
  };
}

function sqlLiteral(value) {
  // Which travels in binary.
  const text = value instanceof Float32Array ? encodeValue([...value]) : encodeValue(value);
  return text === null ? 'null' : literal(text);
}

function photo(name, labels) {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return {
    contentId: store.contentIdFor(NAMESPACE, sha256),
    sha256,
    mimeType: 'image/jpeg',
    sizeBytes: 4,
    name,
    labels,
    location: { uri: `file:///photos/${name}`, size: 4, mtimeNs: '1700000000123456789', inode: '42' },
  };
}

const policy = (name, output, more = {}) => ({
  graph: 'photos',
  name,
  extractor: `test/${name}`,
  extractorVersion: '1',
  askedParams: { model: 'auto' },
  params: { model: 'tiny' },
  filter: [],
  accepts: ['image/*'],
  output,
  ...more,
});

const db = recording(await store.openDatabase({ folder: 'memory://' }));
await store.migrate(db);
await store.ensureNamespace(db, NAMESPACE);
const photos = [photo('dog.jpg', { trip: 'rome' }), photo('cat.jpg', { year: 2024 })];
const [{ contentId: dog }, { contentId: cat }] = photos;
await db.transaction(async (tx) => {
  await store.saveGraph(tx, NAMESPACE, {
    name: 'photos',
    policies: [{ name: 'objects', extractor: 'test/objects', params: {}, filter: [] }],
  });
  const columns = {
    object_name: { type: 'text', language: 'en' },
    score: { type: 'real' },
    bounding_box: { type: 'box', unit: 'px' },
    taken_at: { type: 'timestamp' },
  };
  const objects = await store.addPolicyVersion(tx, NAMESPACE, policy('objects', { columns, vectors: {} }));
  const clip = await store.addPolicyVersion(
    tx,
    NAMESPACE,
    policy(
      'clip',
      { columns: {}, vectors: { embedding: { dimension: 3, metric: 'cosine' } } },
      { space: 'abc', contentSource: 'objects' },
    ),
  );
  await store.addPolicyVersion(tx, NAMESPACE, policy('objects', { columns, vectors: {} }, { waitingFor: 'a model' }));
  await store.insertContents(tx, NAMESPACE, photos);
  await store.planTasks(
    tx,
    NAMESPACE,
    [dog, cat].flatMap((contentId) =>
      [store.PICTURE_POLICY, { policyId: objects.id, version: 1 }, { policyId: clip.id, version: 1 }].map(
        (version) => ({ ...version, contentId }),
      ),
    ),
  );
  const row = {
    columns: { object_name: 'dog', score: 0.9, bounding_box: [1, 2, 3, 4], taken_at: '2024-05-01T12:00:00Z' },
    vectors: {},
  };
  await store.writeFeatures(tx, NAMESPACE, objects, [{ contentId: dog, rows: [row] }]);
  await store.writeFeatures(tx, NAMESPACE, clip, [
    { contentId: dog, rows: [{ columns: {}, vectors: { embedding: Float32Array.of(1, 0, 0) } }] },
  ]);
  await store.rebuildViews(tx, NAMESPACE);
});
await store.claimTasks(db, NAMESPACE, {
  token: 'token',
  leaseMs: 60_000,
  maxContents: 1,
  policies: [store.PICTURE_POLICY],
});
await db.close();
process.stdout.write(
  `-- Schema version ${store.SCHEMA_VERSION}, written by scripts/schema-fixture.mjs. Never edit.\n${statements.join('\n')}\n`,
);
