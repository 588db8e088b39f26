/**
 * API keys: what each is for, and the hash that it is known by. Those of a namespace go with it.
 *
 * @module
 */
import type { ApiKey } from '../contract/index.ts';
import { NotFoundError } from '../contract/index.ts';
import { DatabaseError } from './database.ts';
import type { Queryable } from './database.ts';
import { listNamespaces } from './namespaces.ts';

/** A key as it stands in the database. */
export interface ApiKeyRecord extends ApiKey {
  /** Of the whole key, hex. */
  readonly sha256: string;
}

const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Stores a key.
 *
 * @throws NotFoundError for a namespace that is not there.
 */
export async function insertApiKey(db: Queryable, key: Omit<ApiKeyRecord, 'createdAt'>): Promise<ApiKey> {
  try {
    const { rows } = await db.query<ApiKey>(
      `insert into fovea.api_key (id, name, namespace, access, sha256) values ($1, $2, $3, $4, $5)
       returning id, name, namespace, access, created_at as "createdAt"`,
      [key.id, key.name, key.namespace, key.access, key.sha256],
    );
    const [stored] = rows;
    if (stored === undefined) throw new TypeError('an insert returned no row');
    return stored;
  } catch (error) {
    if (key.namespace === null || !(error instanceof DatabaseError) || error.sqlState !== FOREIGN_KEY_VIOLATION)
      throw error;
    throw new NotFoundError('namespace', key.namespace, await listNamespaces(db));
  }
}

/** Oldest first. */
export async function listApiKeys(db: Queryable): Promise<ApiKeyRecord[]> {
  const { rows } = await db.query<ApiKeyRecord>(
    `select id, name, namespace, access, created_at as "createdAt", sha256 from fovea.api_key order by created_at, id`,
  );
  return rows;
}

/** @throws NotFoundError for a key that is not there. */
export async function deleteApiKey(db: Queryable, id: string): Promise<void> {
  const { affected } = await db.query('delete from fovea.api_key where id = $1', [id]);
  if (affected > 0) return;
  throw new NotFoundError(
    'key',
    id,
    (await listApiKeys(db)).map((key) => key.id),
  );
}
