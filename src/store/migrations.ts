/**
 * Versions of the schema. Each step is DDL for the shared schema and DDL for every namespace, first the tables and then
 * the foreign keys (rule S4); a namespace made later runs all steps. A released step never changes: add the next one.
 *
 * @module
 */
import { identifier } from './database.ts';
import { namespaceSchema } from './names.ts';

export interface Migration {
  readonly version: number;
  /** Statements for the schema `fovea`. */
  readonly shared: string;
  /** Statements for one namespace, whose schema exists. */
  namespace(namespace: string): string;
}

const SHARED_1 = `
create schema fovea;
create table fovea.setting (
  key text primary key,
  value jsonb not null
);
create table fovea.namespace (
  name text primary key,
  created_at timestamptz not null default now()
);
create table fovea.graph (
  namespace text not null,
  name text not null,
  spec jsonb not null,
  created_at timestamptz not null default now(),
  primary key (namespace, name)
);
create sequence fovea.policy_id;
create table fovea.policy (
  id integer not null,
  version integer not null,
  namespace text not null,
  graph text not null,
  name text not null,
  state text not null check (state in ('building', 'active')),
  extractor text not null,
  extractor_version text not null,
  asked_params jsonb not null,
  params jsonb not null,
  content_source text,
  filter jsonb not null,
  accepts jsonb not null,
  -- json, not jsonb: views show columns in the order in which an extractor declares them.
  output json not null,
  space text,
  model text,
  waiting_for text,
  created_at timestamptz not null default now(),
  primary key (id, version)
);
create index policy_by_name on fovea.policy (namespace, graph, name);
create table fovea.api_key (
  id text primary key,
  name text not null,
  sha256 text not null,
  created_at timestamptz not null default now()
);
alter table fovea.graph add constraint graph_namespace foreign key (namespace) references fovea.namespace (name) on delete cascade;
alter table fovea.policy add constraint policy_namespace foreign key (namespace) references fovea.namespace (name) on delete cascade;
alter table fovea.policy add constraint policy_graph foreign key (namespace, graph) references fovea.graph (namespace, name);
`;

/**
 * `uri` compares by bytes, so that what lies below a folder is one range of the index. Labels are indexed at once: a list
 * of pending entries makes the planner shun the index until VACUUM (60,000 contents, rare label: 24 ms, not 0.3).
 */
const namespace1 = (schema: string): string => `
create table ${schema}._content (
  content_id uuid primary key,
  root_id uuid not null,
  parent_id uuid,
  version integer not null default 1,
  sha256 text not null,
  mime_type text not null,
  width integer,
  height integer,
  size_bytes bigint not null,
  name text not null,
  labels jsonb not null default '{}',
  position jsonb,
  created_at timestamptz not null default now()
);
create table ${schema}._location (
  content_id uuid not null,
  uri text collate "C" not null,
  size bigint not null,
  mtime_ns bigint,
  inode text,
  state text not null check (state in ('present', 'missing')),
  seen_at timestamptz not null default now(),
  primary key (content_id, uri)
);
create table ${schema}._task (
  bucket integer not null,
  content_id uuid not null,
  policy_id integer not null,
  version integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed')),
  attempts integer not null default 0,
  available_at timestamptz not null default now(),
  lease_token text,
  lease_until timestamptz,
  error_code text,
  error text,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (bucket, content_id, policy_id, version)
);
create table ${schema}._problem (
  uri text collate "C" primary key,
  path text not null,
  code text not null,
  error text not null,
  seen_at timestamptz not null default now()
);
alter table ${schema}._location add constraint location_content foreign key (content_id) references ${schema}._content (content_id) on delete cascade;
create index content_by_age on ${schema}._content (created_at desc, content_id desc);
create index content_by_label on ${schema}._content using gin (labels jsonb_path_ops) with (fastupdate = off);
create index content_by_parent on ${schema}._content (parent_id) where parent_id is not null;
create index location_by_uri on ${schema}._location (uri);
create index task_waiting on ${schema}._task (bucket, policy_id, version, available_at, content_id) where state = 'waiting';
create index task_running on ${schema}._task (bucket, lease_token) where state = 'running';
create index task_failed on ${schema}._task (bucket, content_id) where state = 'failed';
`;

/** A key without a namespace is for the whole server. Keys of schema 1 could not be made by any command. */
const SHARED_2 = `
alter table fovea.api_key add column namespace text;
alter table fovea.api_key add column access text not null default 'read' check (access in ('read', 'write'));
alter table fovea.api_key add constraint api_key_namespace foreign key (namespace) references fovea.namespace (name) on delete cascade;
create unique index api_key_by_hash on fovea.api_key (sha256);
`;

/** Frames of an animation or pages of a file; null until its picture task is done. */
const namespace2 = (schema: string): string => `
alter table ${schema}._content add column frames integer;
`;

/** The `content_source` of a link is empty for contents as they were added. */
const SHARED_3 = `
create table fovea.graph_link (
  namespace text not null,
  graph text not null,
  content_source text not null,
  linked_graph text not null,
  created_at timestamptz not null default now(),
  primary key (namespace, graph, content_source, linked_graph)
);
create sequence fovea.task_end;
alter table fovea.graph_link add constraint graph_link_from foreign key (namespace, graph) references fovea.graph (namespace, name) on delete cascade;
alter table fovea.graph_link add constraint graph_link_to foreign key (namespace, linked_graph) references fovea.graph (namespace, name) on delete cascade;
`;

/** `given_id`: as the caller wrote it. `ended_no`: the order in which tasks of policies ended well (`task-ends.ts`). */
const namespace3 = (schema: string): string => `
alter table ${schema}._content add column given_id text;
alter table ${schema}._task add column ended_no bigint;
update ${schema}._task t set ended_no = e.ended_no
  from (select o.*, nextval('fovea.task_end') as ended_no
          from (select bucket, content_id, policy_id, version from ${schema}._task where state = 'done' and policy_id <> 0
                 order by finished_at, content_id, policy_id, version) o) e
 where t.bucket = e.bucket and t.content_id = e.content_id and t.policy_id = e.policy_id and t.version = e.version;
create index task_ended on ${schema}._task (bucket, policy_id, version, ended_no) where ended_no is not null;
`;

/**
 * Texts that are searched by words (`text-tables.ts`), and how many documents have a term. They are filled behind the steps,
 * since terms are made in TypeScript. Derived contents are found by their root.
 */
const namespace4 = (schema: string): string => `
create table ${schema}._text_content (
  content_id uuid primary key,
  root_id uuid not null,
  name tsvector,
  labels tsvector
);
create table ${schema}._text_index (
  policy_id integer not null,
  version integer not null,
  field text not null,
  documents bigint not null,
  primary key (policy_id, version, field)
);
create table ${schema}._text_term (
  policy_id integer not null,
  version integer not null,
  field text not null,
  term text collate "C" not null,
  documents bigint not null,
  primary key (policy_id, version, field, term)
);
alter table ${schema}._text_content add constraint text_content foreign key (content_id) references ${schema}._content (content_id) on delete cascade;
create index text_name on ${schema}._text_content using gin (name) with (fastupdate = off);
create index text_labels on ${schema}._text_content using gin (labels) with (fastupdate = off);
create index content_by_root on ${schema}._content (root_id) where root_id <> content_id;
`;

export const MIGRATIONS: readonly Migration[] = [
  { version: 1, shared: SHARED_1, namespace: (namespace) => namespace1(identifier(namespaceSchema(namespace))) },
  { version: 2, shared: SHARED_2, namespace: (namespace) => namespace2(identifier(namespaceSchema(namespace))) },
  { version: 3, shared: SHARED_3, namespace: (namespace) => namespace3(identifier(namespaceSchema(namespace))) },
  { version: 4, shared: '', namespace: (namespace) => namespace4(identifier(namespaceSchema(namespace))) },
];

/** The schema that this release reads and writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.at(-1)?.version ?? 0;

/** The first schema with tables of texts. */
export const FIRST_WITH_TEXTS = 4;
