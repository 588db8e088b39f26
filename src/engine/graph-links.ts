/**
 * Linking graphs: what a link makes, and what it can't.
 *
 * @module
 */
import type { GraphLink, GraphLinkRecord } from '../contract/index.ts';
import { ConflictError, NotFoundError } from '../contract/index.ts';
import { hasBoxes, policiesSeenFrom, wayBetween } from '../graph/index.ts';
import { listGraphs, listLinks } from '../store/index.ts';
import type { PolicyRecord } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { commitChange, currentPolicy, planChange } from './graph-changes.ts';
import type { GraphsNow, ResolvedPolicy } from './graph-changes.ts';
import { findGraph, graphsNow, policySpec, takeTurn } from './graphs.ts';
import { linkedPolicies, newestPolicy, takesRegions } from './linked-policies.ts';

/** What Indexify calls the source of contents as they were added; kept as the empty text. */
const INGESTED = 'ingestion';

/** Links from a graph, oldest first. @throws NotFoundError */
export async function graphLinks(context: EngineContext, namespace: string, graph: string): Promise<GraphLink[]> {
  await findGraph(context, namespace, graph);
  return (await listLinks(context.database, namespace))
    .filter((link) => link.graph === graph)
    .map(({ contentSource, linkedGraph }) => ({ contentSource, linkedGraph }));
}

/**
 * Lets the policies of another graph that start at contents run on the boxes of a policy, too; what is there is back-filled. A
 * link that is there is made good where something of it is missing.
 *
 * @returns Sentences on what the link does not do.
 * @throws NotFoundError for an unknown graph or policy; ConflictError where links would lead back to where they start.
 */
export async function linkGraphs(
  context: EngineContext,
  namespace: string,
  graph: string,
  { contentSource: asked, linkedGraph }: GraphLink,
): Promise<{ warnings: string[] }> {
  const contentSource = asked === INGESTED ? '' : asked;
  await findGraph(context, namespace, graph);
  await findGraph(context, namespace, linkedGraph);
  return takeTurn(context, namespace, async () => {
    const link = { graph, contentSource, linkedGraph };
    const now = await graphsNow(context, namespace);
    refuseCircle(link, now);
    const spec = (await listGraphs(context.database, namespace)).find(({ name }) => name === linkedGraph)?.spec;
    if (spec === undefined) throw new NotFoundError('graph', linkedGraph, now.names);
    const own = newestOf(linkedGraph, now.policies);
    const links = [...now.links.filter((each) => !isSame(each, link)), link];
    const made = linkedPolicies(context.registry, linkedGraph, own, { ...now, links });
    const planned = planChange(
      { ...spec, policies: [...spec.policies, ...made.map(policySpec)] },
      [...own, ...made],
      now,
      { mode: 'merge' },
    );
    const warnings = linkWarnings(context, link, own, now);
    await commitChange(context, namespace, planned, link);
    return { warnings };
  });
}

function newestOf(graph: string, policies: readonly PolicyRecord[]): ResolvedPolicy[] {
  return policiesSeenFrom(graph, policies)
    .filter(({ policy }) => policy.graph === graph)
    .map(({ policy }) => currentPolicy(policy));
}

function isSame(a: GraphLinkRecord, b: GraphLinkRecord): boolean {
  return a.graph === b.graph && a.contentSource === b.contentSource && a.linkedGraph === b.linkedGraph;
}

function refuseCircle({ graph, contentSource, linkedGraph }: GraphLinkRecord, { policies, links }: GraphsNow): void {
  const own = newestOf(graph, policies).map(({ name }) => name);
  if (contentSource !== '' && !own.includes(contentSource)) {
    throw new NotFoundError(
      'policy',
      contentSource,
      own,
      `graph "${graph}" has none of that name; known: ${own.map((name) => `"${name}"`).join(', ')}`,
    );
  }
  const way = wayBetween(links, linkedGraph, graph);
  if (way === undefined) return;
  const circle = [graph, ...way].map((name) => `"${name}"`).join(' → ');
  throw new ConflictError(
    `Cannot link graph "${graph}" to "${linkedGraph}": links would go round in a circle, ${circle}`,
  );
}

function linkWarnings(
  { registry }: EngineContext,
  { graph, contentSource, linkedGraph }: GraphLinkRecord,
  own: readonly ResolvedPolicy[],
  { policies }: GraphsNow,
): string[] {
  if (contentSource === '') {
    return [
      `Every graph takes all contents, so "${linkedGraph}" ran on what is added before: the link is kept, and changes nothing`,
    ];
  }
  const source = newestPolicy(graph, contentSource, policies);
  if (source === undefined || !hasBoxes(source.output)) {
    return [
      `"${graph}.${contentSource}" finds no boxes, and graphs take nothing else from each other: the link is kept, and changes nothing`,
    ];
  }
  return own
    .filter((policy) => policy.contentSource === undefined && !takesRegions(registry, policy))
    .map(
      ({ name, extractor }) =>
        `"${linkedGraph}.${name}" does not run on boxes of "${graph}.${contentSource}": "${extractor}" takes whole pictures only`,
    );
}
