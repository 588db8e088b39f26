/**
 * Policies and their versions. A changed policy is a new version with a table of its own that is built beside the one in
 * use and takes over when no task of it is open, nor of those that it takes from or that take from it.
 *
 * @module
 */
import { ConflictError, makesContents, NotFoundError, sourcePolicy } from '../contract/index.ts';
import type { OutputSpec } from '../contract/index.ts';
import { DatabaseError } from './database.ts';
import type { Database, Queryable } from './database.ts';
import { dropDerived } from './derived.ts';
import { qualified } from './names.ts';
import { lockPlanning } from './planning-lock.ts';
import { POLICY_COLUMNS, policiesOf, readPolicy, toPolicy, versionOf } from './policy-rows.ts';
import type { PolicyRow } from './policy-rows.ts';
import { createPolicyTable, dropPolicyTable, isEmpty } from './policy-tables.ts';
import { takeOverGroups } from './policy-source.ts';
import type { NewPolicyVersion, PolicyRecord, PolicyVersion } from './records.ts';
import { storableJson, storableText } from './storable.ts';
import { TASK_BUCKET } from './tasks.ts';
import { dropViews, rebuildViews } from './view-sql.ts';

export { policiesOf } from './policy-rows.ts';

/**
 * Stores a policy of a graph that is saved, and makes its table. The first version of a name is active at once, unless its
 * source is being built anew; a later one is `building`, and replaces a version that was still building. Views don't show it before `rebuildViews` or `activateReady`.
 */
export async function addPolicyVersion(
  tx: Queryable,
  namespace: string,
  policy: NewPolicyVersion,
): Promise<PolicyRecord> {
  const versions = await versionsOf(tx, namespace, policy.graph, policy.name);
  await dropBuilding(tx, namespace, policy.graph, policy.name);
  const id = versions[0]?.id ?? (await nextPolicyId(tx));
  const version = Math.max(0, ...versions.map((old) => old.version)) + 1;
  const source = sourcePolicy(policy);
  const sources = source === undefined ? [] : await versionsOf(tx, namespace, source.graph, source.name);
  const isBeside = versions.some((old) => old.state === 'active') || sources.some((each) => each.state === 'building');
  const state = isBeside ? 'building' : 'active';
  const { rows } = await tx.query<PolicyRow>(
    `insert into fovea.policy (${POLICY_COLUMNS})
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12::jsonb, $13::jsonb, $14::json, $15, $16, $17)
     returning ${POLICY_COLUMNS}`,
    [
      id,
      version,
      namespace,
      policy.graph,
      policy.name,
      state,
      policy.extractor,
      policy.extractorVersion,
      storableJson(policy.askedParams),
      storableJson(policy.params),
      policy.contentSource ?? null,
      storableJson(policy.filter),
      storableJson(policy.accepts),
      storableJson(policy.output),
      policy.space ?? null,
      policy.model ?? null,
      policy.waitingFor ?? null,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('fovea.policy returned no row');
  await createPolicyTable(tx, namespace, { policyId: id, version }, policy.output);
  return toPolicy(row);
}

/** Says why tasks of a version wait (a model that is missing), or with null that they don't. */
export async function setPolicyWaiting(
  db: Queryable,
  policyId: number,
  version: number,
  reason: string | null,
): Promise<void> {
  await db.query('update fovea.policy set waiting_for = $3 where id = $1 and version = $2', [
    policyId,
    version,
    reason === null ? null : storableText(reason),
  ]);
}

/** Keeps what was asked for now, where it resolves to the same. */
export async function rewordPolicy(
  db: Queryable,
  policyId: number,
  version: number,
  askedParams: Readonly<Record<string, unknown>>,
): Promise<void> {
  await db.query('update fovea.policy set asked_params = $3::jsonb where id = $1 and version = $2', [
    policyId,
    version,
    storableJson(askedParams),
  ]);
}

/** What a model that came later decides. */
export interface Pin {
  readonly params: Readonly<Record<string, unknown>>;
  readonly output: OutputSpec;
  readonly space?: string | undefined;
  readonly model?: string | undefined;
}

/**
 * Pins a version whose model was missing when it was made; its table is made anew.
 *
 * @throws ConflictError where it has stored results; NotFoundError where there is no such version.
 */
export async function repinPolicy(db: Database, policyId: number, version: number, pin: Pin): Promise<PolicyRecord> {
  return db.transaction(async (tx) => {
    const policy = await readPolicy(tx, { policyId, version });
    if (policy === undefined) throw new NotFoundError('policy', `${policyId} version ${version}`);
    if (!(await isEmpty(tx, policy.namespace, { policyId, version }))) {
      throw new ConflictError(
        `Cannot pin policy "${policy.graph}.${policy.name}" again: it has stored results; make a new version of it`,
      );
    }
    await dropViews(tx, policy.namespace);
    await dropPolicyTable(tx, policy.namespace, { policyId, version });
    const { rows } = await tx.query<PolicyRow>(
      `update fovea.policy set params = $3::jsonb, output = $4::json, space = $5, model = $6
        where id = $1 and version = $2 returning ${POLICY_COLUMNS}`,
      [policyId, version, storableJson(pin.params), storableJson(pin.output), pin.space ?? null, pin.model ?? null],
    );
    await createPolicyTable(tx, policy.namespace, { policyId, version }, pin.output);
    await rebuildViews(tx, policy.namespace);
    return rows[0] === undefined ? policy : toPolicy(rows[0]);
  });
}

/** Drops all versions of a policy with their tables and tasks, and re-makes the views; false where there was none. */
export async function dropPolicy(tx: Queryable, namespace: string, graph: string, name: string): Promise<boolean> {
  const versions = await versionsOf(tx, namespace, graph, name);
  if (versions.length === 0) return false;
  await dropViews(tx, namespace);
  for (const policy of versions) await dropVersion(tx, namespace, policy);
  await rebuildViews(tx, namespace);
  return true;
}

/** Drops the version that is being built, if one is; the version in use stays. Views don't change: they show only that. */
export async function dropBuilding(tx: Queryable, namespace: string, graph: string, name: string): Promise<void> {
  const versions = await versionsOf(tx, namespace, graph, name);
  for (const policy of versions.filter(({ state }) => state === 'building')) await dropVersion(tx, namespace, policy);
}

/**
 * Lets building versions without open tasks take over, those that take from each other at once: the old versions' tables,
 * tasks and rows go, the views are re-made, in one transaction. Where a long query holds a view, that is left for the next
 * call.
 *
 * @param onActivated Told at once of those that took over together: behind them the next ones may wait for a lock, or fail.
 * @returns The versions that took over.
 */
export async function activateReady(
  db: Database,
  namespace: string,
  onActivated: (versions: readonly PolicyRecord[]) => void = () => undefined,
): Promise<PolicyRecord[]> {
  const policies = await policiesOf(db, namespace);
  const activated: PolicyRecord[] = [];
  for (const group of takeOverGroups(policies.filter(({ state }) => state === 'building'))) {
    // Mostly some task is open: then nobody is made to wait for the lock.
    if (await isHeldBack(db, namespace, group, policies)) continue;
    try {
      if (!(await db.transaction((tx) => activate(tx, namespace, group)))) continue;
      const versions = group.map((policy): PolicyRecord => ({ ...policy, state: 'active' }));
      onActivated(versions);
      activated.push(...versions);
    } catch (error) {
      if (!(error instanceof DatabaseError && error.sqlState === LOCK_NOT_AVAILABLE)) throw error;
    }
  }
  return activated;
}

const LOCK_NOT_AVAILABLE = '55P03';

async function isHeldBack(
  db: Queryable,
  namespace: string,
  group: readonly PolicyRecord[],
  policies: readonly PolicyRecord[],
): Promise<boolean> {
  for (const building of group) {
    const versions = policies.filter(({ graph, name }) => graph === building.graph && name === building.name);
    if (await holdsBack(db, namespace, building, versions)) return true;
  }
  return false;
}

async function activate(tx: Queryable, namespace: string, group: readonly PolicyRecord[]): Promise<boolean> {
  // Who is storing contents plans tasks of the version that would go, and who is changing the graph may take this one back.
  await lockPlanning(tx, namespace, 'exclusive');
  const replaced: PolicyRecord[] = [];
  for (const building of group) {
    const versions = await versionsOf(tx, namespace, building.graph, building.name);
    const isThere = versions.some(({ version, state }) => version === building.version && state === 'building');
    if (!isThere || (await holdsBack(tx, namespace, building, versions))) return false;
    replaced.push(...versions.filter(({ version }) => version < building.version));
  }
  await dropViews(tx, namespace);
  for (const old of replaced) await dropVersion(tx, namespace, old);
  for (const { id, version } of group)
    await tx.query(`update fovea.policy set state = 'active' where id = $1 and version = $2`, [id, version]);
  await rebuildViews(tx, namespace);
  return true;
}

/** Whether a version must not take over yet. One that waits for a model takes over where all before it did: it takes nothing away. */
async function holdsBack(
  tx: Queryable,
  namespace: string,
  building: PolicyRecord,
  versions: readonly PolicyRecord[],
): Promise<boolean> {
  if (versions.every(({ waitingFor }) => waitingFor !== undefined)) return false;
  if (building.waitingFor !== undefined) return true;
  return hasOpenTasks(tx, namespace, versionOf(building));
}

async function hasOpenTasks(tx: Queryable, namespace: string, { policyId, version }: PolicyVersion): Promise<boolean> {
  const { rows } = await tx.query(
    `select 1 from ${qualified(namespace, '_task')}
      where bucket = ${TASK_BUCKET} and policy_id = $1 and version = $2 and state in ('waiting', 'running') limit 1`,
    [policyId, version],
  );
  return rows.length > 0;
}

/** All versions, oldest first, locked until the transaction ends. */
async function versionsOf(tx: Queryable, namespace: string, graph: string, name: string): Promise<PolicyRecord[]> {
  const { rows } = await tx.query<PolicyRow>(
    `select ${POLICY_COLUMNS} from fovea.policy where namespace = $1 and graph = $2 and name = $3 order by version for update`,
    [namespace, graph, name],
  );
  return rows.map(toPolicy);
}

async function dropVersion(tx: Queryable, namespace: string, policy: PolicyRecord): Promise<void> {
  const version = versionOf(policy);
  if (makesContents(policy)) await dropDerived(tx, namespace, version);
  await dropPolicyTable(tx, namespace, version);
  await tx.query(
    `delete from ${qualified(namespace, '_task')} where bucket = ${TASK_BUCKET} and policy_id = $1 and version = $2`,
    [version.policyId, version.version],
  );
  await tx.query('delete from fovea.policy where id = $1 and version = $2', [version.policyId, version.version]);
}

async function nextPolicyId(tx: Queryable): Promise<number> {
  const { rows } = await tx.query<{ id: number }>(`select nextval('fovea.policy_id') as id`);
  const [row] = rows;
  if (row === undefined) throw new Error('fovea.policy_id gave no number');
  return row.id;
}
