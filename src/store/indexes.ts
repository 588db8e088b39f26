/**
 * Indexes: the searchable vector columns, and the HNSW graphs over those that are large.
 *
 * @module
 */
import type { IndexInfo } from '../contract/index.ts';
import { DatabaseError, identifier } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { indexName } from '../contract/index.ts';
import { namespaceSchema, policyTable, policyTableName } from './names.ts';
import { policiesOf, versionOf } from './policy-rows.ts';
import type { VectorIndex } from './records.ts';
import { tableBytes } from './table-sizes.ts';

/** Indexes of active policies; their rows are counted, which reads whole tables: for people, not for every search. */
export async function listIndexes(db: Queryable, namespace: string): Promise<IndexInfo[]> {
  const indexes: IndexInfo[] = [];
  const searchable = (await policiesOf(db, namespace)).filter(
    ({ state, output }) => state === 'active' && Object.keys(output.vectors).length > 0,
  );
  const bytes = await tableBytes(
    db,
    namespace,
    searchable.map((policy) => policyTableName(versionOf(policy))),
  );
  for (const policy of searchable) {
    const vectors = Object.entries(policy.output.vectors);
    const version = versionOf(policy);
    const { rows } = await db.query<{ rows: number }>(
      `select count(*) as rows from ${policyTable(namespace, version)}`,
    );
    for (const [output, { dimension, metric }] of vectors) {
      indexes.push({
        name: indexName(policy.graph, policy.name, output),
        graph: policy.graph,
        policy: policy.name,
        output,
        dimension,
        metric,
        rows: rows[0]?.rows ?? 0,
        space: policy.space ?? '',
        model: policy.model ?? null,
        hnsw: await hasHnsw(db, namespace, { ...version, output, dimension }),
        bytes: bytes.get(policyTableName(version)) ?? 0,
      });
    }
  }
  return indexes;
}

/** Whether a complete HNSW index lies over the column. */
export async function hasHnsw(db: Queryable, namespace: string, index: VectorIndex): Promise<boolean> {
  const { rows } = await db.query(
    `select 1 from pg_index i
       join pg_class x on x.oid = i.indexrelid
       join pg_namespace n on n.oid = x.relnamespace
      where n.nspname = $1 and x.relname = $2 and i.indisvalid`,
    [namespaceSchema(namespace), hnswName(index)],
  );
  return rows.length > 0;
}

/**
 * Builds the HNSW index in bulk: about 1 ms a row, a tenth of inserting into a live one. Writes to the policy's table wait
 * meanwhile, and on PGlite everything does. Nothing happens where it is there. `maintain('index')` should follow.
 */
export async function buildHnsw(db: Database, namespace: string, index: VectorIndex): Promise<void> {
  try {
    await build(db, namespace, index, '');
  } catch (error) {
    // Parallel workers share memory in /dev/shm, which containers keep small.
    if (!(error instanceof DatabaseError && error.sqlState === '53100')) throw error;
    await build(db, namespace, index, 'set local max_parallel_maintenance_workers = 0;');
  }
}

/** Before a bulk back-fill: loading without it and building it anew is faster (rule S10). */
export async function dropHnsw(db: Queryable, namespace: string, index: VectorIndex): Promise<void> {
  await db.execute(`drop index if exists ${identifier(namespaceSchema(namespace))}.${identifier(hnswName(index))}`);
}

async function build(db: Database, namespace: string, index: VectorIndex, settings: string): Promise<void> {
  const table = policyTable(namespace, index);
  await db.transaction(async (tx) => {
    const { rows } = await tx.query<{ rows: number }>(`select count(*) as rows from ${table}`);
    await tx.execute(
      `set local maintenance_work_mem = '${buildMemoryMb(rows[0]?.rows ?? 0, index.dimension, tx.dialect.name)}MB'; ${settings}
       create index if not exists ${identifier(hnswName(index))} on ${table} using hnsw (${identifier(index.output)} ${tx.dialect.vectorOps})`,
    );
  });
}

/** PostgreSQL cuts names at 63 bytes. */
function hnswName(index: VectorIndex): string {
  return `${policyTableName(index)}_hnsw_${index.output}`.slice(0, 63);
}

/** What one row takes in the graph while it is built, beyond its vector: neighbours of 16 and 32, headers. */
const GRAPH_BYTES_PER_ROW = 400;

/** The graph must fit, or the build takes 2.6 times as long. PGlite has 1 GiB for everything. */
function buildMemoryMb(rows: number, dimension: number, dialect: 'pglite' | 'postgres'): number {
  const bytesPerNumber = dialect === 'pglite' ? 4 : 2;
  const needed = Math.ceil((rows * (dimension * bytesPerNumber + GRAPH_BYTES_PER_ROW) * 1.2) / 2 ** 20);
  return Math.min(Math.max(needed, 64), dialect === 'pglite' ? 384 : 8192);
}
