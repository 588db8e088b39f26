/**
 * The SQL role of a namespace: may log in (PostgreSQL), may read what is granted to it, and nothing else.
 *
 * On PostgreSQL it is a user of its own, since a transaction of the owner under `SET LOCAL ROLE` is no border: one SELECT
 * leaves it by `set_config`. Its password is derived from one secret a database, in `fovea.setting`, which only the owner
 * can read, so that every server of the database knows it:
 *
 *     password = HMAC-SHA256(secret, role)
 *
 * @module
 */
import { createHmac, randomBytes } from 'node:crypto';
import { DatabaseError, identifier, literal, type Queryable } from './database.ts';
import { missingPrivilege } from './postgres/setup-errors.ts';

/** Row of `fovea.setting` that holds the secret, a JSON text. */
const READER_SECRET = 'reader_secret';

/**
 * Connections that the role may have. Some functions look for no signal while they work (`strpos` in a text of 10 MB):
 * the server leaves such a statement after its time, and its backend goes on. No more than this go on at a time.
 */
const MAX_CONNECTIONS = 16;

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
  const role = identifier(db.dialect.role(reader.role));
  const exists = await roleExists(db, reader.role);
  if (db.dialect.name === 'postgres') await ensureLogin(db, reader.role, exists);
  else if (!exists) await db.execute(`create role ${role} nologin`);
  await db.execute(`grant usage on schema ${identifier(reader.schema)}, public to ${role}`);
}

/** Drops the role, which need not exist; its schema must be gone. */
export async function dropReader(db: Queryable, name: string): Promise<void> {
  if (!(await roleExists(db, name))) return;
  const role = identifier(db.dialect.role(name));
  await db.execute(`drop owned by ${role}; drop role ${role}`);
}

/** What the role logs in with; PostgreSQL only. */
export async function readerPassword(db: Queryable, name: string): Promise<string> {
  const { rows } = await db.query<{ secret: string }>(
    `select value #>> '{}' as secret from fovea.setting where key = $1`,
    [READER_SECRET],
  );
  const [row] = rows;
  if (row === undefined)
    throw new Error('Cannot log in as a reader: ensureReader() has made none in this database yet');
  return createHmac('sha256', row.secret).update(db.dialect.role(name)).digest('hex');
}

async function roleExists(db: Queryable, name: string): Promise<boolean> {
  const { rows } = await db.query('select 1 from pg_roles where rolname = $1', [db.dialect.role(name)]);
  return rows.length > 0;
}

/** The owner joins the role, so that it may cancel what the role runs. A role that was left over gets the new password. */
async function ensureLogin(db: Queryable, name: string, exists: boolean): Promise<void> {
  await db.query(
    `insert into fovea.setting (key, value) values ($1, to_jsonb($2::text)) on conflict (key) do nothing`,
    [READER_SECRET, randomBytes(32).toString('hex')],
  );
  const { rows } = await db.query<{ user: string }>('select current_user::text as user');
  const user = identifier(rows[0]?.user ?? '');
  const role = identifier(db.dialect.role(name));
  const password = literal(await readerPassword(db, name));
  try {
    await db.execute(`${exists ? 'alter' : 'create'} role ${role} login connection limit ${MAX_CONNECTIONS} password ${password};
      alter role ${role} set default_transaction_read_only = on;
      grant ${role} to ${user}`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.sqlState !== '42501') throw error;
    throw missingPrivilege('make the SQL user of a namespace', [`alter role ${user} createrole`], error);
  }
}
