/**
 * Applying graphs: parse → resolve (each extractor describes itself) → compare → one transaction that stores, makes tables,
 * back-fills and re-makes the views.
 *
 * @module
 */
import type { ApplyGraphRequest, Graph, GraphChange, InputIssue, PolicySpec } from '../contract/index.ts';
import {
  ForbiddenError,
  InvalidInputError,
  isGiven,
  makesContents,
  NotFoundError,
  SpaceEncoder,
  takesFrom,
} from '../contract/index.ts';
import { outputOf } from '../extractor/index.ts';
import { photosGraph } from '../extractors/index.ts';
import type { ApplyRights } from '../http/index.ts';
import { isModelPath } from '../models/index.ts';
import {
  checkOutputs,
  formatGraph,
  graphError,
  hasBoxes,
  parseGraph,
  parseGraphValue,
  policiesSeenFrom,
  takersOf,
} from '../graph/index.ts';
import type { ExistingPolicy, GraphExtractor, ParsedGraph } from '../graph/index.ts';
import type { PolicyRecord } from '../store/index.ts';
import { dropGraph, listGraphs, listLinks, listNamespaces, lockPlanning, policiesOf } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { describeChange } from './describe-change.ts';
import { commitChange, dropLinked, graphChanged, planChange, refuseTaken } from './graph-changes.ts';
import type { GraphsNow, ResolvedPolicy } from './graph-changes.ts';
import { pinSpace } from './given-space.ts';
import { linkedPolicies } from './linked-policies.ts';
import { explainReaders } from './table-locks.ts';
import { requireNamespace } from './namespaces.ts';

/** Graphs of a namespace with their policies, without the built-in ones of Fovea. */
export async function listGraphInfos({ database }: EngineContext, namespace: string): Promise<Graph[]> {
  const graphs = await listGraphs(database, namespace);
  return graphs.map((graph) => ({ ...graph, yaml: formatGraph(graph.spec) }));
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

/**
 * Deletes a graph with what it extracted, its links, and the policies that these made in other graphs.
 *
 * @throws NotFoundError; ConflictError where somebody wrote one of its policies into another graph.
 */
export async function deleteGraph(context: EngineContext, namespace: string, name: string): Promise<void> {
  await findGraph(context, namespace, name);
  const removed = await takeTurn(context, namespace, () =>
    context.database.transaction(async (tx) => {
      await lockPlanning(tx, namespace, 'exclusive');
      const policies = await policiesOf(tx, namespace);
      const own = policies.filter(({ graph }) => graph === name);
      const others = policies.filter(({ graph }) => graph !== name);
      const { linked, written } = takersOf(own, others, await listLinks(tx, namespace));
      refuseTaken(`delete graph "${name}"`, written);
      await dropLinked(tx, namespace, linked);
      await dropGraph(tx, namespace, name);
      return own;
    }),
  );
  graphChanged(context, namespace, name);
  if (removed.some(makesContents)) void context.leftovers.sweep();
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
    `Made graph "${graph}" (${added.join(', ')}) in namespace "${namespace}", which had none`,
    ...warnings,
    ...notes.flat(),
  ];
}

/** One change of a namespace's graphs at a time. */
export function takeTurn<T>(context: EngineContext, namespace: string, work: () => Promise<T>): Promise<T> {
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
  const now = await graphsNow(context, namespace);
  const parsed = await parse(context, request, now.policies);
  const { graph } = parsed;
  if (!mayNamePaths) graph.policies.forEach(refusePath);
  const written = await Promise.all(graph.policies.map((policy) => resolvePolicy(context, policy, now.policies)));
  const wanted = [...written, ...linkedPolicies(context.registry, graph.name, written, now)];
  checkResolved(parsed, wanted, now.policies);
  const linked = wanted.slice(written.length).map(policySpec);
  const planned = planChange({ ...graph, policies: [...graph.policies, ...linked] }, wanted, now, {
    mode: request.mode,
    prune: request.prune,
  });
  const policies = await describeChange(context.database, namespace, planned, now);
  if (!request.dryRun) await commitChange(context, namespace, planned);
  return { ...planned.change, policies, warnings: [...parsed.warnings, ...planned.change.warnings] };
}

/** A dry run in a namespace that nobody made has nothing to compare with. */
export async function graphsNow({ database }: EngineContext, namespace: string): Promise<GraphsNow> {
  if (!(await listNamespaces(database)).includes(namespace))
    return { exists: false, names: [], policies: [], links: [] };
  return {
    exists: true,
    names: (await listGraphs(database, namespace)).map(({ name }) => name),
    policies: await policiesOf(database, namespace),
    links: await listLinks(database, namespace),
  };
}

/** A policy as a graph's file has it. */
export function policySpec({ name, extractor, asked, contentSource, filter }: ResolvedPolicy): PolicySpec {
  return {
    name,
    extractor,
    params: asked,
    filter: [...filter],
    ...(contentSource === undefined ? {} : { contentSource }),
  };
}

/** A path tells whether something lies there, and has it read. */
function refusePath({ name, params }: PolicySpec): void {
  const space = SpaceEncoder.safeParse(params.space).data;
  const model = [params.model, space?.params.model].find((each) => typeof each === 'string' && isModelPath(each));
  if (typeof model !== 'string') return;
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
    existing: (graph: string) => existingPolicies(graph, existing, request.mode === 'merge' || !request.prune),
  };
  if (request.text !== undefined && request.graph === undefined) return parseGraph(request.text, options);
  if (request.graph !== undefined && request.text === undefined) return parseGraphValue(request.graph, options);
  throw new InvalidInputError('Cannot apply: give either "text" (YAML or JSON) or "graph"');
}

/** What policies of a graph may take from: its own, where they stay, and those of others. */
function existingPolicies(graph: string, policies: readonly PolicyRecord[], keepsOwn: boolean): ExistingPolicy[] {
  return policiesSeenFrom(graph, policies)
    .filter(({ policy }) => keepsOwn || policy.graph !== graph)
    .map(({ name, contentSource, policy: { output } }) => ({ name, contentSource, output }));
}

/** Faults that show only when it is known what each policy writes. */
function checkResolved(
  { graph, placeOf }: ParsedGraph,
  wanted: readonly ResolvedPolicy[],
  existing: readonly PolicyRecord[],
): void {
  const issues = [
    ...checkOutputs(graph.name, wanted, existingPolicies(graph.name, existing, true)),
    ...missingBoxes(graph.name, wanted, existing),
  ].map((issue) => ({ ...issue, ...placeOf(issue.path) }));
  if (issues.length > 0) throw graphError(graph.name, issues);
}

/** Policies of other graphs take boxes that a policy makes no more. */
function missingBoxes(
  graph: string,
  wanted: readonly ResolvedPolicy[],
  existing: readonly PolicyRecord[],
): InputIssue[] {
  return wanted.flatMap(({ name, extractor, output }, index) => {
    const taker = existing.find((policy) => policy.graph !== graph && takesFrom(policy, { graph, name }));
    if (taker === undefined || hasBoxes(output) || makesContents({ output })) return [];
    const message = `"${taker.graph}.${taker.name}" takes the boxes of policy "${name}", and "${extractor}" makes none`;
    return [{ path: `policies.${index}.extractor`, message }];
  });
}

async function resolvePolicy(
  context: EngineContext,
  spec: PolicySpec,
  policies: readonly PolicyRecord[],
): Promise<ResolvedPolicy> {
  const { registry, models } = context;
  const extractor = registry.get(spec.extractor);
  const description = await extractor.describe(spec.params, models);
  const output = outputOf(description);
  const given = isGiven({ extractor: extractor.name });
  const pinned = given ? await pinSpace(context, spec.name, description.params, output, policies) : undefined;
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
    output,
    space: description.space,
    model: description.model,
    waitingFor: description.waitingFor,
    ...pinned,
  };
}
