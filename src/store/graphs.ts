/**
 * Graphs as they were asked for; what became of their policies is in `policies.ts`.
 *
 * @module
 */
import type { GraphSpec, Policy } from '../contract/index.ts';
import type { Queryable } from './database.ts';
import { policiesOf } from './policy-rows.ts';
import { dropPolicy } from './policies.ts';
import type { PolicyRecord } from './records.ts';
import { storableJson } from './storable.ts';
import { rebuildViews } from './view-sql.ts';

/** A graph as it is stored. */
export interface GraphRecord {
  readonly name: string;
  readonly description?: string;
  readonly spec: GraphSpec;
  readonly policies: Policy[];
}

/** The graphs of a namespace with all versions of their policies, oldest first. */
export async function listGraphs(db: Queryable, namespace: string): Promise<GraphRecord[]> {
  const policies = await policiesOf(db, namespace);
  const { rows } = await db.query<{ name: string; spec: GraphSpec }>(
    'select name, spec from fovea.graph where namespace = $1 order by created_at, name',
    [namespace],
  );
  return rows.map(({ name, spec }) => {
    const own = policies.filter(({ graph }) => graph === name).map(withoutInternals);
    return spec.description === undefined
      ? { name, spec, policies: own }
      : { name, description: spec.description, spec, policies: own };
  });
}

/** Stores what was asked for, in place of what was there. Policies, and then `rebuildViews`, are the caller's next steps. */
export async function saveGraph(tx: Queryable, namespace: string, spec: GraphSpec): Promise<void> {
  await tx.query(
    `insert into fovea.graph (namespace, name, spec) values ($1, $2, $3::jsonb)
     on conflict (namespace, name) do update set spec = excluded.spec`,
    [namespace, spec.name, storableJson(spec)],
  );
}

/** Drops a graph with its policies, their tables and tasks, and re-makes the views; false where there was none. */
export async function dropGraph(tx: Queryable, namespace: string, graph: string): Promise<boolean> {
  const names = new Set(
    (await policiesOf(tx, namespace)).filter((policy) => policy.graph === graph).map(({ name }) => name),
  );
  for (const name of names) await dropPolicy(tx, namespace, graph, name);
  const dropped = await tx.query('delete from fovea.graph where namespace = $1 and name = $2', [namespace, graph]);
  await rebuildViews(tx, namespace);
  return dropped.affected > 0;
}

function withoutInternals({ namespace: _namespace, askedParams: _askedParams, ...policy }: PolicyRecord): Policy {
  return policy;
}
