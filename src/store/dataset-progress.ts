/**
 * How far a load of a data set has come, so that one that was broken off goes on: a setting a namespace and graph, until it
 * has finished.
 *
 * @module
 */
import type { Queryable } from './database.ts';
import { storableJson } from './storable.ts';

/** Of one load. */
export interface DatasetProgress {
  /** What it depends on: the files as they were, what was asked of them, and where it goes. */
  readonly identity: string;
  /** Keys of the groups that are stored, with how many rows each has. */
  readonly done: Readonly<Record<string, number>>;
}

export async function readDatasetProgress(
  db: Queryable,
  namespace: string,
  graph: string,
): Promise<DatasetProgress | undefined> {
  const { rows } = await db.query<{ value: DatasetProgress }>('select value from fovea.setting where key = $1', [
    keyOf(namespace, graph),
  ]);
  return rows[0]?.value;
}

export async function saveDatasetProgress(
  db: Queryable,
  namespace: string,
  graph: string,
  progress: DatasetProgress,
): Promise<void> {
  await db.query(
    `insert into fovea.setting (key, value) values ($1, $2::jsonb) on conflict (key) do update set value = excluded.value`,
    [keyOf(namespace, graph), storableJson(progress)],
  );
}

/** Of one graph, or of all graphs of a namespace. */
export async function forgetDatasetProgress(db: Queryable, namespace: string, graph?: string): Promise<void> {
  if (graph === undefined)
    await db.query('delete from fovea.setting where starts_with(key, $1)', [keyOf(namespace, '')]);
  else await db.query('delete from fovea.setting where key = $1', [keyOf(namespace, graph)]);
}

/** Neither name has a slash. */
function keyOf(namespace: string, graph: string): string {
  return `dataset ${namespace}/${graph}`;
}
