/**
 * Policies as rows of `fovea.policy`.
 *
 * @module
 */
import type { LabelFilter, OutputSpec, PolicyState } from '../contract/index.ts';
import type { Queryable } from './database.ts';
import type { PolicyRecord, PolicyVersion } from './records.ts';

/** Columns of `readPolicies`, in SQL. */
export const POLICY_COLUMNS = `id, version, namespace, graph, name, state, extractor, extractor_version, asked_params, params,
  content_source, filter, accepts, output, space, model, waiting_for`;

export interface PolicyRow {
  id: number;
  version: number;
  namespace: string;
  graph: string;
  name: string;
  state: PolicyState;
  extractor: string;
  extractor_version: string;
  asked_params: Record<string, unknown>;
  params: Record<string, unknown>;
  content_source: string | null;
  filter: LabelFilter[];
  accepts: string[];
  output: OutputSpec;
  space: string | null;
  model: string | null;
  waiting_for: string | null;
}

/** Every version of every policy of a namespace, active and building, by id and version. */
export async function policiesOf(db: Queryable, namespace: string): Promise<PolicyRecord[]> {
  const { rows } = await db.query<PolicyRow>(
    `select ${POLICY_COLUMNS} from fovea.policy where namespace = $1 order by id, version`,
    [namespace],
  );
  return rows.map(toPolicy);
}

/** One version; undefined where there is none. */
export async function readPolicy(
  db: Queryable,
  { policyId, version }: PolicyVersion,
): Promise<PolicyRecord | undefined> {
  const { rows } = await db.query<PolicyRow>(
    `select ${POLICY_COLUMNS} from fovea.policy where id = $1 and version = $2`,
    [policyId, version],
  );
  return rows[0] === undefined ? undefined : toPolicy(rows[0]);
}

export function toPolicy(row: PolicyRow): PolicyRecord {
  return {
    id: row.id,
    version: row.version,
    namespace: row.namespace,
    graph: row.graph,
    name: row.name,
    state: row.state,
    extractor: row.extractor,
    extractorVersion: row.extractor_version,
    askedParams: row.asked_params,
    params: row.params,
    filter: row.filter,
    accepts: row.accepts,
    output: row.output,
    ...(row.content_source === null ? {} : { contentSource: row.content_source }),
    ...(row.space === null ? {} : { space: row.space }),
    ...(row.model === null ? {} : { model: row.model }),
    ...(row.waiting_for === null ? {} : { waitingFor: row.waiting_for }),
  };
}

/** How tables and tasks name a policy's version. */
export function versionOf(policy: PolicyRecord): PolicyVersion {
  return { policyId: policy.id, version: policy.version };
}
