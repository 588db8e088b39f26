/**
 * The second wall behind the gate: PUBLIC, and so the readers' roles, loses the right to call functions that leave the
 * border of a role (`query_to_xml` after `set_config('role', …)`), wait, lock, signal, or touch files.
 *
 * Functions only their owner or a superuser may close. For anybody else the statement closes nothing and fails nothing;
 * `OPEN_FUNCTIONS_SQL` tells what is still open. A database of Fovea is its own: other programs in it lose these rights too.
 * `nextval`, `setval` and `current_setting` stay open: the rights on sequences and settings guard them, and column
 * defaults need the first.
 *
 * @module
 */
import { identifier, literal } from '../database.ts';

/** Names of functions of `pg_catalog`, all overloads; `%` stands for any ending. */
const CLOSED_FUNCTIONS: readonly string[] = [
  // run SQL given as text, with the rights of the role that is set at that moment
  'query_to_xml%',
  'table_to_xml%',
  'schema_to_xml%',
  'database_to_xml%',
  'cursor_to_xml%',
  'ts_stat',
  'ts_rewrite',
  // change the session: role, time limit, search path
  'set_config',
  // wait, lock, signal, tell
  'pg_sleep%',
  'pg_advisory%',
  'pg_try_advisory%',
  'pg_cancel_backend',
  'pg_terminate_backend',
  'pg_notify',
  'pg_notification_queue_usage',
  // files and large objects
  'pg_read%file%',
  'pg_ls%',
  'pg_stat_file%',
  'lo_%',
  'loread',
  'lowrite',
  // transactions and the log
  'txid_current',
  'pg_current_xact_id',
  'pg_export_snapshot',
  'pg_logical_emit_message',
  // definitions of what the role can't see
  'pg_get_%def',
];

/** A pattern of LIKE in which only `%` is special. */
const patterns = CLOSED_FUNCTIONS.map((name) => literal(name.replaceAll('_', String.raw`\_`))).join(', ');

const OPEN = `
  select p.oid, p.proowner, p.oid::regprocedure::text as name
    from pg_catalog.pg_proc p
   where p.pronamespace = 'pg_catalog'::regnamespace
     and p.proname like any (array[${patterns}])
     and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                  where a.grantee = 0 and a.privilege_type = 'EXECUTE')`;

/** Lists, as `name`, the functions that PUBLIC may still call. */
export const OPEN_FUNCTIONS_SQL: string = `select name from (${OPEN}) open_function order by name`;

/**
 * SQL that closes the functions, once or again.
 *
 * @param role Fovea's own role where that isn't who runs this: it keeps the right. Default the current user.
 */
export function hardenSql(role?: string): string {
  const keeper = literal(role === undefined ? 'current_user' : identifier(role));
  return `
do $harden$
declare f record;
begin
  for f in ${OPEN} and pg_has_role(p.proowner, 'usage') loop
    execute format('grant execute on function %s to %s', f.name, ${keeper});
    execute format('revoke execute on function %s from public', f.name);
  end loop;
end $harden$;
revoke create on schema public from public;
`;
}
