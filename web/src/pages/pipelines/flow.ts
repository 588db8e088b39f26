/**
 * A graph as nodes and edges: pictures flow from the root through policies. Policies of other graphs that it takes from,
 * and graphs that it is linked to, stand at its border.
 *
 * @module
 */
import type { Graph, GraphLink, LabelFilter, Policy, PolicyProgress } from 'fovea/client';

export interface PicturesNode {
  readonly kind: 'pictures';
  readonly id: string;
}

export interface PolicyNode {
  readonly kind: 'policy';
  /** `<graph>.<policy>`. */
  readonly id: string;
  /** The version in use; the one that is built where none is in use yet. */
  readonly policy: Policy;
  readonly progress: PolicyProgress | undefined;
  /** A newer version that is built beside it. */
  readonly next: { readonly policy: Policy; readonly progress: PolicyProgress | undefined } | undefined;
  /** Of another graph. */
  readonly foreign: boolean;
}

export interface GraphNode {
  readonly kind: 'graph';
  readonly id: string;
  readonly graph: string;
}

export type FlowNode = PicturesNode | PolicyNode | GraphNode;

export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  /** `link`: every policy of the other graph that starts at pictures runs on the boxes, too. */
  readonly kind: 'content' | 'link';
  /** Conditions on labels, as they are written; empty without any. */
  readonly filter: string;
}

export interface Flow {
  /** Sources before those that take from them. */
  readonly nodes: readonly FlowNode[];
  readonly edges: readonly FlowEdge[];
}

export const PICTURES = 'pictures';

export interface FlowInput {
  readonly graph: Graph;
  readonly graphs: readonly Graph[];
  readonly progress: readonly PolicyProgress[];
  readonly links: readonly GraphLink[];
}

export function flowOf({ graph, graphs, progress, links }: FlowInput): Flow {
  const nodes = new Map<string, FlowNode>();
  const edges: FlowEdge[] = [];
  const visit = (of: Graph, name: string): string => {
    const id = `${of.name}.${name}`;
    if (nodes.has(id)) return id;
    const node = policyNode(of, name, progress, of.name !== graph.name);
    if (node === undefined) return PICTURES;
    const { contentSource, filter } = (node.next ?? node).policy;
    const from = node.foreign ? undefined : sourceOf(contentSource, of, graphs, visit);
    nodes.set(id, node);
    if (from !== undefined) edges.push({ from, to: id, kind: 'content', filter: filterText(filter) });
    return id;
  };
  for (const name of new Set(graph.policies.map((policy) => policy.name))) visit(graph, name);
  for (const { contentSource, linkedGraph } of links) {
    const id = `${linkedGraph}:`;
    nodes.set(id, { kind: 'graph', id, graph: linkedGraph });
    const from = contentSource === '' ? PICTURES : `${graph.name}.${contentSource}`;
    if (from === PICTURES || nodes.has(from)) edges.push({ from, to: id, kind: 'link', filter: '' });
  }
  return { nodes: [{ kind: 'pictures', id: PICTURES }, ...nodes.values()], edges };
}

/** The node that a policy takes from. A policy of another graph is visited as a border node. */
function sourceOf(
  contentSource: string | undefined,
  of: Graph,
  graphs: readonly Graph[],
  visit: (of: Graph, name: string) => string,
): string {
  if (contentSource === undefined) return PICTURES;
  const dot = contentSource.indexOf('.');
  if (dot === -1) return visit(of, contentSource);
  const other = graphs.find(({ name }) => name === contentSource.slice(0, dot));
  return other === undefined ? PICTURES : visit(other, contentSource.slice(dot + 1));
}

function policyNode(
  graph: Graph,
  name: string,
  progress: readonly PolicyProgress[],
  foreign: boolean,
): PolicyNode | undefined {
  const versions = graph.policies.filter((policy) => policy.name === name).toSorted((a, b) => a.version - b.version);
  const newest = versions.at(-1);
  if (newest === undefined) return undefined;
  const policy = versions.findLast(({ state }) => state === 'active') ?? newest;
  const progressOf = (of: Policy): PolicyProgress | undefined =>
    progress.find((each) => each.graph === graph.name && each.policy === name && each.version === of.version);
  return {
    kind: 'policy',
    id: `${graph.name}.${name}`,
    policy,
    progress: progressOf(policy),
    next: newest === policy ? undefined : { policy: newest, progress: progressOf(newest) },
    foreign,
  };
}

/** `source=google and size>=10` */
function filterText(filter: readonly LabelFilter[]): string {
  return filter
    .map(({ key, op, value }) => `${key}${op}${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' and ');
}
