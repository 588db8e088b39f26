/**
 * Plans the views of a namespace, which are what users see. Pure: policies in, definitions out.
 *
 *     content              one row a content
 *     ingestion            rows of all policies of all graphs that write columns
 *     <graph>              those of that graph
 *     <graph>.<policy>     rows of one policy, with its vectors
 *     <graph>.<policy>.tracks   of one that follows things through videos: one row a thing
 *
 * In the shared views, which leave bulky columns out, columns of equal name and type are one column; a name that is taken by another type becomes
 * `<policy>_<column>`. Who comes first keeps the name, by policy id, so a new policy never renames what is there.
 *
 * @module
 */
import { indexName } from '../contract/index.ts';
import type { ColumnSpec, ColumnType } from '../contract/index.ts';
import { sqlType } from './columns.ts';
import { identifier, literal } from './database.ts';
import type { Dialect } from './database.ts';
import { policyTable, policyTableName, policyViewName, qualified } from './names.ts';
import { versionOf } from './policy-rows.ts';
import type { PolicyRecord } from './records.ts';

export interface ViewColumn {
  readonly name: string;
  /** SQL type. */
  readonly type: string;
  readonly unit?: string | undefined;
  readonly description?: string | undefined;
}

export interface View {
  readonly name: string;
  readonly columns: readonly ViewColumn[];
  /** Its SELECT. */
  readonly select: string;
  /** Tables of the namespace that hold its rows, without schema and quotes. */
  readonly tables: readonly string[];
}

/** Last part of the name of a view of tracks. */
const TRACKS_VIEW = 'tracks';

/** @param policies Active ones, by id. */
export function planViews(
  namespace: string,
  graphs: readonly string[],
  policies: readonly PolicyRecord[],
  dialect: Dialect,
): View[] {
  // A policy that writes vectors only would add rows of nulls.
  const described = policies.filter(({ output }) => Object.keys(output.columns).length > 0);
  return [
    contentView(namespace, policies),
    rowsView(namespace, 'ingestion', described),
    ...graphs.map((graph) =>
      rowsView(
        namespace,
        graph,
        described.filter((policy) => policy.graph === graph),
      ),
    ),
    ...policies.flatMap((policy) => [policyView(namespace, policy, dialect), ...trackView(namespace, policy)]),
  ];
}

/** Extractor whose columns `taken_at`, `latitude` and `longitude` show in `content`. */
const EXIF = 'image/exif';

const CONTENT_COLUMNS: readonly ViewColumn[] = [
  { name: 'content_id', type: 'uuid' },
  { name: 'name', type: 'text', description: 'file name' },
  { name: 'uri', type: 'text', description: 'where its bytes lie; null where they have gone' },
  { name: 'mime_type', type: 'text' },
  { name: 'width', type: 'integer', unit: 'px', description: 'of the upright picture' },
  { name: 'height', type: 'integer', unit: 'px', description: 'of the upright picture' },
  { name: 'frames', type: 'integer', description: 'of an animation, or pages; the first is indexed' },
  { name: 'size_bytes', type: 'bigint', unit: 'bytes' },
  { name: 'labels', type: 'jsonb', description: "given by users; labels ->> 'trip' is one" },
  { name: 'taken_at', type: 'timestamptz', description: 'from EXIF' },
  { name: 'latitude', type: 'double precision', unit: 'deg', description: 'from EXIF' },
  { name: 'longitude', type: 'double precision', unit: 'deg', description: 'from EXIF' },
  { name: 'created_at', type: 'timestamptz', description: 'when it was added' },
  { name: 'parent_id', type: 'uuid', description: 'the video of a frame; null for what was added' },
  { name: 'frame', type: 'integer', description: 'of a frame of a video: its number, from 0' },
  { name: 'time_ms', type: 'integer', unit: 'ms', description: 'of a frame: from the start of its video' },
  { name: 'root_id', type: 'uuid' },
];

function contentView(namespace: string, policies: readonly PolicyRecord[]): View {
  const exif = policies.filter(({ extractor }) => extractor === EXIF);
  const fromExif = (column: string, type: ColumnType): string => {
    const sources = exif.flatMap(({ output }, index) =>
      output.columns[column]?.type === type ? [`e${index}.${identifier(column)}`] : [],
    );
    return sources.length === 0 ? `null::${sqlType(type)}` : `coalesce(${sources.join(', ')})`;
  };
  const expressions: Readonly<Record<string, string>> = {
    uri: `(select l.uri from ${qualified(namespace, '_location')} l where l.content_id = c.content_id and l.state = 'present' order by l.uri limit 1)`,
    frame: `(c.position ->> 'frame')::integer`,
    time_ms: `(c.position ->> 'timeMs')::integer`,
    taken_at: fromExif('taken_at', 'timestamp'),
    latitude: fromExif('latitude', 'real'),
    longitude: fromExif('longitude', 'real'),
  };
  const joins = exif.map((policy, index) => {
    return `left join ${policyTable(namespace, versionOf(policy))} e${index} on e${index}.content_id = c.content_id and e${index}.ord = 0`;
  });
  const list = CONTENT_COLUMNS.map(({ name }) => `${expressions[name] ?? `c.${name}`} as ${name}`);
  return {
    name: 'content',
    columns: CONTENT_COLUMNS,
    select: [`select ${list.join(', ')}`, `from ${qualified(namespace, '_content')} c`, ...joins].join('\n'),
    tables: ['_content'],
  };
}

const ROW_COLUMNS: readonly ViewColumn[] = [
  { name: 'content_id', type: 'uuid' },
  { name: 'name', type: 'text', description: 'file name' },
  { name: 'graph', type: 'text' },
  { name: 'policy', type: 'text' },
  { name: 'ord', type: 'integer', description: 'row within the content and policy' },
];

interface SharedColumn extends ViewColumn {
  /** Column of each policy's table that it shows, by policy id; NULL for the others. */
  readonly sources: Map<number, string>;
}

function rowsView(namespace: string, name: string, policies: readonly PolicyRecord[]): View {
  const shared = new Map<string, SharedColumn>();
  for (const policy of policies) {
    for (const [column, spec] of Object.entries(policy.output.columns))
      if (spec.bulky !== true) share(shared, policy, column, spec);
  }
  const extra = [...shared.values()];
  const arms = policies.map((policy) => {
    const cells = extra.map(({ name: column, type, sources }) => {
      const source = sources.get(policy.id);
      return `${source === undefined ? `null::${type}` : `t.${identifier(source)}`} as ${identifier(column)}`;
    });
    const keys = [
      't.content_id',
      'c.name',
      `${literal(policy.graph)}::text as graph`,
      `${literal(policy.name)}::text as policy`,
      't.ord',
    ];
    return `select ${[...keys, ...cells].join(', ')}
      from ${policyTable(namespace, versionOf(policy))} t join ${qualified(namespace, '_content')} c on c.content_id = t.content_id`;
  });
  const columns = [
    ...ROW_COLUMNS,
    ...extra.map(({ name: column, type, unit, description }) => ({ name: column, type, unit, description })),
  ];
  const nothing = `select ${columns.map(({ name: column, type }) => `null::${type} as ${identifier(column)}`).join(', ')} where false`;
  const tables = policies.map((policy) => policyTableName(versionOf(policy)));
  return { name, columns, select: arms.length === 0 ? nothing : arms.join('\nunion all\n'), tables };
}

/** Finds or makes the column of a shared view that shows a policy's column. */
function share(shared: Map<string, SharedColumn>, policy: PolicyRecord, column: string, spec: ColumnSpec): void {
  const type = sqlType(spec.type);
  const taken = new Set(ROW_COLUMNS.map(({ name }) => name));
  const candidates = [column, `${policy.name}_${column}`, `${policy.graph}_${policy.name}_${column}`];
  for (let number = 2; ; number += 1) {
    for (const name of candidates.map(fit)) {
      const found = shared.get(name);
      if (found === undefined && !taken.has(name)) {
        shared.set(name, {
          name,
          type,
          unit: spec.unit,
          description: spec.description,
          sources: new Map([[policy.id, column]]),
        });
        return;
      }
      if (found?.type === type && !found.sources.has(policy.id)) {
        found.sources.set(policy.id, column);
        return;
      }
    }
    candidates.splice(0, candidates.length, `${policy.name}_${column}_${number}`);
  }
}

/** PostgreSQL keeps 63 bytes of a name; names of policies and columns are ASCII. A number at the end is kept. */
function fit(name: string): string {
  const number = /_\d+$/.exec(name)?.[0] ?? '';
  return name.length <= 63 ? name : `${name.slice(0, 63 - number.length)}${number}`;
}

const TRACK_COLUMNS: readonly ViewColumn[] = [
  { name: 'content_id', type: 'uuid' },
  { name: 'name', type: 'text', description: 'file name' },
  { name: 'track_id', type: 'bigint', description: 'a thing that was followed, from 1 in each video' },
  { name: 'object_name', type: 'text', description: 'class, as the model names it' },
  { name: 'score', type: 'double precision', description: 'of its best box' },
  { name: 'first_ms', type: 'bigint', unit: 'ms', description: 'when it is seen first, from the start of the video' },
  { name: 'last_ms', type: 'bigint', unit: 'ms', description: 'when it is seen last' },
  { name: 'duration_ms', type: 'bigint', unit: 'ms', description: 'last_ms − first_ms' },
  { name: 'frames', type: 'integer', description: 'frames in which it is seen, of those that were looked at' },
];

/** Columns of what `video/track` writes, which the view is made of. */
const TRACKED = ['track_id', 'object_name', 'score', 'time_ms'];

/** One row a track, where a policy writes tracks. All boxes of a track have one class. */
function trackView(namespace: string, policy: PolicyRecord): View[] {
  if (!TRACKED.every((name) => Object.hasOwn(policy.output.columns, name))) return [];
  const select = `select t.content_id, c.name, t.track_id, min(t.object_name) as object_name, max(t.score) as score,
      min(t.time_ms) as first_ms, max(t.time_ms) as last_ms, max(t.time_ms) - min(t.time_ms) as duration_ms, count(*)::integer as frames
    from ${policyTable(namespace, versionOf(policy))} t join ${qualified(namespace, '_content')} c on c.content_id = t.content_id
   group by t.content_id, c.name, t.track_id`;
  return [
    {
      name: `${policyViewName(policy.graph, policy.name)}.${TRACKS_VIEW}`,
      columns: TRACK_COLUMNS,
      select,
      tables: [policyTableName(versionOf(policy))],
    },
  ];
}

function policyView(namespace: string, policy: PolicyRecord, dialect: Dialect): View {
  const columns: ViewColumn[] = [
    { name: 'content_id', type: 'uuid' },
    { name: 'ord', type: 'integer', description: 'row within the content' },
    ...Object.entries(policy.output.columns).map(([name, { type, unit, description }]) => ({
      name,
      type: sqlType(type),
      unit,
      description,
    })),
    ...Object.entries(policy.output.vectors).map(([name, { dimension, metric }]) => ({
      name,
      type: dialect.vectorType(dimension),
      description: `${metric} distance: <=>; of words: ${name} <=> embed('${indexName(policy.graph, policy.name, name)}', 'a red car')`,
    })),
  ];
  return {
    name: policyViewName(policy.graph, policy.name),
    columns,
    select: `select ${columns.map(({ name }) => identifier(name)).join(', ')} from ${policyTable(namespace, versionOf(policy))}`,
    tables: [policyTableName(versionOf(policy))],
  };
}
