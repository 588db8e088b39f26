/**
 * The SQL role of a namespace: may log in (PostgreSQL), may read what is granted to it, and nothing else.
 *
 * Its password is derived from one secret a database, in `fovea.setting`, which only the owner can read:
 *
 *     password = HMAC-SHA256(secret, role)
 *
 * @module
 */
import { createHmac, randomBytes } from 'node:crypto';
import { DatabaseError, identifier, literal, type Queryable } from './database.ts';
import { missingPrivilege } from './postgres/setup-errors.ts';

/** Row of `fovea.setting` that holds the secret, a JSON text. */
export const READER_SECRET = 'reader_secret';

export interface Reader {
  /** Name of the role, without what the dialect appends to it. */
  readonly role: string;
  /** Schema of its views. */
  readonly schema: string;
}

/**
 * Makes the role of a namespace where it is missing, and lets it use the schema; granting it the views is the caller's.
 * Run it inside the transaction that makes the schema. `fovea.setting` must exist.
 *
 * @throws UnavailableError with the SQL for an administrator where this user may not make roles.
 */
export async function ensureReader(db: Queryable, reader: Reader): Promise<void> {
  const role = db.dialect.role(reader.role);
  if (!(await roleExists(db, role))) await createRole(db, reader.role);
  await db.execute(`grant usage on schema ${identifier(reader.schema)}, public to ${identifier(role)}`);
}

/** Drops the role; its schema must be gone. */
export async function dropReader(db: Queryable, name: string): Promise<void> {
  const role = db.dialect.role(name);
  if (!(await roleExists(db, role))) return;
  await db.execute(`drop owned by ${identifier(role)}; drop role ${identifier(role)}`);
}

/** What the role logs in with. */
export async function readerPassword(db: Queryable, name: string): Promise<string> {
  const { rows } = await db.query<{ secret: string }>(
    `select value #>> '{}' as secret from fovea.setting where key = $1`,
    [READER_SECRET],
  );
  const secret = rows[0]?.secret;
  if (secret === undefined)
    throw new Error('Cannot log in as a reader: fovea.setting holds no secret yet, ensureReader() makes it');
  return createHmac('sha256', secret).update(db.dialect.role(name)).digest('hex');
}

async function roleExists(db: Queryable, role: string): Promise<boolean> {
  const { rows } = await db.query('select 1 from pg_roles where rolname = $1', [role]);
  return rows.length > 0;
}

async function createRole(db: Queryable, name: string): Promise<void> {
  const role = identifier(db.dialect.role(name));
  if (db.dialect.name === 'pglite') {
    await db.execute(`create role ${role} nologin`);
    return;
  }
  await db.query(
    `insert into fovea.setting (key, value) values ($1, to_jsonb($2::text)) on conflict (key) do nothing`,
    [READER_SECRET, randomBytes(32).toString('hex')],
  );
  const password = await readerPassword(db, name);
  try {
    await db.execute(`create role ${role} login password ${literal(password)};
      alter role ${role} set default_transaction_read_only = on;
      grant ${role} to current_user`);
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlState === '42501') {
      const { rows } = await db
        .query<{ user: string }>('select current_user::text as user')
        .catch(() => ({ rows: [] }));
      throw missingPrivilege(
        'make the SQL role of a namespace',
        [`alter role ${identifier(rows[0]?.user ?? 'fovea')} createrole`],
        error,
      );
    }
    throw error;
  }
}
