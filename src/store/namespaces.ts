/**
 * Preparing the database, and the namespaces in it: each is a schema with tables of its own and a role that reads its views.
 *
 * @module
 */
import { ConflictError, InvalidInputError, NamespaceName } from '../contract/index.ts';
import { blobsOf, unreferencedBlobs } from './blobs.ts';
import { DatabaseError, identifier } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { forgetDatasetProgress } from './dataset-progress.ts';
import { hardenSql } from './door/harden.ts';
import { FIRST_WITH_TEXTS, MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';
import { namespaceSchema, readerRole } from './names.ts';
import { missingPrivilege } from './postgres/setup-errors.ts';
import { dropReader, ensureReader } from './reader.ts';
import { fillTexts } from './text-tables.ts';
import { limitLockWait, rebuildViews } from './view-sql.ts';

export { namespaceSchema, readerRole } from './names.ts';

/** Key of the advisory lock that lets one process at a time migrate. */
export const MIGRATION_LOCK = 0x666f7665;

/**
 * Brings the schema to `SCHEMA_VERSION` and closes functions that readers must not call (`door/harden.ts`); all in one
 * transaction, safe to call from several processes at once.
 *
 * @throws ConflictError where a newer Fovea wrote the database; UnavailableError with the SQL that an administrator must run.
 */
export async function migrate(db: Database): Promise<{ from: number; to: number }> {
  return explainRights(
    () =>
      db.transaction(async (tx) => {
        await tx.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
        const from = await schemaVersion(tx);
        if (from > SCHEMA_VERSION) {
          throw new ConflictError(
            `Cannot open the database: its schema is version ${from} and this Fovea knows versions up to ${SCHEMA_VERSION}; install the Fovea that wrote it, or a newer one`,
          );
        }
        for (const step of MIGRATIONS.filter(({ version }) => version > from)) {
          const namespaces = from === 0 ? [] : await listNamespaces(tx);
          await tx.execute(step.shared);
          for (const name of namespaces) await tx.execute(step.namespace(name));
        }
        // Each time, because another program or a newer server may have opened functions again.
        await tx.execute(hardenSql());
        if (from !== SCHEMA_VERSION) {
          await tx.query(
            `insert into fovea.setting (key, value) values ('schema_version', $1::jsonb) on conflict (key) do update set value = excluded.value`,
            [String(SCHEMA_VERSION)],
          );
          // Views show what the tables have now.
          for (const name of from > 0 ? await listNamespaces(tx) : []) {
            if (from < FIRST_WITH_TEXTS) await fillTexts(tx, name);
            await rebuildViews(tx, name);
          }
        }
        return { from, to: SCHEMA_VERSION };
      }),
    'make the schema of the database',
    db,
  );
}

/** Makes a namespace with its tables, views and role; false where it was there. */
export async function ensureNamespace(db: Database, name: string): Promise<boolean> {
  const parsed = NamespaceName.safeParse(name);
  if (!parsed.success) {
    throw new InvalidInputError(
      `Cannot create namespace "${name}": it ${parsed.error.issues.map(({ message }) => message).join(' and ')}`,
    );
  }
  const known = await db.query('select 1 from fovea.namespace where name = $1', [name]);
  if (known.rows.length > 0) return false;
  return explainRights(
    () =>
      db.transaction(async (tx) => {
        // A second maker waits here for the first one's commit.
        const made = await tx.query('insert into fovea.namespace (name) values ($1) on conflict do nothing', [name]);
        if (made.affected === 0) return false;
        await tx.execute(`create schema ${identifier(namespaceSchema(name))}`);
        for (const step of MIGRATIONS) await tx.execute(step.namespace(name));
        await ensureReader(tx, { role: readerRole(name), schema: namespaceSchema(name) });
        await rebuildViews(tx, name);
        return true;
      }),
    `create namespace "${name}"`,
    db,
  );
}

/** Names in alphabetical order. */
export async function listNamespaces(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>('select name from fovea.namespace order by name');
  return rows.map(({ name }) => name);
}

/**
 * Drops a namespace with everything in it.
 *
 * @returns `orphanBlobs`: `fovea:` URIs that no other namespace refers to: bytes to delete after the commit.
 */
export async function dropNamespace(db: Database, name: string): Promise<{ dropped: boolean; orphanBlobs: string[] }> {
  return db.transaction(async (tx) => {
    const gone = await tx.query('delete from fovea.namespace where name = $1', [name]);
    if (gone.affected === 0) return { dropped: false, orphanBlobs: [] };
    await forgetDatasetProgress(tx, name);
    const blobs = await blobsOf(tx, name);
    await limitLockWait(tx);
    await tx.execute(`drop schema ${identifier(namespaceSchema(name))} cascade`);
    await dropReader(tx, readerRole(name));
    return { dropped: true, orphanBlobs: await unreferencedBlobs(tx, blobs, await listNamespaces(tx)) };
  });
}

/** Version of the schema; 0 where there is none yet. */
export async function schemaVersion(tx: Queryable): Promise<number> {
  const { rows } = await tx.query<{ exists: boolean }>(`select to_regclass('fovea.setting') is not null as exists`);
  if (rows[0]?.exists !== true) return 0;
  const setting = await tx.query<{ value: number }>(`select value from fovea.setting where key = 'schema_version'`);
  return setting.rows[0]?.value ?? 0;
}

/** Turns "permission denied" (42501) into the sentence that an administrator needs. */
export async function explainRights<T>(work: () => Promise<T>, action: string, db: Queryable): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== '42501') throw error;
    const { rows } = await db.query<{ name: string; user: string }>(
      'select current_database()::text as name, current_user::text as user',
    );
    const { name = '', user = '' } = rows[0] ?? {};
    throw missingPrivilege(action, [`grant create on database ${identifier(name)} to ${identifier(user)}`], error);
  }
}
