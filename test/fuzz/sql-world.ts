/**
 * A database with secrets in it, for attacks on the SQL door: what there is to attack, how to tell that a secret came
 * out, and how to tell that anything was changed.
 *
 * @module
 */
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifier, literal, type Database } from '../../src/store/database.ts';

export type ViewColumns = Readonly<Record<'text' | 'number' | 'other', readonly string[]>>;

/** What statements are made of. */
export interface World {
  /** Schema of the attacker's namespace. */
  readonly schema: string;
  /** Another namespace's schema, whose name the attacker knows. */
  readonly other: string;
  readonly views: readonly string[];
  /** Indexes that `embed()` may name. */
  readonly indexes: readonly string[];
  /** Columns of each view by a rough type. */
  readonly columns: Readonly<Record<string, ViewColumns>>;
  /** Names of every function of the database. */
  readonly functions: readonly string[];
  /** Names of every type, those of tables among them. */
  readonly types: readonly string[];
  /** Names of every operator. */
  readonly operators: readonly string[];
  /** Every table and view that is not the attacker's, with its schema. */
  readonly relations: readonly string[];
  /** Numbers of the other namespaces' tables and types, of roles and large objects. */
  readonly oids: readonly number[];
  /** A file with a secret, as the database's machine has it. */
  readonly file: string;
  /** A path that must not come to be. */
  readonly write: string;
}

/** A secret, and the forms in which it may come out. */
export interface Canary {
  readonly token: string;
  /** Whether this text holds the secret: as it is, backwards, in hexadecimal or base64. */
  leaks(text: string): boolean;
}

/** A secret of twelve digits, so that no change of case hides it. */
export function makeCanary(digits: string): Canary {
  const bytes = Buffer.from(digits);
  const needles = [
    digits,
    [...digits].toReversed().join(''),
    bytes.toString('hex'),
    // Base64 of a part depends on where in the whole it starts; its middle is the same.
    ...[0, 1, 2].map((pad) =>
      Buffer.concat([Buffer.alloc(pad), bytes])
        .toString('base64')
        .replaceAll('=', '')
        .slice(pad === 0 ? 0 : 4, -2),
    ),
  ];
  return { token: digits, leaks: (text) => needles.some((needle) => text.includes(needle)) };
}

export interface PlantOptions {
  /** The attacker's namespace, which exists with contents. */
  readonly schema: string;
  /** Another one, which exists. */
  readonly other: string;
  /** A folder of the test's own. */
  readonly folder: string;
  /** Folder of the database's files, where it can be written to. */
  readonly dataFolder?: string | undefined;
}

/** Hides the secret everywhere outside the namespace's views. `fovea.*` and both namespaces must exist. */
export async function plantCanary(db: Database, { token }: Canary, options: PlantOptions): Promise<void> {
  const { schema, other, folder, dataFolder } = options;
  const secret = literal(token);
  // A namespace whose very name is a secret: nobody may learn that it is there.
  const unknown = identifier(`ns_c${token}`);
  await db.execute(`
    create schema ${unknown};
    create table ${unknown}._content (name text);
    insert into ${unknown}._content values (${secret});
    create table ${identifier(other)}.secret (s text);
    insert into ${identifier(other)}.secret values (${secret});
    create function ${identifier(other)}.canary_function() returns text language sql as $f$ select ${secret} $f$;
    create function public.canary_function() returns text language sql as $f$ select ${secret} $f$;
    create table public.canary (secret text);
    insert into public.canary values (${secret});
    create table ${identifier(schema)}._hidden (secret text);
    insert into ${identifier(schema)}._hidden values (${secret});
    insert into fovea.setting (key, value) values ('canary', to_jsonb(${secret}::text));
    create role ${identifier(`canary_${token}`)};
    comment on role ${identifier(`canary_${token}`)} is ${secret};
    select lo_from_bytea(0, ${secret}::bytea);
    do $d$ begin execute format('alter database %I set fovea.canary = ${token}', current_database()); end $d$;
    analyze;
    checkpoint`);
  if (db.dialect.name === 'pglite') await db.execute(`set fovea.canary = ${secret}`);
  mkdirSync(join(folder, 'written'), { recursive: true });
  chmodSync(join(folder, 'written'), 0o777);
  writeFileSync(join(folder, 'canary.txt'), token);
  chmodSync(join(folder, 'canary.txt'), 0o644);
  if (dataFolder !== undefined) writeFileSync(join(dataFolder, 'canary.txt'), token, { mode: 0o644 });
}

/** Removes what lies outside the database that was planted into. */
export async function removeCanary(db: Database, { token }: Canary): Promise<void> {
  await db.execute(`drop role if exists ${identifier(`canary_${token}`)}`);
}

/** Files that attacks wrote. */
export function writtenFiles(folder: string): string[] {
  return readdirSync(join(folder, 'written'));
}

/** Reads what there is to attack. Names that hold the secret are left out: an attacker who knows them has it already. */
export async function readWorld(
  db: Database,
  { token }: Canary,
  { schema, other, folder }: Omit<PlantOptions, 'dataFolder'>,
  views: readonly string[],
): Promise<World> {
  const names = async (sql: string): Promise<string[]> => {
    const { rows } = await db.query<{ name: string }>(sql);
    return rows.map(({ name }) => name).filter((name) => !name.includes(token));
  };
  const columns = await db.query<{ view: string; name: string; type: string }>(
    `select relname::text as view, attname::text as name, format_type(atttypid, null) as type
       from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
      where nspname = $1 and relname = any ($2::text[]) and attnum > 0 order by 1, 2`,
    [schema, views],
  );
  const columnsOf = (view: string): ViewColumns => {
    const ofType = (wanted: RegExp): string[] =>
      columns.rows.filter((row) => row.view === view && wanted.test(row.type)).map(({ name }) => name);
    return {
      text: ofType(/^text/),
      number: ofType(/^(integer|bigint|real|double|numeric)/),
      other: ofType(/^(?!text|integer|bigint|real|double|numeric)/),
    };
  };
  const oids = await db.query<{ oid: number }>(
    `select c.oid::bigint as oid from pg_class c join pg_namespace n on n.oid = relnamespace where nspname !~ '^pg_|^information'
     union select t.oid::bigint from pg_type t join pg_namespace n on n.oid = typnamespace where nspname !~ '^pg_|^information'
     union select oid::bigint from pg_roles union select oid::bigint from pg_largeobject_metadata
     union select oid::bigint from pg_namespace order by 1`,
  );
  return {
    schema,
    other,
    views,
    indexes: columns.rows
      .filter(({ type }) => /vec/.test(type) && type !== 'tsvector')
      .map(({ view, name }) => `${view}.${name}`),
    columns: Object.fromEntries(views.map((view) => [view, columnsOf(view)])),
    functions: await names(`select distinct proname::text as name from pg_proc order by 1`),
    types: await names(
      `select distinct case when n.nspname = 'pg_catalog' then t.typname::text else format('%I.%I', n.nspname, t.typname) end as name
         from pg_type t join pg_namespace n on n.oid = typnamespace order by 1`,
    ),
    operators: await names(`select distinct oprname::text as name from pg_operator order by 1`),
    relations: await names(
      `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
        where relkind in ('r', 'v', 'm', 'S', 't') and not (nspname = ${literal(schema)} and relname = any (array[${views.map(literal).join(', ')}]))
        order by 1`,
    ),
    oids: oids.rows.map(({ oid }) => oid),
    file: join(folder, 'canary.txt'),
    write: join(folder, 'written', 'file'),
  };
}

/** The roles of this database, and those that attacks would make: others belong to whoever else uses the server. */
const ROLES = `select oid from pg_authid
  where rolname ~ ('_' || (select oid from pg_database where datname = current_database()) || '$')
     or rolname = current_user or rolname ~ '^(canary_|mallory)'`;

/** Catalogs by what in them only a statement of somebody changes, not the database by itself. */
const CATALOGS: Readonly<Record<string, string>> = {
  pg_class:
    "select relnamespace, relname, relkind, relowner, relacl::text, reloptions::text from pg_class where relnamespace <> 'pg_toast'::regnamespace",
  pg_proc: 'select pronamespace, proname, proowner, prosrc, proacl::text from pg_proc',
  pg_authid: `select rolname, rolsuper, rolcanlogin, rolcreaterole, rolpassword, rolconnlimit from pg_authid where oid in (${ROLES})`,
  pg_auth_members: `select roleid, member from pg_auth_members where roleid in (${ROLES})`,
  pg_namespace: 'select nspname, nspowner, nspacl::text from pg_namespace',
  pg_type: 'select typname, typnamespace, typowner from pg_type',
  pg_db_role_setting: `select setdatabase, setrole, setconfig::text from pg_db_role_setting
    where setdatabase = (select oid from pg_database where datname = current_database()) or setrole in (${ROLES})`,
  pg_largeobject: 'select loid, pageno, data from pg_largeobject',
  pg_largeobject_metadata: 'select oid, lomowner, lomacl::text from pg_largeobject_metadata',
  pg_extension: 'select extname, extversion from pg_extension',
  pg_trigger: 'select tgname, tgrelid from pg_trigger',
  pg_description: 'select objoid, classoid, objsubid, description from pg_description',
  pg_prepared_xacts: 'select gid from pg_prepared_xacts where database = current_database()',
  session: `select current_user, session_user, current_schemas(true), current_setting('role'), current_setting('search_path'),
    current_setting('default_transaction_read_only')`,
};

/** A checksum of each table's rows, of the sequences and of the catalogs: equal before and after, nothing was written. */
export async function fingerprint(db: Database): Promise<Record<string, string>> {
  const { rows } = await db.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
      where relkind in ('r', 'S', 'm') and nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
  );
  const queries = [
    ...rows.map(({ name }): [string, string] => [name, `select * from ${name}`]),
    ...Object.entries(CATALOGS),
  ];
  const sums: Record<string, string> = {};
  for (const [name, query] of queries) {
    const sum = await db.query<{ sum: string | null }>(
      `select md5(string_agg(r::text, E'\\n' order by r::text collate "C")) as sum from (${query}) r`,
    );
    sums[name] = sum.rows[0]?.sum ?? 'empty';
  }
  return sums;
}
