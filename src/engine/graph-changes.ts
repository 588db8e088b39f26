/**
 * A change of one graph, planned with what it means for the others, then done in one transaction: policies that take from one
 * that changes are built anew, of whatever graph they are.
 *
 * @module
 */
import type { GraphLinkRecord, GraphSpec, PolicySpec } from '../contract/index.ts';
import { ConflictError, isGiven, makesContents, seenFrom, sourcePolicy, takesFrom } from '../contract/index.ts';
import {
  dependents,
  diffGraph,
  differences,
  policiesSeenFrom,
  takenTypes,
  takersOf,
  topologicalOrder,
} from '../graph/index.ts';
import type { DiffOptions, GraphComparison, PolicyStep, WantedPolicy } from '../graph/index.ts';
import type { NewPolicyVersion, PolicyRecord, Queryable } from '../store/index.ts';
import {
  activateReady,
  addPolicyVersion,
  dropBuilding,
  dropLinks,
  dropPolicy,
  isEmpty,
  listGraphs,
  lockPlanning,
  planBackfill,
  policiesOf,
  rebuildViews,
  rewordPolicy,
  saveGraph,
  saveLink,
  sourceVersion,
  versionOf,
} from '../store/index.ts';
import type { EngineContext } from './context.ts';

/** A policy as the database is to keep it. */
export type ResolvedPolicy = WantedPolicy & Omit<NewPolicyVersion, 'graph'>;

export type CurrentRecord = PolicyRecord & ResolvedPolicy;

export type Step = PolicyStep<CurrentRecord, ResolvedPolicy>;

/** The graphs of a namespace as they are. */
export interface GraphsNow {
  /** Whether there is such a namespace. */
  readonly exists: boolean;
  readonly names: readonly string[];
  /** All versions. */
  readonly policies: readonly PolicyRecord[];
  readonly links: readonly GraphLinkRecord[];
}

export interface PlannedChange {
  readonly change: GraphComparison;
  /** The graph as it stands afterwards. */
  readonly spec: GraphSpec;
  /** In the order in which results flow; removals last. */
  readonly work: readonly { readonly graph: string; readonly step: Step }[];
  /** Policies of other graphs that a link made, and that go with their source. */
  readonly linked: readonly PolicyRecord[];
}

/**
 * Compares what is wanted of one graph with what is there.
 *
 * @param wanted Its policies, resolved; `spec` has the same ones.
 * @throws ConflictError where another graph takes from a policy that would be removed.
 */
export function planChange(
  spec: GraphSpec,
  wanted: readonly ResolvedPolicy[],
  { names, policies, links }: GraphsNow,
  options: DiffOptions,
): PlannedChange {
  const graph = spec.name;
  const own = policies.filter((policy) => policy.graph === graph).map(currentPolicy);
  const { change, steps } = diffGraph(graph, names.includes(graph) ? own : undefined, wanted, options);
  const elsewhere = policies.filter((policy) => policy.graph !== graph);
  const { linked, written } = takersOf(
    change.removed.map((name) => ({ graph, name })),
    elsewhere,
    links,
  );
  refuseTaken(`remove policies of graph "${graph}"`, written);
  const staying = elsewhere.filter((policy) => !linked.some((each) => isSame(each, policy)));
  const rebuilt = rebuiltSteps(graph, steps, staying);
  const work = inOrder(graph, [...steps.map((step) => ({ graph, step })), ...rebuilt]);
  const notes = [
    ...rebuilt.map(
      ({ graph: of, step }) =>
        `policy "${seenFrom(graph, { graph: of, name: step.name })}" gets a new version: ${step.reasons.join('; ')}`,
    ),
    ...linked.map((each) => `policy "${each.graph}.${each.name}" goes with the policy whose boxes it takes`),
  ];
  return {
    change: { ...change, warnings: [...change.warnings, ...notes] },
    spec: mergedSpec(spec, steps),
    work,
    linked,
  };
}

/** @throws ConflictError that names the policies, where there are any. */
export function refuseTaken(action: string, takers: readonly PolicyRecord[]): void {
  if (takers.length === 0) return;
  const names = [
    ...new Set(takers.map((policy) => `"${policy.graph}.${policy.name}" takes from "${policy.contentSource}"`)),
  ];
  throw new ConflictError(
    `Cannot ${action}: ${names.join(', ')}; change or remove ${names.length === 1 ? 'that' : 'those'} first`,
  );
}

type ChangeStep = Extract<Step, { readonly kind: 'change' }>;

/** What takes from policies that change and isn't changed itself: of other graphs, or of this one by way of another. */
function rebuiltSteps(
  graph: string,
  steps: readonly Step[],
  elsewhere: readonly PolicyRecord[],
): { readonly graph: string; readonly step: ChangeStep }[] {
  const kept = steps.filter(({ kind }) => kind !== 'remove');
  const seen = [
    ...kept.map((step) => ({ name: step.name, contentSource: sourceOf(step) })),
    ...policiesSeenFrom(graph, elsewhere),
  ];
  const changed = steps.filter(({ kind }) => kind === 'change').map(({ name }) => name);
  const again = new Set(dependents(seen, changed));
  const records = [
    ...kept.flatMap((step) => (step.kind === 'keep' || step.kind === 'extra' ? [step.from] : [])),
    ...policiesSeenFrom(graph, elsewhere).map(({ policy }) => currentPolicy(policy)),
  ];
  return records
    .filter((record) => again.has(seenFrom(graph, record)))
    .map((from) => ({
      graph: from.graph,
      step: {
        kind: 'change',
        name: from.name,
        from,
        to: from,
        reasons: [`its content source "${from.contentSource}" changes`],
      },
    }));
}

/** A later entry for a policy replaces an earlier one. */
function inOrder(
  graph: string,
  work: readonly { readonly graph: string; readonly step: Step }[],
): { readonly graph: string; readonly step: Step }[] {
  const last = new Map(work.map((each) => [seenFrom(graph, { graph: each.graph, name: each.step.name }), each]));
  const stays = [...last].filter(([, { step }]) => step.kind !== 'remove');
  const ordered = topologicalOrder(
    stays.map(([name, each]) => {
      const source = sourcePolicy({ graph: each.graph, contentSource: sourceOf(each.step) });
      return { name, contentSource: source === undefined ? undefined : seenFrom(graph, source), each };
    }),
  );
  return [...ordered.map(({ each }) => each), ...work.filter(({ step }) => step.kind === 'remove')];
}

function sourceOf(step: Step): string | undefined {
  return ('to' in step ? step.to : step.from).contentSource;
}

function isSame(a: PolicyRecord, b: PolicyRecord): boolean {
  return a.graph === b.graph && a.name === b.name;
}

export function currentPolicy(record: PolicyRecord): CurrentRecord {
  return {
    ...record,
    asked: record.askedParams,
    waitingFor: record.waitingFor,
    contentSource: record.contentSource,
    space: record.space,
    model: record.model,
  };
}

/** Does what was planned. @param link Kept with it. */
export async function commitChange(
  context: EngineContext,
  namespace: string,
  { change, spec, work, linked }: PlannedChange,
  link?: GraphLinkRecord,
): Promise<void> {
  const { database } = context;
  await database.transaction(async (tx) => {
    await lockPlanning(tx, namespace, 'exclusive');
    await saveGraph(tx, namespace, spec);
    for (const { graph, step } of work) await takeStep(tx, namespace, graph, step);
    await dropLinked(tx, namespace, linked);
    for (const name of change.removed) await dropLinks(tx, namespace, { graph: spec.name, contentSource: name });
    if (link !== undefined) await saveLink(tx, namespace, link);
    await rebuildViews(tx, namespace);
  });
  // Before the rest, which may wait for a lock, or fail.
  graphChanged(context, namespace, spec.name);
  await activateReady(database, namespace, () => graphChanged(context, namespace, spec.name));
  const gone = work.flatMap(({ step }) => (step.kind === 'remove' || step.kind === 'change' ? [step.from] : []));
  if (gone.some(makesContents)) void context.leftovers.sweep();
}

/** Drops policies that links made, from their graphs too. */
export async function dropLinked(tx: Queryable, namespace: string, linked: readonly PolicyRecord[]): Promise<void> {
  const graphs = linked.length === 0 ? [] : await listGraphs(tx, namespace);
  for (const { name, spec } of graphs) {
    const going = linked.filter(({ graph }) => graph === name);
    for (const policy of going) await dropPolicy(tx, namespace, name, policy.name);
    const policies = spec.policies.filter((policy) => !going.some((each) => each.name === policy.name));
    if (going.length > 0) await saveGraph(tx, namespace, { ...spec, policies });
  }
}

export function graphChanged(context: EngineContext, namespace: string, graph: string): void {
  context.statistics.forget(namespace);
  context.planned(namespace);
  context.events.emit(namespace, { type: 'graph', graph });
}

async function takeStep(tx: Queryable, namespace: string, graph: string, step: Step): Promise<void> {
  if (step.kind === 'remove') {
    await dropPolicy(tx, namespace, graph, step.name);
  } else if (step.kind === 'add' || step.kind === 'change') {
    const standing =
      step.kind === 'change' ? standingVersion(await policiesOf(tx, namespace), graph, step.to) : undefined;
    if (standing !== undefined) {
      await dropBuilding(tx, namespace, graph, step.name);
      return rewordPolicy(tx, standing.id, standing.version, step.to.asked);
    }
    if (step.kind === 'change') await keepGiven(tx, namespace, step);
    const policy = await addPolicyVersion(tx, namespace, { ...step.to, graph });
    const policies = await policiesOf(tx, namespace);
    const source = sourceVersion(policy, policies);
    const framesOf = policies.filter((each) => each.graph === graph && makesContents(each)).map(({ id }) => id);
    await planBackfill(
      tx,
      namespace,
      { policyId: policy.id, version: policy.version },
      { mimePatterns: takenTypes(policy), filters: policy.filter, contentSource: source, framesOf },
    );
  } else if (step.kind === 'keep' && step.reworded) {
    await rewordPolicy(tx, step.from.id, step.from.version, step.to.asked);
  }
}

/**
 * Rows that were handed over can't be computed anew: they never go because a policy changes.
 *
 * @throws ConflictError where this step would.
 */
export async function keepGiven(
  tx: Queryable,
  namespace: string,
  { from, reasons }: Pick<ChangeStep, 'from' | 'reasons'>,
): Promise<void> {
  if (!isGiven(from) || (await isEmpty(tx, namespace, versionOf(from)))) return;
  throw new ConflictError(
    `Cannot change policy "${from.graph}.${from.name}" (${reasons.join('; ')}): it has rows that were handed over, and a new version would begin without them; give the new one another name, or remove this one first`,
  );
}

/** The version in use, where it is what is wanted again and only its successor, that is being built, is in the way. */
export function standingVersion(
  policies: readonly PolicyRecord[],
  graph: string,
  wanted: ResolvedPolicy,
): PolicyRecord | undefined {
  const active = policies.find(
    (policy) => policy.graph === graph && policy.name === wanted.name && policy.state === 'active',
  );
  if (active === undefined || differences(currentPolicy(active), wanted).length > 0) return undefined;
  const taker = { graph, contentSource: wanted.contentSource };
  const sourceIsBuilt = policies.some((policy) => policy.state === 'building' && takesFrom(taker, policy));
  return sourceIsBuilt ? undefined : active;
}

/** The graph as it stands afterwards: what was kept though the file lacks it stays in its spec. */
function mergedSpec(wanted: GraphSpec, steps: readonly Step[]): GraphSpec {
  const kept = steps.flatMap((step): PolicySpec[] => {
    if (step.kind === 'remove' || wanted.policies.some(({ name }) => name === step.name)) return [];
    const policy = 'to' in step ? step.to : step.from;
    const { name, extractor, asked: params, contentSource, filter } = policy;
    return [
      { name, extractor, params, filter: [...filter], ...(contentSource === undefined ? {} : { contentSource }) },
    ];
  });
  return { ...wanted, policies: [...wanted.policies, ...kept] };
}
