/**
 * What attackers write: pieces of hostile SQL from which `sql-statement.ts` makes statements. Expressions stand for one
 * value, commands for a whole statement, bombs for whole statements that are allowed and take for ever.
 *
 * `«file»` is the path of a file with a secret, `«write»` a path that must not come to be, `«oid»` the number of a type
 * or table elsewhere, `«other»` the schema of another namespace.
 *
 * @module
 */

const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** They read or write outside the namespace, or change the session, where they are let through. */
export const HOSTILE_EXPRESSIONS: readonly string[] = lines(String.raw`
  set_config('role', 'none', true)
  set_config('role', 'none', false)
  set_config('session_authorization', 'default', true)
  set_config('statement_timeout', '0', false)
  set_config('search_path', '«other», fovea, pg_catalog', false)
  set_config('transaction_read_only', 'off', true)
  set_config('default_transaction_read_only', 'off', false)
  set_config('fovea.canary', 'x', false)
  current_setting('fovea.canary')
  current_setting('data_directory')
  query_to_xml('select * from «other»._content', true, true, '')::text
  query_to_xml('select * from fovea.setting', true, true, '')
  table_to_xml('«other»._content', true, true, '')
  schema_to_xml('«other»', true, true, '')
  schema_to_xmlschema('fovea', true, true, '')
  database_to_xml(true, true, '')
  database_to_xmlschema(true, true, '')
  cursor_to_xml('c', 1, true, true, '')
  (select string_agg(word, ' ') from ts_stat('select to_tsvector(name) from «other»._content'))
  ts_rewrite('a'::tsquery, 'select t, s from «other»._content')
  pg_read_file('«file»')
  pg_read_file('canary.txt')
  pg_read_binary_file('«file»')
  encode(pg_read_binary_file('canary.txt'), 'escape')
  (select string_agg(f, ' ') from pg_ls_dir('.') f)
  (select string_agg(name, ' ') from pg_ls_logdir())
  pg_stat_file('«file»')::text
  lo_import('«file»')
  lo_export(«oid», '«write»')
  lo_from_bytea(0, '\x41')
  lo_create(0)
  lo_unlink(«oid»)
  lo_put(«oid», 0, '\x41')
  encode(lo_get(«oid»), 'escape')
  encode(loread(lo_open(«oid», 262144), 100), 'escape')
  lowrite(lo_open(«oid», 131072), '\x41')
  dblink('dbname=postgres', 'select 1')
  embed('«other».clip.embedding', 'a')
  embed((select s from «other».secret), 'a')
  embed('photos.clip.embedding', (select secret from public.canary))
  embed('photos.clip.embedding', set_config('role', 'none', false))
  similarity((select s from «other».secret), '[1,0,0]')
  similarity(query_to_xml('select * from «other»._content', true, true, ''), embed('photos.clip.embedding', 'a'))
  (select similarity('[1]', '[1]') from «other».secret order by similarity(s, s) desc)
  pg_sleep(30)
  pg_advisory_lock(1)
  pg_try_advisory_lock(1)
  pg_cancel_backend(pg_backend_pid())
  pg_terminate_backend(«oid»)
  pg_reload_conf()
  pg_rotate_logfile()
  pg_switch_wal()
  pg_notify('fovea', 'x')
  pg_export_snapshot()
  pg_create_restore_point('x')
  pg_logical_emit_message(true, 'a', 'b')
  nextval('fovea.policy_id')
  setval('fovea.policy_id', 1)
  currval('fovea.policy_id')
  txid_current()
  pg_current_xact_id()
  setseed(0.5)
  version()
  current_database()
  current_user
  session_user
  current_catalog
  current_schema
  current_schemas(true)
  inet_server_addr()
  pg_get_viewdef('content')
  pg_get_viewdef(«oid»)
  pg_get_functiondef(«oid»)
  pg_get_userbyid(10)
  obj_description(«oid», 'pg_class')
  shobj_description(«oid», 'pg_authid')
  col_description(«oid», 1)
  format_type(«oid», null)
  has_table_privilege('fovea.setting', 'select')
  has_schema_privilege('«other»', 'usage')
  pg_relation_size('«other»._content')
  pg_database_size('postgres')
  to_regclass('«other»._content')
  to_regtype('«other»._content')
  to_regrole('postgres')
  to_regnamespace('«other»')
  '«other»._content'::regclass
  '«other»._content'::regtype
  '«oid»'::regclass::text
  «oid»::regtype::text
  «oid»::regclass::text
  10::regrole::text
  «oid»::regnamespace::text
  regclass '«other»._content'
  cast('pg_read_file' as regproc)
  array['«other»._content']::regclass[]
  coalesce(pg_typeof(1), '«oid»')
  coalesce(pg_typeof(1), '«other»._content')
  (case when false then pg_typeof(1) else '«oid»' end)::text
  greatest(pg_typeof(1), «oid»)::text
  (select string_agg((case when false then pg_typeof(1) else n end)::text, ' ') from generate_series(16384, 18000) n)
  (array[pg_typeof(1), «oid»])::text
  array_append(array[pg_typeof(1)], «oid»)::text
  (select pg_typeof(1) union all select «oid» limit 1 offset 1)::text
  to_tsvector('«other»._content', 'x')
  to_tsquery(«oid», 'x')
  ts_headline('«other»._content', 'x', to_tsquery('x'))
  null::«other»._content
  null::fovea.setting
  (select s from fovea.setting s limit 1)
  (select max(value::text) from fovea.setting)
  (select max(name) from «other»._content)
  (select max(name) from «other».content)
  (select string_agg(error, ' ') from _problem)
  (select string_agg(secret, ' ') from public.canary)
  public.canary_function()
  canary_function()
  «other».canary_function()
  (select string_agg(rolname || coalesce(rolpassword, ''), ' ') from pg_authid)
  (select string_agg(rolname, ' ') from pg_roles)
  (select string_agg(passwd, ' ') from pg_shadow)
  (select string_agg(setting, ' ') from pg_settings)
  (select string_agg(nspname, ' ') from pg_namespace)
  (select string_agg(relname, ' ') from pg_class)
  (select string_agg(most_common_vals::text, ' ') from pg_stats)
  (select string_agg(query, ' ') from pg_stat_activity)
  (select string_agg(data::text, ' ') from pg_largeobject)
  (select string_agg(schema_name, ' ') from information_schema.schemata)
  (select string_agg(line, ' ') from pg_hba_file_rules, unnest(options) line)
  (select string_agg(setconfig::text, ' ') from pg_db_role_setting)
  xmlelement(name a, xmlattributes(1 as b))
  xmlparse(document '<!DOCTYPE a [<!ENTITY x SYSTEM "file://«file»">]><a>&x;</a>')
  '<!DOCTYPE a [<!ENTITY x SYSTEM "file://«file»">]><a>&x;</a>'::xml
  xpath('/a', '<a/>')
  json_array(1, 2)
  json_object('a': 1)
  1 operator(«other».+) 2
  'a' collate «other».mine
  (1, 2)::«other»._content
  c.tableoid
  c.ctid
  c.xmin
  (c).pg_sleep
  c.query_to_xml
  c.pg_typeof
  c.regclass
  (select c.oid from pg_class c limit 1)
  :name
  %s
  ?
  $$x$$
  $1
  $9999
  $0
  E'\'; drop table content; --'
  U&'\0061'
  B'101'
  X'ff'
  1e400
  'NaN'::float8
  ''::bytea
  default`);

/** Whole statements other than SELECT. */
export const HOSTILE_COMMANDS: readonly string[] = lines(String.raw`
  with a as not materialized (select 1 as n), b as not materialized (select x.n from a x, a y) select * from b x, b y
  copy content to '«write»'
  copy (select 1) to program 'touch «write»'
  copy content from program 'cat «file»'
  copy «other»._content to stdout
  copy content from stdin
  insert into content (name) values ('x')
  insert into «other»._content default values
  update content set name = 'x'
  update fovea.setting set value = '1'
  delete from ingestion
  delete from «other»._content
  merge into content c using ingestion i on c.content_id = i.content_id when matched then delete
  truncate «other»._content
  drop schema «other» cascade
  drop view content
  create table stolen as select * from content
  create temp table t (a int)
  create view v as select * from content
  create function f() returns int language sql as 'select 1'
  create extension dblink
  create schema mine
  create role mallory superuser
  alter role current_user superuser
  alter system set archive_command = 'touch «write»'
  alter table content rename to gone
  alter view content owner to current_user
  grant select on fovea.setting to public
  revoke all on content from public
  do $$ begin perform pg_sleep(30); end $$
  do language plpgsql 'begin execute ''drop table x''; end'
  call maintenance()
  lock table content
  vacuum full
  analyze
  reindex database postgres
  cluster
  checkpoint
  load 'auto_explain'
  select * into stolen from content
  table content for update
  set role none
  set local role none
  set session authorization default
  set statement_timeout = 0
  set transaction read write
  reset role
  reset all
  discard all
  show data_directory
  show all
  begin
  commit
  rollback
  savepoint a
  prepare transaction 'x'
  prepare p as delete from content
  execute p
  deallocate all
  explain analyze delete from content
  explain (analyze, verbose) select * from «other»._content
  declare c cursor with hold for select 1
  fetch all from c
  listen fovea
  notify fovea, 'x'
  unlisten *
  comment on view content is 'x'
  security label on view content is 'x'
  import foreign schema x from server y into z
  refresh materialized view content
  values (1), (set_config('role', 'none', true))
  table pg_authid
  table «other».content`);

const many = (count: number, piece: (index: number) => string, glue: string): string =>
  Array.from({ length: count }, (_, index) => piece(index)).join(glue);

/** 10 MB of a text. */
const LONG = "replace(repeat('a', 10000), 'a', repeat('a', 1000))";

/** Statements that the door lets through and that would take for ever, or all memory. */
export const BOMBS: readonly string[] = [
  'select count(*) from generate_series(1, 1000000000) n',
  'select count(*) from content a, content b, content c, content d, content e, content f, content g, content h',
  'select count(distinct a.name || b.name || c.name) from content a, content b, content c, content d, content e',
  'with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r',
  'with recursive r(n) as (select 1::bigint union select n + 1 from r) select max(n) from r',
  "with recursive r(t) as (select 'x' union all select t || t from r) select length(t) from r",
  'with recursive r(a) as (select array[1] union all select a || a from r) select cardinality(a) from r',
  'with recursive a(n) as (select 1 union all select x.n from a x, generate_series(1, 3)) select count(*) from a',
  'select n from generate_series(1, 100000000) n order by md5(n::text) limit 1',
  "select length(string_agg(n::text, ',')) from generate_series(1, 100000000) n",
  'select cardinality(array_agg(n)) from generate_series(1, 1000000000) n',
  'select sum(x) from (select generate_series(1, 2000000000) as x) q',
  'select count(*) from content a, lateral (select * from content b, generate_series(1, 1000000)) x',
  String.raw`select count(*) from generate_series(1, 1000000) n where repeat('ab', 2000) || n ~ '(.*)(.*)(.*)(.*)\4x'`,
  "select 'a' ~ repeat('(a|b)?', 1500)",
  "select length(replace(replace(repeat('a', 10000), 'a', repeat('a', 10000)), 'a', 'bb'))",
  "select length(to_tsvector('simple', replace(repeat('a', 10000), 'a', repeat('ab ', 1000))))",
  "select count(*) from jsonb_path_query((repeat('[', 500) || repeat(']', 500))::jsonb, '$.**.**.**.**')",
  "select (repeat('[', 9000) || repeat(']', 9000))::jsonb",
  "select (repeat('{\"a\":', 3000) || '1' || repeat('}', 3000))::json",
  `select count(*) from ${many(1000, (index) => `content a${index}`, ', ')}`,
  `select count(*) from content a0 ${many(300, (index) => `join content a${index + 1} using (content_id)`, ' ')}`,
  `select ${many(1200, () => 'public.content.name', ', ')} from public.content`,
  `select count(*) from ${many(1200, () => 'public.content', ', ')}`,
  `select count(*) from content group by cube (${many(12, (index) => `width + ${index}`, ', ')})`,
  `select 1${' + 1'.repeat(500)}`,
  `select ${'('.repeat(2000)}1${')'.repeat(2000)}`,
  `select ${'abs('.repeat(390)}1${')'.repeat(390)}`,
];

/** Bombs inside functions that look for no signal: only the end of the database's thread, or its patience, stops them. */
export const DEAF_BOMBS: readonly string[] = [
  `select strpos(${LONG}, 'b' || repeat('a', 5000))`,
  `select translate(${LONG}, repeat('b', 9999) || 'a', '')`,
  `select ${LONG} like '%' || repeat('a_', 2000) || 'b%'`,
  'select a && b from (select array_agg(n) a, array_agg(-n) b from generate_series(1, 200000) n) q',
];
