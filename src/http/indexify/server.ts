/**
 * The server as Indexify's clients ask about it: extractors, workers, and lists that only its own page read.
 *
 * @module
 */
import { z } from 'zod';
import {
  API_ROOT,
  type ColumnType,
  type ExtractorInfo,
  type Graph,
  InvalidInputError,
  NotFoundError,
  TaskState,
} from '../../contract/index.ts';
import type { Services } from '../services.ts';
import type { DialectRouter } from './router.ts';
import { dialect, type DialectRoute } from './routes.ts';

/** Names that those clients' users know. */
const HUB = 'tensorlake/';

const COLUMN_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  integer: 'int',
  real: 'float',
  boolean: 'boolean',
  timestamp: 'text',
  json: 'json',
  box: 'list',
  'text[]': 'list',
  'real[]': 'list',
};

export function serverRoutes(router: DialectRouter, services: Services): void {
  router.on(dialect.listExtractors, async () => {
    const { extractors } = await services.listExtractors();
    // One that runs on nothing (`features/given`) is of no use to those clients.
    return { extractors: extractors.filter(({ accepts }) => accepts.length > 0).flatMap(extractorReplies) };
  });
  router.on(dialect.runExtractor, async (call) => {
    const { name } = await call.body(RunBody, 'run an extractor');
    throw new InvalidInputError(
      `Cannot run extractor "${name}" on bytes that are sent: pictures are uploaded and a graph names the extractor; to try one, "fovea run-local"`,
    );
  });
  router.on(dialect.listExecutors, async () => {
    const { workers } = await services.listWorkers();
    return { executors: workers.map(({ id, host, extractors }) => ({ id, addr: host ?? '', extractors })) };
  });
  // There is no log of changes that could be listed: the database's transactions are the state.
  router.on(dialect.stateChanges, async () => ({ state_changes: [] }));
  for (const [route, reason] of GONE) {
    router.on(route, async () => {
      throw new NotFoundError('address', route.path, [], reason);
    });
  }
  for (const route of [dialect.metrics, dialect.ingestMetrics]) router.on(route, () => metrics(services));
  const { description, descriptionViewer, redoc, rapidoc } = dialect;
  for (const route of [description, descriptionViewer, redoc, rapidoc]) {
    router.on(route, async () => redirect(`${API_ROOT}/openapi.json`));
  }
  router.on(dialect.describeNamespace, async ({ namespace }) => {
    const { graphs } = await services.listGraphs(namespace);
    return describeGraphs(namespace, graphs);
  });
}

/** Addresses of what Fovea doesn't have, and what there is instead. */
const GONE: readonly (readonly [DialectRoute, string])[] = [
  [
    dialect.taskAssignments,
    `workers lease tasks in batches, none is assigned; see ${API_ROOT}/workers, and the tasks of a namespace`,
  ],
  [dialect.raftMetrics, `one database holds the state, there is no raft; see ${API_ROOT}/health`],
  [
    dialect.writeContent,
    `extractors of Indexify can't join; "fovea worker" does, and a graph can name an extractor of one's own`,
  ],
];

/** Counts as Prometheus reads them. */
async function metrics(services: Services): Promise<Response> {
  const { namespaces } = await services.listNamespaces();
  const lines = ['# TYPE fovea_contents gauge', '# TYPE fovea_tasks gauge'];
  for (const { name: namespace } of namespaces) {
    const { contents, policies } = await services.status(namespace);
    lines.push(`fovea_contents{namespace="${namespace}"} ${contents}`);
    for (const { graph, policy, version, ...counts } of policies) {
      for (const state of TaskState.options) {
        const labels = `namespace="${namespace}",graph="${graph}",policy="${policy}",version="${version}",state="${state}"`;
        lines.push(`fovea_tasks{${labels}} ${counts[state]}`);
      }
    }
  }
  return new Response(`${lines.join('\n')}\n`, { headers: { 'Content-Type': 'text/plain; version=0.0.4' } });
}

/** One upload a graph, as the old server described a namespace. */
function describeGraphs(namespace: string, graphs: readonly Graph[]) {
  const form = {
    type: 'object',
    properties: { labels: { type: 'string' }, file: { type: 'string', format: 'binary' } },
    required: ['file'],
  };
  const reply = { type: 'object', properties: { content_id: { type: 'string' } }, required: ['content_id'] };
  const upload = ({ name, description }: Graph) => ({
    operationId: name,
    summary: description ?? `Add a file, from which graph "${name}" extracts`,
    requestBody: { content: { 'multipart/form-data': { schema: form } } },
    responses: { 200: { description: 'Stored', content: { 'application/json': { schema: reply } } } },
  });
  return {
    openapi: '3.1.0',
    info: { title: `Graphs of namespace ${namespace}`, version: '1' },
    paths: Object.fromEntries(
      graphs.map((graph) => [
        `/namespaces/${namespace}/extraction_graphs/${graph.name}/extract`,
        { post: upload(graph) },
      ]),
    ),
  };
}

const RunBody = z.object({
  name: z.string(),
  content: z.unknown().optional(),
  input_params: z.unknown().optional(),
});

/** Under its own name, and under the hub's, which graphs of those clients use. */
function extractorReplies({ name, summary, aliases, accepts, params, output }: ExtractorInfo) {
  const outputs = {
    ...Object.fromEntries(
      Object.entries(output?.vectors ?? {}).map(([vector, { dimension, metric }]) => [
        vector,
        { embedding: { dim: dimension, distance: metric } },
      ]),
    ),
    ...metadataOutput(output),
  };
  return [name, ...aliases.filter((alias) => alias.startsWith(HUB))].map((each) => ({
    name: each,
    input_mime_types: accepts,
    description: summary,
    input_params: params,
    outputs,
  }));
}

function metadataOutput(output: ExtractorInfo['output']) {
  const columns = Object.entries(output?.columns ?? {});
  if (columns.length === 0) return {};
  const metadata = columns.map(([column, { type, description }]) => [
    column,
    { type: COLUMN_TYPES[type], comment: description ?? null },
  ]);
  return { metadata: { metadata: Object.fromEntries(metadata) } };
}

function redirect(path: string): Response {
  return new Response(null, { status: 307, headers: { Location: path } });
}
