/**
 * What extractors wrote: rows of a policy version's table.
 *
 * @module
 */
import type { ColumnSpec, ContentFeatures, FeatureRow } from '../contract/index.ts';
import { columnParameter, parameterType, sqlType } from './columns.ts';
import { identifier } from './database.ts';
import type { Queryable, SqlValue } from './database.ts';
import { policyTable, qualified } from './names.ts';
import { policiesOf, versionOf } from './policy-rows.ts';
import type { PolicyRecord, VectorIndex } from './records.ts';
import { uuidsOnly } from './storable.ts';
import { writeTexts } from './text-tables.ts';

/** What an extractor returned for one content; no rows is a result too. */
export interface ContentRows {
  readonly contentId: string;
  readonly rows: readonly FeatureRow[];
}

/** Rows a statement; more make the message longer, not the insert faster. */
const ROWS_PER_STATEMENT = 250;

/** Replaces the rows of these contents, in the transaction that finishes their tasks. */
export async function writeFeatures(
  tx: Queryable,
  namespace: string,
  policy: PolicyRecord,
  results: readonly ContentRows[],
): Promise<void> {
  if (results.length === 0) return;
  const table = policyTable(namespace, versionOf(policy));
  await tx.query(`delete from ${table} where content_id = any ($1::uuid[])`, [
    results.map(({ contentId }) => contentId),
  ]);
  const rows = results.flatMap(({ contentId, rows: own }) =>
    own.map((row, index) => ({ contentId, ord: row.ord ?? index, row })),
  );
  const cells = [...keyCells(), ...columnCells(policy)];
  const vectors = Object.entries(policy.output.vectors).map(([name, { dimension }]) => ({ name, dimension }));
  // The vectors of all rows are one array a column, of which each row takes its part: read in binary, and no text of it made.
  const parts = vectors.map(({ dimension }, index) => {
    const place = `t.v${index}`;
    const all = `$${cells.length + vectors.length + index + 1}::real[]`;
    return `(${all})[${place}:${place} + ${dimension - 1}]::${tx.dialect.vectorType(dimension)}`;
  });
  const names = [...cells, ...vectors].map(({ name }) => identifier(name));
  const columns = [...cells.map((_cell, index) => `c${index}`), ...vectors.map((_vector, index) => `v${index}`)];
  const types = [...cells.map(({ parameter }) => parameter), ...vectors.map(() => 'integer')];
  const text = `insert into ${table} (${names.join(', ')})
    select ${[...cells.map(({ cast }, index) => `t.c${index}${cast}`), ...parts].join(', ')}
      from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')}) as t (${columns.join(', ')})`;
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    const chunk = rows.slice(start, start + ROWS_PER_STATEMENT);
    await tx.query(text, [
      ...cells.map(({ value }) => chunk.map(value)),
      ...vectors.map(({ name, dimension }) => placesOf(chunk, name, dimension)),
      ...vectors.map(({ name, dimension }) => joined(chunk, name, dimension)),
    ]);
  }
  await writeTexts(tx, namespace, policy, results);
}

/** Where in {@link joined} the vector of each row begins, from 1; null for a row without one. */
function placesOf(chunk: readonly KeyedRow[], name: string, dimension: number): (number | null)[] {
  return chunk.map(({ row }, index) => (row.vectors[name] === undefined ? null : index * dimension + 1));
}

/** The vectors of all rows, one behind the other; zeros for a row without one. */
function joined(chunk: readonly KeyedRow[], name: string, dimension: number): Float32Array {
  const all = new Float32Array(chunk.length * dimension);
  for (const [index, { row }] of chunk.entries()) {
    const vector = row.vectors[name];
    if (vector === undefined) continue;
    if (vector.length !== dimension)
      throw new RangeError(
        `Cannot store vector "${name}": it has ${vector.length} numbers where ${dimension} are expected`,
      );
    all.set(vector, index * dimension);
  }
  return all;
}

interface KeyedRow {
  readonly contentId: string;
  readonly ord: number;
  readonly row: FeatureRow;
}

/** One column of the insert: the element type of its parameter, and the cast of an element where they differ. */
interface Cell {
  readonly name: string;
  readonly parameter: string;
  readonly cast: string;
  readonly value: (keyed: KeyedRow) => string | number | boolean | null;
}

function keyCells(): Cell[] {
  return [
    { name: 'content_id', parameter: 'uuid', cast: '', value: ({ contentId }) => contentId },
    { name: 'ord', parameter: 'integer', cast: '', value: ({ ord }) => ord },
  ];
}

function columnCells({ output }: PolicyRecord): Cell[] {
  return Object.entries(output.columns).map(([name, { type }]) => {
    const parameter = parameterType(type);
    return {
      name,
      parameter,
      cast: parameter === sqlType(type) ? '' : `::${sqlType(type)}`,
      value: ({ row }) => columnParameter(type, row.columns[name]),
    };
  });
}

/** Everything that active policies extracted from a content, without vectors and bulky columns; rows by `ord`. */
export async function readFeatures(
  db: Queryable,
  namespace: string,
  contentId: string,
): Promise<ContentFeatures['features']> {
  const ids = uuidsOnly([contentId]);
  if (ids.length === 0) return [];
  const features: ContentFeatures['features'] = [];
  for (const policy of (await policiesOf(db, namespace)).filter(({ state }) => state === 'active')) {
    const shown = Object.entries(policy.output.columns).filter(([, { bulky }]) => bulky !== true);
    const columns = ['ord', ...shown.map(([column]) => column)].map(identifier);
    const { rows } = await db.query(
      `select ${columns.join(', ')} from ${policyTable(namespace, versionOf(policy))} where content_id = $1 order by ord`,
      ids,
    );
    if (rows.length > 0) features.push({ graph: policy.graph, policy: policy.name, rows });
  }
  return features;
}

/** A box that a policy found; `ord` is its row. */
export interface Region {
  readonly ord: number;
  /** x1, y1, x2, y2 in pixels of the upright original. */
  readonly box: [number, number, number, number];
}

/** Boxes of these contents, by `ord`; contents without any are not in the map. Empty where the policy finds none at all. */
export async function readRegions(
  db: Queryable,
  namespace: string,
  policy: PolicyRecord,
  contentIds: readonly string[],
): Promise<Map<string, Region[]>> {
  const corners = boxColumns(policy.output.columns, 'r');
  const regions = new Map<string, Region[]>();
  if (corners === undefined || contentIds.length === 0) return regions;
  const { rows } = await db.query<{ content_id: string; ord: number; x1: number; y1: number; x2: number; y2: number }>(
    `select r.content_id, r.ord, ${corners.map((corner, index) => `${corner} as ${CORNERS[index]}`).join(', ')}
       from ${policyTable(namespace, versionOf(policy))} r
      where r.content_id = any ($1::uuid[]) and ${corners.map((corner) => `${corner} is not null`).join(' and ')}
      order by r.content_id, r.ord`,
    [contentIds],
  );
  for (const { content_id: contentId, ord, x1, y1, x2, y2 } of rows) {
    regions.set(contentId, [...(regions.get(contentId) ?? []), { ord, box: [x1, y1, x2, y2] }]);
  }
  return regions;
}

const CORNERS = ['x1', 'y1', 'x2', 'y2'] as const;

/** SQL of a box's four corners in a policy's table with this alias; undefined where it has none. */
export function boxColumns(columns: Readonly<Record<string, ColumnSpec>>, alias: string): string[] | undefined {
  if (CORNERS.every((corner) => columns[corner]?.type === 'real' || columns[corner]?.type === 'integer')) {
    return CORNERS.map((corner) => `${alias}.${corner}`);
  }
  const box = Object.entries(columns).find(([, { type }]) => type === 'box')?.[0];
  return box === undefined ? undefined : CORNERS.map((_corner, index) => `${alias}.${identifier(box)}[${index + 1}]`);
}

/** Vectors of what was made of a content: of so many, which are any of them. */
export async function readDerivedVectors(
  db: Queryable,
  namespace: string,
  index: VectorIndex,
  rootId: string,
  limit: number,
): Promise<Float32Array[]> {
  const { rows } = await db.query<{ vector: number[] }>(
    `select e.${identifier(index.output)} as vector
       from ${policyTable(namespace, index)} e join ${qualified(namespace, '_content')} c on c.content_id = e.content_id
      where c.root_id = any ($1::uuid[]) and c.root_id <> c.content_id order by e.content_id limit $2`,
    [uuidsOnly([rootId]), limit],
  );
  return rows.map(({ vector }) => Float32Array.from(vector));
}

/** Vectors of a content, or the one of its row `ord`; by `ord`. */
export async function readVector(
  db: Queryable,
  namespace: string,
  index: VectorIndex,
  contentId: string,
  ord?: number,
): Promise<{ ord: number; vector: Float32Array }[]> {
  const values: SqlValue[] = [...uuidsOnly([contentId]), ord ?? null];
  if (values.length < 2) return [];
  const { rows } = await db.query<{ ord: number; vector: number[] }>(
    `select ord, ${identifier(index.output)} as vector from ${policyTable(namespace, index)}
      where content_id = $1 and ($2::integer is null or ord = $2) order by ord`,
    values,
  );
  return rows.map(({ ord: row, vector }) => ({ ord: row, vector: Float32Array.from(vector) }));
}
