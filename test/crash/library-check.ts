/**
 * What must hold in a library whose server has ended in order: looked up in the database and in the folders of its home, past
 * every layer of Fovea.
 *
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as Store from '../../src/store/index.ts';
import type { Database } from '../../src/store/index.ts';

const NAMESPACE = 'default';

/** Collects faults: adds one for each row that a statement finds. */
type Look = (what: string, sql: string) => Promise<void>;

/**
 * Where every task was done, in one namespace whose policies take every content, and no file took another's place. @returns
 * Faults, as sentences; none where all is well.
 */
export async function checkLibrary(store: typeof Store, db: Database, home: string): Promise<string[]> {
  const schema = store.namespaceSchema(NAMESPACE);
  const faults = await checkNothingLeft(store, db, home);
  const look = lookInto(db, faults);
  await look(
    'one place of two contents',
    `select uri as found from ${schema}._location group by uri having count(*) > 1`,
  );
  await look(
    'a task that is not done',
    `
    select concat_ws(' ', content_id, policy_id, version, state, attempts, error) as found from ${schema}._task where state <> 'done'`,
  );
  await look(
    'a task of a version that is not in use',
    `
    select t.policy_id || '.' || t.version as found from ${schema}._task t join fovea.policy p on p.id = t.policy_id and p.version = t.version
     where p.state <> 'active' group by 1`,
  );
  await look(
    'a content without a task',
    `
    select c.content_id || ' ' || p.id as found
      from ${schema}._content c cross join (select 0 as id, 1 as version union all select id, version from fovea.policy) p
     where not exists (select 1 from ${schema}._task t where t.content_id = c.content_id and t.policy_id = p.id and t.version = p.version)`,
  );
  for (const { id, version, extractor } of await store.policiesOf(db, NAMESPACE)) {
    const table = `${schema}._p${id}_v${version}`;
    await look(
      `${extractor} is missing`,
      `
      select c.content_id::text as found from ${schema}._content c
       where not exists (select 1 from ${table} f where f.content_id = c.content_id)`,
    );
    if (extractor === 'image/phash')
      await look('hashed twice', `select content_id::text as found from ${table} group by 1 having count(*) > 1`);
  }
  return faults;
}

/** Rows and files without an owner, in any namespace, whatever is left to do. @returns Faults, as sentences. */
export async function checkNothingLeft(store: typeof Store, db: Database, home: string): Promise<string[]> {
  const faults: string[] = [];
  const ids = new Set<string>();
  const hashes = new Set<string>();
  for (const namespace of await store.listNamespaces(db)) {
    const schema = store.namespaceSchema(namespace);
    await checkOwners(lookInto(db, faults), schema);
    await checkTables(lookInto(db, faults), schema, await store.policiesOf(db, namespace));
    for (const id of await column(db, `select content_id::text as found from ${schema}._content`)) ids.add(id);
    const uris = await column(db, `select uri as found from ${schema}._location where uri like 'fovea:%'`);
    for (const uri of uris) hashes.add(uri.slice('fovea:'.length));
  }
  return [...faults, ...checkFiles(home, ids, hashes)];
}

function lookInto(db: Database, faults: string[]): Look {
  return async (what, sql) => {
    for (const found of await column(db, sql)) faults.push(`${what}: ${found}`);
  };
}

async function checkOwners(look: Look, schema: string): Promise<void> {
  await look(
    'a content has no location',
    `
    select c.content_id || ' ' || c.name as found from ${schema}._content c
     where not exists (select 1 from ${schema}._location l where l.content_id = c.content_id)`,
  );
  await look(
    'a location of a content that is gone',
    `
    select uri as found from ${schema}._location l
     where not exists (select 1 from ${schema}._content c where c.content_id = l.content_id)`,
  );
  await look(
    'one place of two contents that lie there',
    `select uri as found from ${schema}._location where state = 'present' group by uri having count(*) > 1`,
  );
  await look('one picture twice', `select sha256 as found from ${schema}._content group by sha256 having count(*) > 1`);
  await look(
    'a task of a content that is gone',
    `
    select t.content_id || ' ' || t.policy_id as found from ${schema}._task t
     where not exists (select 1 from ${schema}._content c where c.content_id = t.content_id)`,
  );
  await look(
    'a task without a policy',
    `
    select t.policy_id || '.' || t.version as found from ${schema}._task t left join fovea.policy p on p.id = t.policy_id and p.version = t.version
     where t.policy_id <> 0 and p.id is null group by 1`,
  );
}

async function checkTables(
  look: Look,
  schema: string,
  policies: readonly { readonly id: number; readonly version: number; readonly extractor: string }[],
): Promise<void> {
  const tables = policies.map(({ id, version }) => `_p${id}_v${version}`);
  await look(
    'a table without a policy',
    `
    select tablename as found from pg_tables where schemaname = '${schema}' and tablename ~ '^_p\\d+_v\\d+$'
       and tablename <> all (array[${tables.map((table) => `'${table}'`).join(', ')}]::text[])`,
  );
  for (const { id, version, extractor } of policies) {
    const table = `${schema}._p${id}_v${version}`;
    await look(
      `${extractor} of a content that is gone`,
      `
      select f.content_id::text as found from ${table} f
       where not exists (select 1 from ${schema}._content c where c.content_id = f.content_id)`,
    );
  }
}

function checkFiles(home: string, ids: ReadonlySet<string>, hashes: ReadonlySet<string>): string[] {
  const blobs = filesBelow(join(home, 'blobs'));
  const thumbnails = filesBelow(join(home, 'thumbnails'));
  return [
    ...blobs.filter((name) => !hashes.has(name)).map((name) => `stored bytes that nobody needs: ${name}`),
    ...[...hashes].filter((hash) => !blobs.includes(hash)).map((hash) => `stored bytes are gone: ${hash}`),
    ...thumbnails.filter((name) => !ids.has(name.slice(0, 36))).map((name) => `a thumbnail that nobody needs: ${name}`),
  ];
}

/** Names of all files at any depth. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

async function column(db: Database, sql: string): Promise<string[]> {
  const { rows } = await db.query<{ found: string }>(sql);
  return rows.map(({ found }) => found);
}
