/**
 * The second statement of a search: what a hit shows, for ids that were found (rule S12).
 *
 * @module
 */
import type { Hit, Labels, Position } from '../contract/index.ts';
import { colorSql, withColors } from './colors.ts';
import { identifier, literal } from './database.ts';
import type { Queryable } from './database.ts';
import { boxColumns } from './features.ts';
import { policyTable, qualified } from './names.ts';
import { sourceVersion } from './policy-source.ts';
import { policiesOf, versionOf } from './policy-rows.ts';
import type { PolicyVersion, VectorIndex } from './records.ts';

/** A hit without what its search makes of it. */
export type HitFields = Omit<Hit, 'score' | 'similarity' | 'regions' | 'explanation' | 'moments'>;

interface Found {
  readonly contentId: string;
  readonly ord: number | null;
}

export interface HydrateOptions {
  /** Where the hits were found: `region` is the box of their row, of the index's own policy or of the one whose boxes it takes. */
  readonly index?: VectorIndex | undefined;
  /** Where `color` is looked up (`colorPolicies`). Default nowhere. */
  readonly colors?: readonly PolicyVersion[] | undefined;
}

/** Reads what hits show, in the order given; contents that have gone meanwhile are left out. */
export async function hydrate(
  db: Queryable,
  namespace: string,
  hits: readonly Found[],
  { index, colors = [] }: HydrateOptions = {},
): Promise<HitFields[]> {
  if (hits.length === 0) return [];
  const areRows = index !== undefined && hits.some(({ ord }) => ord !== null);
  const regions = areRows ? await regionSource(db, namespace, index) : undefined;
  const region =
    regions === undefined
      ? 'null::jsonb'
      : `(select jsonb_build_object('xmin', ${regions.corners[0]}, 'ymin', ${regions.corners[1]}, 'xmax', ${regions.corners[2]}, 'ymax', ${regions.corners[3]})
            from ${regions.table} r where r.content_id = c.content_id and r.ord = t.ord)`;
  const { rows } = await withColors(colors, (policies) =>
    db.query<HitRow>(
      `select t.place, t.ord, c.content_id, c.name, c.mime_type, c.sha256, c.width, c.height, c.labels, ${region} as region,
            ${colorSql(namespace, policies)} as color,
            (select l.uri from ${qualified(namespace, '_location')} l
              where l.content_id = c.content_id and l.state = 'present' order by l.uri limit 1) as uri
       from ${qualified(namespace, '_content')} c
       join unnest($1::uuid[], $2::integer[], $3::integer[]) as t (content_id, ord, place) on t.content_id = c.content_id`,
      [hits.map(({ contentId }) => contentId), hits.map(({ ord }) => ord), hits.map((_hit, place) => place)],
    ),
  );
  return rows.sort((a, b) => a.place - b.place).map((row) => toHit(row, regions !== undefined));
}

/** Columns of the view `content` of some contents, as JSON values by name. */
export async function contentColumns(
  db: Queryable,
  namespace: string,
  columns: readonly string[],
  contentIds: readonly string[],
): Promise<Map<string, Record<string, unknown>>> {
  const pairs = columns.map((column) => `${literal(column)}, c.${identifier(column)}`);
  const { rows } = await db.query<{ content_id: string; shown: Record<string, unknown> }>(
    `select c.content_id, jsonb_build_object(${pairs.join(', ')}) as shown
       from ${qualified(namespace, 'content')} c where c.content_id = any($1::uuid[])`,
    [contentIds],
  );
  return new Map(rows.map(({ content_id: id, shown }) => [id, shown]));
}

/** Where derived contents lie in what they were made of, and the hash of their bytes. */
export async function positionsOf(
  db: Queryable,
  namespace: string,
  contentIds: readonly string[],
): Promise<Map<string, Position & { readonly sha256: string }>> {
  if (contentIds.length === 0) return new Map();
  const { rows } = await db.query<{ content_id: string; sha256: string; position: Position }>(
    `select content_id, sha256, position from ${qualified(namespace, '_content')}
      where content_id = any($1::uuid[]) and position is not null`,
    [contentIds],
  );
  return new Map(
    rows.map(({ content_id: id, sha256, position: { frame, timeMs } }) => [id, { sha256, frame, timeMs }]),
  );
}

interface HitRow {
  place: number;
  ord: number | null;
  content_id: string;
  name: string;
  uri: string | null;
  mime_type: string;
  sha256: string;
  color: string | null;
  width: number | null;
  height: number | null;
  labels: Labels;
  region: { xmin: number | null; ymin: number | null; xmax: number | null; ymax: number | null } | null;
}

function toHit(row: HitRow, hasRegions: boolean): HitFields {
  return {
    contentId: row.content_id,
    name: row.name,
    uri: row.uri,
    mimeType: row.mime_type,
    sha256: row.sha256,
    width: row.width,
    height: row.height,
    color: row.color,
    labels: row.labels,
    ord: hasRegions ? row.ord : null,
    region: toBox(row.region),
  };
}

function toBox(region: HitRow['region']): Hit['region'] {
  if (region === null) return null;
  const { xmin, ymin, xmax, ymax } = region;
  return xmin === null || ymin === null || xmax === null || ymax === null ? null : { xmin, ymin, xmax, ymax };
}

async function regionSource(
  db: Queryable,
  namespace: string,
  index: VectorIndex,
): Promise<{ table: string; corners: string[] } | undefined> {
  const policies = await policiesOf(db, namespace);
  const own = policies.find(({ id, version }) => id === index.policyId && version === index.version);
  const source = own === undefined ? undefined : sourceVersion(own, policies);
  for (const policy of [own, source]) {
    const corners = policy === undefined ? undefined : boxColumns(policy.output.columns, 'r');
    if (policy !== undefined && corners !== undefined)
      return { table: policyTable(namespace, versionOf(policy)), corners };
  }
  return undefined;
}
