/**
 * Small things for tests of the store: contents, policies and vectors that are easy to check by eye.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FeatureRow, Labels, OutputSpec } from '../src/contract/index.ts';
import {
  addPolicyVersion,
  contentIdFor,
  ensureNamespace,
  insertContents,
  migrate,
  rebuildViews,
  saveGraph,
} from '../src/store/index.ts';
import type { Database, NewContent, NewPolicyVersion, PolicyRecord } from '../src/store/index.ts';
import { ensureReader } from '../src/store/reader.ts';

/** The namespace of most tests. */
export const NAMESPACE = 'demo';

/** Migrates a fresh database and makes `NAMESPACE`. */
export async function prepareStore(db: Database): Promise<Database> {
  await migrate(db);
  await ensureNamespace(db, NAMESPACE);
  return db;
}

/** Folder of the databases that released schemas wrote (`scripts/schema-fixture.mjs`). */
export const SCHEMAS = new URL('../src/store/fixtures/', import.meta.url);

/** Makes a fresh database what a release with that schema wrote: `NAMESPACE` with a dog and a cat. */
export async function loadSchema(db: Database, version: number): Promise<void> {
  const role = `fovea_reader_${NAMESPACE}`;
  const text = readFileSync(new URL(`schema-${version}.sql`, SCHEMAS), 'utf8');
  // Fixtures are written by PGlite; on PostgreSQL vectors have another type, and roles another name.
  await db.execute(text.replaceAll(role, db.dialect.role(role)).replaceAll('vector(3)', db.dialect.vectorType(3)));
  // And there roles log in.
  await ensureReader(db, { role, schema: `ns_${NAMESPACE}` });
}

/** A JPEG of 4 bytes a letter: equal `bytes` are equal contents. */
export function newContent(
  name: string,
  options: { bytes?: string; labels?: Labels; mimeType?: string; uri?: string; namespace?: string } = {},
): NewContent {
  const bytes = options.bytes ?? name;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    contentId: contentIdFor(options.namespace ?? NAMESPACE, sha256),
    sha256,
    mimeType: options.mimeType ?? 'image/jpeg',
    sizeBytes: bytes.length * 4,
    name,
    labels: options.labels ?? {},
    location: {
      uri: options.uri ?? `file:///photos/${name}`,
      size: bytes.length * 4,
      mtimeNs: '1700000000123456789',
      inode: '18446744073709551615',
    },
  };
}

/** Stores one content a name; returns the ids in that order. */
export async function addContents(db: Database, ...names: readonly string[]): Promise<string[]> {
  const contents = names.map((name) => newContent(name));
  await db.transaction((tx) => insertContents(tx, NAMESPACE, contents));
  return contents.map(({ contentId }) => contentId);
}

export const BOXES: OutputSpec = {
  columns: {
    object_name: { type: 'text' },
    score: { type: 'real', range: [0, 1] },
    x1: { type: 'real', unit: 'px' },
    y1: { type: 'real', unit: 'px' },
    x2: { type: 'real', unit: 'px' },
    y2: { type: 'real', unit: 'px' },
  },
  vectors: {},
};

/** Vectors in the plane's corner: three numbers. */
export const EMBEDDING: OutputSpec = { columns: {}, vectors: { embedding: { dimension: 3, metric: 'cosine' } } };

/** A policy of graph `photos`. */
export function newPolicy(name: string, output: OutputSpec, options: Partial<NewPolicyVersion> = {}): NewPolicyVersion {
  return {
    graph: 'photos',
    name,
    extractor: 'test/extractor',
    extractorVersion: '1',
    askedParams: { model: 'auto' },
    params: { model: 'tiny' },
    filter: [],
    accepts: ['image/*'],
    output,
    ...options,
  };
}

/** Makes graph and policies, and the views over them. */
export async function addPolicies(db: Database, ...policies: readonly NewPolicyVersion[]): Promise<PolicyRecord[]> {
  return db.transaction(async (tx) => {
    const records: PolicyRecord[] = [];
    for (const policy of policies) {
      await saveGraph(tx, NAMESPACE, {
        name: policy.graph,
        policies: [{ name: policy.name, extractor: policy.extractor, params: {}, filter: [] }],
      });
      records.push(await addPolicyVersion(tx, NAMESPACE, policy));
    }
    await rebuildViews(tx, NAMESPACE);
    return records;
  });
}

/** A detected object; the box starts at `x`. */
export function boxRow(objectName: string, score: number, x: number = 0): FeatureRow {
  return { columns: { object_name: objectName, score, x1: x, y1: 1, x2: x + 10, y2: 11 }, vectors: {} };
}

/** A row that holds a direction, made as long as 1. */
export function vectorRow(...numbers: readonly number[]): FeatureRow {
  return { columns: {}, vectors: { embedding: unit(...numbers) } };
}

/** The numbers as a vector of length 1. */
export function unit(...numbers: readonly number[]): Float32Array {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (number) => number / length);
}
