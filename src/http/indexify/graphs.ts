/**
 * Extraction graphs: created by merging, so that the second YAML of the same name adds to the first.
 *
 * @module
 */
import { z } from 'zod';
import {
  type ExtractorInfo,
  extractorNamed,
  type Graph,
  type GraphSpec,
  indexName,
  NamespaceName,
  parseInput,
  type PolicySpec,
  readOldParameters,
} from '../../contract/index.ts';
import { formatFilter } from '../../graph/index.ts';
import { isConfined } from '../access.ts';
import type { Services } from '../services.ts';
import { findGraphs } from './find.ts';
import { type DialectCall, type DialectRouter, readFields } from './router.ts';
import { dialect } from './routes.ts';

/** Where policies go that were made without a graph. */
export const GRAPH_OF_MARCH = 'default';

const ANYTHING = z.unknown().optional();

/** What the parts are is for the engine to check. */
const GraphBody = z.object({
  name: ANYTHING,
  description: ANYTHING,
  extraction_policies: ANYTHING,
  namespace: ANYTHING,
  id: ANYTHING,
});

const PolicyBody = z.object({
  extractor: ANYTHING,
  name: ANYTHING,
  content_source: ANYTHING,
  input_params: ANYTHING,
  filter: ANYTHING,
  labels_eq: ANYTHING,
  filters_eq: ANYTHING,
  id: ANYTHING,
  graph_name: ANYTHING,
});

const NamespaceBody = z.object({ name: z.string(), extraction_graphs: ANYTHING, labels: ANYTHING });

export function graphRoutes(router: DialectRouter, services: Services): void {
  router.on(dialect.listNamespaces, async ({ caller }) => {
    const { namespaces } = await services.listNamespaces();
    return { namespaces: namespaces.filter(({ name }) => !isConfined(caller) || name === caller.namespace) };
  });
  router.on(dialect.createNamespace, async (call) => {
    const { name } = await call.body(NamespaceBody, 'create a namespace');
    await services.createNamespace(parseInput(NamespaceName, name, `create namespace "${name.slice(0, 100)}"`));
  });
  router.on(dialect.getNamespace, async ({ namespace }) => {
    await services.listGraphs(namespace);
    return { namespace: { name: namespace } };
  });
  router.on(dialect.listGraphs, async ({ namespace }) => {
    const { graphs } = await services.listGraphs(namespace);
    return { extraction_graphs: graphs.map((graph) => graphReply(namespace, graph)) };
  });
  router.on(dialect.createGraph, async (call) => {
    const body = await call.body(GraphBody, 'create a graph');
    if (body.namespace !== undefined && body.namespace !== call.namespace) {
      call.warn(`"namespace" was ignored: the address names namespace "${call.namespace}"`);
    }
    const { name, extraction_policies: policies } = body;
    // Replies have an empty one where none was given.
    const description = body.description === '' ? undefined : body.description;
    const extractionPolicies = await readPolicies(services, call, policies);
    const graph = await merge(services, call, { name, description, extraction_policies: extractionPolicies });
    return { indexes: indexNames(graph) };
  });
  router.on(dialect.createPolicy, async (call) => {
    const policy = await call.body(PolicyBody, 'create a policy');
    const policies = await readPolicies(services, call, [policy]);
    const graph = await merge(services, call, { name: GRAPH_OF_MARCH, extraction_policies: policies });
    const made = indexNames(graph).filter((name) => name.startsWith(`${GRAPH_OF_MARCH}.${String(policy.name)}.`));
    return { index_names: made };
  });
  router.on(dialect.deleteGraph, (call) => services.deleteGraph(call.namespace, call.param('graph')));
}

/** Merges into the graph of that name, and returns what it is then. */
async function merge(services: Services, call: DialectCall, body: Readonly<Record<string, unknown>>): Promise<Graph> {
  const { namespace } = call;
  // Whoever writes into a namespace makes it, everywhere but here.
  await services.listGraphs(namespace);
  // The engine reads a graph in either spelling, and says what is wrong with it.
  const graph = given(body) as unknown as GraphSpec;
  const rights = { mayNamePaths: !isConfined(call.caller) };
  const change = await services.applyGraph(namespace, { graph, mode: 'merge', prune: false, dryRun: false }, rights);
  change.warnings.forEach(call.warn);
  const [made] = await findGraphs(services, namespace, [change.graph]);
  if (made === undefined) throw new TypeError(`graph "${change.graph}" is not where it was made`);
  for (const { name, waitingFor } of made.policies) {
    if (waitingFor !== undefined) call.warn(`Policy "${name}" waits: ${waitingFor}`);
  }
  return made;
}

/** Policies without what a client got from a server and sends back, and without parameters that mean nothing here. */
async function readPolicies(services: Services, call: DialectCall, policies: unknown): Promise<unknown> {
  if (!Array.isArray(policies)) return policies;
  const { extractors } = await services.listExtractors();
  return policies.map((policy: unknown) => {
    if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) return policy;
    const { id, graph_name: _graph, ...fields } = readFields(PolicyBody, policy, 'create a graph', call.warn);
    // A policy that a server gave has its equalities under both keys.
    if (id !== undefined && fields.filter !== undefined) delete fields.filters_eq;
    return given({
      ...fields,
      input_params: readParameters(call, named(fields.extractor, extractors), fields.input_params),
    });
  });
}

/** Without the keys that nobody gave. */
function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What we call an extractor; undefined for what is none. */
function named(extractor: unknown, extractors: readonly ExtractorInfo[]): string | undefined {
  return typeof extractor === 'string' ? extractorNamed(extractor, extractors)?.name : undefined;
}

function readParameters(call: DialectCall, extractor: string | undefined, parameters: unknown): unknown {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) return parameters;
  const read = readOldParameters(extractor, parameters as Readonly<Record<string, unknown>>);
  read.notes.forEach(call.warn);
  return read.parameters;
}

function indexNames({ name, policies }: Graph): string[] {
  return [
    ...new Set(
      policies.flatMap((policy) =>
        Object.keys(policy.output.vectors).map((output) => indexName(name, policy.name, output)),
      ),
    ),
  ];
}

function graphReply(namespace: string, { name, description, spec }: Graph) {
  return {
    id: name,
    name,
    namespace,
    description: description ?? '',
    extraction_policies: spec.policies.map((policy) => policyReply(name, policy)),
  };
}

function policyReply(graph: string, { name, extractor, params, contentSource, filter }: PolicySpec) {
  const equal = filter.filter(({ op }) => op === '=');
  return {
    id: `${graph}.${name}`,
    extractor,
    name,
    filter: filter.map(formatFilter),
    filters_eq: Object.fromEntries(equal.map(({ key, value }) => [key, value])),
    input_params: Object.keys(params).length === 0 ? null : params,
    content_source: contentSource ?? '',
    graph_name: graph,
  };
}
