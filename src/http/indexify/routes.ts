/**
 * The addresses of Indexify's clients of 2024, as data: one entry an address, with the access that it needs. Each client
 * generation has other addresses for the same thing; `router.ts` mounts them, a file of this folder answers them.
 *
 * @module
 */
import type { Route } from '../../contract/index.ts';

/** An address of the dialect, from the root of the server. */
export type DialectRoute = Pick<Route, 'method' | 'path' | 'access'>;

const NAMESPACE = '/namespaces/{namespace}';
const GRAPH = `${NAMESPACE}/extraction_graphs/{graph}`;
const POLICY = `${GRAPH}/extraction_policies/{policy}`;
const CONTENT = `${NAMESPACE}/content/{contentId}`;

export const dialect = {
  listNamespaces: { method: 'get', path: '/namespaces', access: 'any' },
  createNamespace: { method: 'post', path: '/namespaces', access: 'server-write' },
  getNamespace: { method: 'get', path: NAMESPACE, access: 'read' },

  listGraphs: { method: 'get', path: `${NAMESPACE}/extraction_graphs`, access: 'read' },
  createGraph: { method: 'post', path: `${NAMESPACE}/extraction_graphs`, access: 'write' },
  deleteGraph: { method: 'delete', path: GRAPH, access: 'write' },
  listLinks: { method: 'get', path: `${GRAPH}/links`, access: 'read' },
  linkGraphs: { method: 'post', path: `${GRAPH}/links`, access: 'write' },
  /** March 2024: policies without a graph. */
  createPolicy: { method: 'post', path: `${NAMESPACE}/extraction_policies`, access: 'write' },
  analytics: { method: 'get', path: `${GRAPH}/analytics`, access: 'read' },

  upload: { method: 'post', path: `${GRAPH}/extract`, access: 'write' },
  uploadToNamespace: { method: 'post', path: `${NAMESPACE}/upload_file`, access: 'write' },
  addTexts: { method: 'post', path: `${NAMESPACE}/add_texts`, access: 'write' },
  ingestRemote: { method: 'post', path: `${NAMESPACE}/ingest_remote_file`, access: 'write' },
  extractRemote: { method: 'post', path: `${GRAPH}/extract_remote`, access: 'write' },
  extractAgain: { method: 'post', path: `${GRAPH}/content`, access: 'write' },

  listContent: { method: 'get', path: `${NAMESPACE}/content`, access: 'read' },
  listGraphContent: { method: 'get', path: `${GRAPH}/content`, access: 'read' },
  deleteContents: { method: 'delete', path: `${NAMESPACE}/content`, access: 'write' },
  activeContent: { method: 'get', path: `${NAMESPACE}/active_content`, access: 'read' },
  getContent: { method: 'get', path: CONTENT, access: 'read' },
  updateContent: { method: 'put', path: CONTENT, access: 'write' },
  deleteContent: { method: 'delete', path: CONTENT, access: 'write' },
  metadata: { method: 'get', path: `${CONTENT}/metadata`, access: 'read' },
  download: { method: 'get', path: `${CONTENT}/download`, access: 'read' },
  setLabels: { method: 'put', path: `${CONTENT}/labels`, access: 'write' },
  tree: { method: 'get', path: `${CONTENT}/content-tree`, access: 'read' },
  /** July 2024. */
  treeOfPolicy: { method: 'get', path: `${POLICY}/content/{contentId}`, access: 'read' },
  /** August 2024. */
  treeOfContent: { method: 'get', path: `${GRAPH}/content/{contentId}/extraction_policies/{policy}`, access: 'read' },

  wait: { method: 'get', path: `${CONTENT}/wait`, access: 'read' },
  /** August 2024. */
  newContent: { method: 'get', path: `${POLICY}/new_content`, access: 'read' },
  listTasks: { method: 'get', path: `${NAMESPACE}/tasks`, access: 'read' },
  listPolicyTasks: { method: 'get', path: `${POLICY}/tasks`, access: 'read' },

  listIndexes: { method: 'get', path: `${NAMESPACE}/indexes`, access: 'read' },
  searchIndex: { method: 'post', path: `${NAMESPACE}/indexes/{index}/search`, access: 'read' },
  /** March 2024. */
  search: { method: 'post', path: `${NAMESPACE}/search`, access: 'read' },
  sql: { method: 'post', path: `${NAMESPACE}/sql_query`, access: 'read' },
  schemas: { method: 'get', path: `${NAMESPACE}/schemas`, access: 'read' },

  listExtractors: { method: 'get', path: '/extractors', access: 'any' },
  runExtractor: { method: 'post', path: '/extractors/extract', access: 'server-write' },
  listExecutors: { method: 'get', path: '/executors', access: 'server-read' },
  stateChanges: { method: 'get', path: '/state_changes', access: 'server-read' },
  taskAssignments: { method: 'get', path: '/task_assignments', access: 'server-read' },
  /** For workers of Indexify. */
  writeContent: { method: 'get', path: '/write_content', access: 'server-write' },
  metrics: { method: 'get', path: '/metrics', access: 'server-read' },
  ingestMetrics: { method: 'get', path: '/metrics/ingest', access: 'server-read' },
  raftMetrics: { method: 'get', path: '/metrics/raft', access: 'server-read' },
  description: { method: 'get', path: '/api-docs/openapi.json', access: 'any' },
  descriptionViewer: { method: 'get', path: '/api-docs-ui', access: 'any' },
  redoc: { method: 'get', path: '/redoc', access: 'any' },
  rapidoc: { method: 'get', path: '/rapidoc', access: 'any' },
  describeNamespace: { method: 'get', path: `${NAMESPACE}/openapi.json`, access: 'read' },
} as const satisfies Record<string, DialectRoute>;
