/**
 * Reading contents: one, or pages of them, newest first.
 *
 * @module
 */
import { InvalidInputError } from '../contract/index.ts';
import type { Content, ContentList, LabelFilter, Labels, Location, Position, TaskState } from '../contract/index.ts';
import { colorSql, withColors } from './colors.ts';
import { filterSql, labelSql, Parameters, parseLabel, versionsSql } from './condition.ts';
import type { Queryable } from './database.ts';
import { qualified } from './names.ts';
import type { PolicyVersion } from './records.ts';
import { storableText, uuidsOnly } from './storable.ts';
import { TASK_BUCKET } from './tasks.ts';

/** `ListContentsQuery` of the contract, parsed. */
export interface ContentQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** `key=value`; all must hold. */
  readonly label: readonly string[];
  /** All must hold. */
  readonly filters?: readonly LabelFilter[];
  /** Only contents with this text in their name, in small letters or capitals. */
  readonly name?: string | undefined;
  /** Only contents with a task in this state; `open`: with one that waits or runs; `indexed`: with none that is not done. */
  readonly state?: TaskState | 'open' | 'indexed' | undefined;
  /** Only contents with a task of one of these that is done. */
  readonly policies?: readonly PolicyVersion[] | undefined;
  /** What was made of this one, first ones first; absent: contents as they were added. */
  readonly parent?: string | undefined;
  /** Only contents behind this one. */
  readonly after?: string | undefined;
  /** Where `color` is looked up (`colorPolicies`). Default nowhere. */
  readonly colors?: readonly PolicyVersion[] | undefined;
}

/**
 * One content with its locations, present ones first; undefined where there is none.
 *
 * @param colors Where `color` is looked up (`colorPolicies`); none in a transaction.
 */
export async function getContent(
  db: Queryable,
  namespace: string,
  contentId: string,
  colors: readonly PolicyVersion[] = [],
): Promise<Content | undefined> {
  const ids = uuidsOnly([contentId]);
  if (ids.length === 0) return undefined;
  const { rows } = await withColors(colors, (policies) =>
    db.query<ContentRow>(
      `select ${columns(namespace, policies)} from ${qualified(namespace, '_content')} c where c.content_id = $1`,
      ids,
    ),
  );
  return rows[0] === undefined ? undefined : toContent(rows[0]);
}

/** What a thumbnail has to know of a content. */
export type Pictured = Pick<Content, 'contentId' | 'version' | 'sha256' | 'name' | 'width' | 'height'>;

/** A row by its key and nothing else: a page asks for dozens of thumbnails at once. */
export async function getPictured(db: Queryable, namespace: string, contentId: string): Promise<Pictured | undefined> {
  const ids = uuidsOnly([contentId]);
  if (ids.length === 0) return undefined;
  const { rows } = await db.query<Pictured>(
    `select content_id as "contentId", version, sha256, name, width, height
       from ${qualified(namespace, '_content')} where content_id = $1`,
    ids,
  );
  return rows[0];
}

/**
 * One page, newest first; the cursor holds the last row's place, so pages stay right while contents come and go.
 *
 * @returns `total`: contents that pass the filters, on all pages.
 */
export async function listContents(db: Queryable, namespace: string, query: ContentQuery): Promise<ContentList> {
  const table = qualified(namespace, '_content');
  const parameters = new Parameters();
  const where = ['true', ...listFilters(namespace, query, parameters)].join(' and ');
  const counted = await db.query<{ total: number }>(
    `select count(*) as total from ${table} c where ${where}`,
    parameters.values,
  );
  const total = counted.rows[0]?.total ?? 0;

  const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
  const beyond = [
    'true',
    ...(after === undefined
      ? []
      : [
          `(c.created_at, c.content_id) < (${parameters.add(after.createdAt)}::timestamptz, ${parameters.add(after.contentId)}::uuid)`,
        ]),
    ...(query.after === undefined
      ? []
      : [
          `(c.created_at, c.content_id) < (select a.created_at, a.content_id from ${table} a where a.content_id = ${parameters.add(query.after)}::uuid)`,
        ]),
  ].join(' and ');
  const limit = parameters.add(query.limit + 1);
  const { rows } = await withColors(query.colors ?? [], (policies) =>
    db.query<ContentRow>(
      `select ${columns(namespace, policies)} from ${table} c where ${where} and ${beyond}
        order by c.created_at desc, c.content_id desc limit ${limit}`,
      parameters.values,
    ),
  );
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    contents: page.map(toContent),
    total,
    ...(rows.length > page.length && last !== undefined
      ? { cursor: writeCursor(last.created_at, last.content_id) }
      : {}),
  };
}

function listFilters(namespace: string, query: ContentQuery, parameters: Parameters): string[] {
  const task = `select 1 from ${qualified(namespace, '_task')} t where t.bucket = ${TASK_BUCKET} and t.content_id = c.content_id`;
  const conditions = [
    ...query.label.map(parseLabel).map(({ key, value }) => labelSql(key, value, parameters)),
    ...(query.filters ?? []).map((filter) => filterSql(filter, parameters)),
  ];
  conditions.push(
    query.parent === undefined
      ? 'c.parent_id is null'
      : `c.parent_id = any (${parameters.add(uuidsOnly([query.parent]))}::uuid[])`,
  );
  if (query.name !== undefined)
    conditions.push(`strpos(lower(c.name), lower(${parameters.add(storableText(query.name))}::text)) > 0`);
  if (query.state === 'indexed') conditions.push(`not exists (${task} and t.state <> 'done')`);
  else if (query.state === 'open') conditions.push(`exists (${task} and t.state in ('waiting', 'running'))`);
  else if (query.state !== undefined) conditions.push(`exists (${task} and t.state = ${parameters.add(query.state)})`);
  if (query.policies !== undefined) {
    const versions = versionsSql(query.policies, parameters);
    conditions.push(`exists (${task} and t.state = 'done' and (t.policy_id, t.version) in (${versions}))`);
  }
  return conditions;
}

interface ContentRow {
  content_id: string;
  root_id: string;
  parent_id: string | null;
  position: Position | null;
  given_id: string | null;
  version: number;
  name: string;
  mime_type: string;
  size_bytes: number;
  sha256: string;
  width: number | null;
  height: number | null;
  frames: number | null;
  color: string | null;
  labels: Labels;
  /** With microseconds. */
  created_at: string;
  locations: Location[];
}

function columns(namespace: string, colors: readonly PolicyVersion[]): string {
  return `c.content_id, c.root_id, c.parent_id, c.position, c.given_id, c.version, c.name, c.mime_type, c.size_bytes, c.sha256, c.width, c.height, c.frames, c.labels,
    ${colorSql(namespace, colors)} as color,
    to_char(c.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as created_at,
    (select coalesce(jsonb_agg(jsonb_build_object('uri', l.uri, 'state', l.state) order by l.state desc, l.uri), '[]')
       from ${qualified(namespace, '_location')} l where l.content_id = c.content_id) as locations`;
}

function toContent(row: ContentRow): Content {
  return {
    contentId: row.content_id,
    rootId: row.root_id,
    parentId: row.parent_id,
    position: row.position === null ? null : { frame: row.position.frame, timeMs: row.position.timeMs },
    givenId: row.given_id,
    version: row.version,
    name: row.name,
    mimeType: row.mime_type,
    sizeBytes: row.size_bytes,
    sha256: row.sha256,
    width: row.width,
    height: row.height,
    frames: row.frames,
    color: row.color,
    labels: row.labels,
    createdAt: row.created_at,
    locations: row.locations,
  };
}

function writeCursor(createdAt: string, contentId: string): string {
  return Buffer.from(`${createdAt}|${contentId}`).toString('base64url');
}

function readCursor(cursor: string): { createdAt: string; contentId: string } {
  const [createdAt = '', contentId = ''] = Buffer.from(cursor, 'base64url').toString().split('|');
  const isTime = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(createdAt);
  if (!isTime || uuidsOnly([contentId]).length === 0) {
    throw new InvalidInputError(`Cannot continue from cursor "${cursor}": it is not one that a list of contents gave`);
  }
  return { createdAt, contentId };
}
