/**
 * Applying graphs: parse → resolve (each extractor describes itself) → compare → one transaction that stores, makes tables,
 * back-fills and re-makes the views.
 *
 * @module
 */
import type { ApplyGraphRequest, Graph, GraphChange, GraphSpec, PolicySpec } from '../contract/index.ts';
import { ForbiddenError, InvalidInputError, NotFoundError } from '../contract/index.ts';
import { outputOf } from '../extractor/index.ts';
import { photosGraph } from '../extractors/index.ts';
import type { ApplyRights } from '../http/index.ts';
import { isModelPath } from '../models/index.ts';
import { checkOutputs, diffGraph, differences, graphError, parseGraph, parseGraphValue } from '../graph/index.ts';
import type { GraphExtractor, ParsedGraph, PolicyStep, WantedPolicy } from '../graph/index.ts';
import type { NewPolicyVersion, PolicyRecord, Queryable } from '../store/index.ts';
import {
  activateReady,
  addPolicyVersion,
  dropGraph,
  dropBuilding,
  dropPolicy,
  listGraphs,
  listNamespaces,
  lockPlanning,
  planBackfill,
  policiesOf,
  rebuildViews,
  rewordPolicy,
  saveGraph,
  sourceVersion,
} from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { explainReaders } from './table-locks.ts';
import { requireNamespace } from './namespaces.ts';

/** A policy as the database is to keep it. */
type ResolvedPolicy = WantedPolicy & Omit<NewPolicyVersion, 'graph'>;

/** Graphs of a namespace with their policies, without the built-in ones of Fovea. */
export function listGraphInfos({ database }: EngineContext, namespace: string): Promise<Graph[]> {
  return listGraphs(database, namespace);
}

/** @throws NotFoundError */
export async function findGraph(context: EngineContext, namespace: string, name: string): Promise<Graph> {
  await requireNamespace(context, namespace);
  const graphs = await listGraphInfos(context, namespace);
  const graph = graphs.find((each) => each.name === name);
  if (graph === undefined)
    throw new NotFoundError(
      'graph',
      name,
      graphs.map((each) => each.name),
    );
  return graph;
}

export async function deleteGraph(context: EngineContext, namespace: string, name: string): Promise<void> {
  await findGraph(context, namespace, name);
  await takeTurn(context, namespace, () =>
    context.database.transaction(async (tx) => {
      await lockPlanning(tx, namespace, 'exclusive');
      await dropGraph(tx, namespace, name);
    }),
  );
  changed(context, namespace, name);
}

/**
 * Gives a namespace without graphs the built-in one (or the one of the options). Returns sentences for the user; none where
 * there was a graph.
 */
export async function ensureDefaultGraph(context: EngineContext, namespace: string): Promise<string[]> {
  const change = await takeTurn(context, namespace, () => applyDefault(context, namespace));
  if (change === undefined) return [];
  const { graph, added, warnings } = change;
  const notes = await Promise.all((await context.policies(namespace)).map((policy) => policyNotes(context, policy)));
  return [
    `Made graph "${graph}" (${added.join(', ')}) in namespace "${namespace}"; "--graph none" adds without one`,
    ...warnings,
    ...notes.flat(),
  ];
}

/** One change of a namespace's graphs at a time. */
function takeTurn<T>(context: EngineContext, namespace: string, work: () => Promise<T>): Promise<T> {
  return explainReaders(`change graphs of namespace "${namespace}"`, () => context.turns.take(namespace, work));
}

async function applyDefault(context: EngineContext, namespace: string): Promise<GraphChange | undefined> {
  if ((await context.policies(namespace)).length > 0) return undefined;
  const { graph: text } = context.options;
  const source = text === undefined ? { graph: photosGraph } : { text };
  return applyNow(context, namespace, { mode: 'merge', prune: false, dryRun: false, ...source });
}

/** What the user should know of a policy that was just made: the model that was chosen, or the one that is missing. */
async function policyNotes({ registry, models }: EngineContext, policy: PolicyRecord): Promise<readonly string[]> {
  if (policy.waitingFor !== undefined) return [`"${policy.graph}.${policy.name}" waits: ${policy.waitingFor}`];
  const { notes = [] } = await registry.get(policy.extractor).describe(policy.askedParams, models);
  return notes;
}

/**
 * Makes the graph what the request says, or says what that would do (`dryRun`).
 *
 * @throws ForbiddenError for a model that is named by a path, where the caller may name none.
 */
export async function applyGraph(
  context: EngineContext,
  namespace: string,
  request: ApplyGraphRequest,
  { mayNamePaths = true }: ApplyRights = {},
): Promise<GraphChange> {
  return takeTurn(context, namespace, () => applyNow(context, namespace, request, mayNamePaths));
}

async function applyNow(
  context: EngineContext,
  namespace: string,
  request: ApplyGraphRequest,
  mayNamePaths = true,
): Promise<GraphChange> {
  const { database } = context;
  // A dry run in a namespace that nobody made has nothing to compare with.
  const isMade = (await listNamespaces(database)).includes(namespace);
  const existing = isMade ? await policiesOf(database, namespace) : [];
  const parsed = await parse(context, request, existing);
  const { graph } = parsed;
  if (!mayNamePaths) graph.policies.forEach(refusePath);
  const wanted = await Promise.all(graph.policies.map((policy) => resolvePolicy(context, policy)));
  checkResolved(parsed, wanted, existing);
  const known = existing.filter((policy) => policy.graph === graph.name).map(currentPolicy);
  const present = isMade && (await listGraphs(database, namespace)).some(({ name }) => name === graph.name);
  const { change, steps } = diffGraph(graph.name, present ? known : undefined, wanted, {
    mode: request.mode,
    prune: request.prune,
  });
  const reply = { ...change, warnings: [...parsed.warnings, ...change.warnings] };
  if (request.dryRun) return reply;

  await database.transaction(async (tx) => {
    await lockPlanning(tx, namespace, 'exclusive');
    await saveGraph(tx, namespace, mergedSpec(graph, steps));
    for (const step of steps) await takeStep(tx, namespace, graph.name, step);
    await rebuildViews(tx, namespace);
  });
  await activateReady(database, namespace);
  changed(context, namespace, graph.name);
  return reply;
}

/** A path tells whether something lies there, and has it read. */
function refusePath({ name, params: { model } }: PolicySpec): void {
  if (typeof model !== 'string' || !isModelPath(model)) return;
  throw new ForbiddenError(
    `Cannot use model "${model}" for "${name}": this API key is for one namespace, and paths of the server's machine need more; name a model of "fovea models"`,
  );
}

async function parse(
  context: EngineContext,
  request: ApplyGraphRequest,
  existing: readonly PolicyRecord[],
): Promise<ParsedGraph> {
  const { registry, models } = context;
  const extractors: GraphExtractor[] = (await registry.list(models)).map((info) => ({
    ...info,
    regions: registry.get(info.name).regions,
  }));
  const options = {
    extractors,
    checkParams: (extractor: string, params: Readonly<Record<string, unknown>>) => {
      const checked = registry.get(extractor).params.safeParse(params);
      return checked.success
        ? []
        : checked.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    },
    existing: (graph: string) =>
      request.mode === 'merge' || !request.prune ? existing.filter((policy) => policy.graph === graph) : [],
  };
  if (request.text !== undefined && request.graph === undefined) return parseGraph(request.text, options);
  if (request.graph !== undefined && request.text === undefined) return parseGraphValue(request.graph, options);
  throw new InvalidInputError('Cannot apply: give either "text" (YAML or JSON) or "graph"');
}

/** Faults that show only when it is known what each policy writes. */
function checkResolved(
  { graph, lineOf }: ParsedGraph,
  wanted: readonly ResolvedPolicy[],
  existing: readonly PolicyRecord[],
): void {
  const issues = checkOutputs(
    graph.name,
    wanted,
    existing.filter((policy) => policy.graph === graph.name),
  ).map((issue) => {
    const line = lineOf(issue.path);
    return line === undefined ? issue : { ...issue, line };
  });
  if (issues.length > 0) throw graphError(graph.name, issues);
}

async function resolvePolicy({ registry, models }: EngineContext, spec: PolicySpec): Promise<ResolvedPolicy> {
  const extractor = registry.get(spec.extractor);
  const description = await extractor.describe(spec.params, models);
  return {
    name: spec.name,
    extractor: extractor.name,
    extractorVersion: extractor.version,
    asked: spec.params,
    askedParams: spec.params,
    params: description.params,
    contentSource: spec.contentSource,
    filter: spec.filter,
    accepts: [...extractor.accepts],
    output: outputOf(description),
    space: description.space,
    model: description.model,
    waitingFor: description.waitingFor,
  };
}

type CurrentRecord = PolicyRecord & ResolvedPolicy;

function currentPolicy(record: PolicyRecord): CurrentRecord {
  return {
    ...record,
    asked: record.askedParams,
    waitingFor: record.waitingFor,
    contentSource: record.contentSource,
    space: record.space,
    model: record.model,
  };
}

async function takeStep(
  tx: Queryable,
  namespace: string,
  graph: string,
  step: PolicyStep<CurrentRecord, ResolvedPolicy>,
): Promise<void> {
  if (step.kind === 'remove') {
    await dropPolicy(tx, namespace, graph, step.name);
  } else if (step.kind === 'add' || step.kind === 'change') {
    const standing = step.kind === 'change' ? await standingVersion(tx, namespace, graph, step.to) : undefined;
    if (standing !== undefined) {
      await dropBuilding(tx, namespace, graph, step.name);
      return rewordPolicy(tx, standing.id, standing.version, step.to.asked);
    }
    const policy = await addPolicyVersion(tx, namespace, { ...step.to, graph });
    const source = sourceVersion(policy, await policiesOf(tx, namespace));
    await planBackfill(
      tx,
      namespace,
      { policyId: policy.id, version: policy.version },
      { mimePatterns: policy.accepts, filters: policy.filter, contentSource: source },
    );
  } else if (step.kind === 'keep' && step.reworded) {
    await rewordPolicy(tx, step.from.id, step.from.version, step.to.asked);
  }
}

/** The version in use, where it is what is wanted again and only its successor, that is being built, is in the way. */
async function standingVersion(
  tx: Queryable,
  namespace: string,
  graph: string,
  wanted: ResolvedPolicy,
): Promise<PolicyRecord | undefined> {
  const policies = (await policiesOf(tx, namespace)).filter((policy) => policy.graph === graph);
  const active = policies.find(({ name, state }) => name === wanted.name && state === 'active');
  if (active === undefined || differences(currentPolicy(active), wanted).length > 0) return undefined;
  const sourceIsBuilt = policies.some(({ name, state }) => name === wanted.contentSource && state === 'building');
  return sourceIsBuilt ? undefined : active;
}

/** The graph as it stands afterwards: what was kept though the file lacks it stays in its spec. */
function mergedSpec(wanted: GraphSpec, steps: readonly PolicyStep<CurrentRecord, ResolvedPolicy>[]): GraphSpec {
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

function changed(context: EngineContext, namespace: string, graph: string): void {
  context.statistics.forget(namespace);
  context.planned(namespace);
  context.events.emit(namespace, { type: 'graph', graph });
}
