/**
 * The HTTP API as data, one entry a use case: the single source of the server's routes, of the typed client and of
 * OpenAPI. Paths lie below `/api/v1`.
 *
 * @module
 */
import { z } from 'zod';
import { RestoreProgress, RestoreRequest } from './backup.ts';
import {
  AddedContent,
  AddPathRequest,
  AddProgress,
  AddUrlRequest,
  Content,
  ContentFeatures,
  ContentId,
  ContentList,
  DeleteContentsRequest,
  DeletedContents,
  ListContentsQuery,
  SetLabelsRequest,
} from './content.ts';
import { ApplyGraphRequest, ExtractorInfo, Graph, GraphChange } from './graph.ts';
import { ModelInfo, PullModelRequest, PullProgress } from './model.ts';
import { NamespaceName } from './names.ts';
import type { Reply, Route } from './route.ts';
import { IndexInfo, SearchRequest, SearchResponse, SqlRequest, SqlResult, TableInfo } from './search.ts';
import { FoveaEvent, Health } from './system.ts';
import { ListTasksQuery, Retried, RetryRequest, Status, TaskList } from './task.ts';
import {
  HeartbeatReply,
  LeaseRequest,
  LeaveRequest,
  WireClaimReply,
  WireClaimRequest,
  WireCompleteReply,
  WireCompleteRequest,
} from './worker-codec.ts';
import { WorkerList } from './worker-info.ts';

/** Every path of the table lies below this. */
export const API_ROOT = '/api/v1';

export const NamespaceList = z.object({ namespaces: z.array(z.object({ name: z.string() })) });
export const GraphList = z.object({ graphs: z.array(Graph) });
export const IndexList = z.object({ indexes: z.array(IndexInfo) });
export const TableList = z.object({ tables: z.array(TableInfo) });
export const ExtractorList = z.object({ extractors: z.array(ExtractorInfo) });
export const ModelList = z.object({ models: z.array(ModelInfo) });

/** `name` and `labels` (a JSON object) of an upload of bare bytes; a form has fields for them and needs neither. */
const UploadQuery = z.strictObject({ name: z.string().min(1).max(1000).optional(), labels: z.string().optional() });

const FileQuery = z.strictObject({
  /** The file's entity tag, or the beginning of it up to a `-`: where it fits, the reply may be kept for ever. */
  v: z.string().optional(),
  /** `true`: answer as a download with the file's name. */
  download: z.enum(['true', 'false']).default('false'),
});

const ThumbnailQuery = FileQuery.extend({
  /** Longest side in pixels: the reply's is the smallest kept one (320, 640, 1280, 2048) that is no less, or the picture's own. */
  side: z.coerce.number<number>().int().min(16).max(2048).default(320),
});

const nothing = { kind: 'nothing' } as const satisfies Reply;
const json = <S extends z.ZodType>(schema: S) => ({ kind: 'json', schema }) as const satisfies Reply;
const lines = <S extends z.ZodType>(schema: S) => ({ kind: 'lines', schema }) as const satisfies Reply;
const events = <S extends z.ZodType>(schema: S) => ({ kind: 'events', schema }) as const satisfies Reply;

/** A query picture may be 32 MiB, which base64 makes a third larger. */
const SEARCH_BODY_BYTES = 48 * 1024 * 1024;
/** Some hundred contents with their boxes, vectors and thumbnails. */
const COMPLETE_BODY_BYTES = 64 * 1024 * 1024;

const NAMESPACE = '/namespaces/{namespace}';

export const api = {
  health: {
    method: 'get',
    path: '/health',
    summary: 'Tell whether the server works',
    access: 'open',
    status: 200,
    reply: json(Health),
  },

  listNamespaces: {
    method: 'get',
    path: '/namespaces',
    summary: 'List namespaces',
    access: 'key',
    status: 200,
    reply: json(NamespaceList),
  },
  createNamespace: {
    method: 'put',
    path: NAMESPACE,
    summary: 'Create a namespace; one that exists stays as it is',
    access: 'key',
    status: 204,
    reply: nothing,
  },
  deleteNamespace: {
    method: 'delete',
    path: NAMESPACE,
    summary: 'Delete a namespace with everything in it',
    access: 'key',
    status: 204,
    reply: nothing,
  },

  listContents: {
    method: 'get',
    path: `${NAMESPACE}/contents`,
    summary: 'List contents, newest first',
    access: 'key',
    status: 200,
    query: ListContentsQuery.strict(),
    reply: json(ContentList),
  },
  upload: {
    method: 'post',
    path: `${NAMESPACE}/contents`,
    summary: 'Add one content by its bytes: a form with the field "labels" and one file, or the bare bytes',
    access: 'key',
    status: 200,
    query: UploadQuery,
    upload: true,
    reply: json(AddedContent),
  },
  addPath: {
    method: 'post',
    path: `${NAMESPACE}/contents/paths`,
    summary: "Add a file or a folder of the server's machine in place, and follow the totals",
    access: 'home',
    status: 200,
    body: AddPathRequest,
    reply: lines(AddProgress),
  },
  addUrl: {
    method: 'post',
    path: `${NAMESPACE}/contents/urls`,
    summary: 'Add one picture of the web: its bytes are fetched now, within limits, stored, and never fetched again',
    access: 'key',
    status: 200,
    body: AddUrlRequest,
    reply: json(AddedContent),
  },
  setLabels: {
    method: 'post',
    path: `${NAMESPACE}/contents/labels`,
    summary: 'Set and remove labels of some contents',
    access: 'key',
    status: 204,
    body: SetLabelsRequest,
    reply: nothing,
  },
  deleteContents: {
    method: 'post',
    path: `${NAMESPACE}/contents/delete`,
    summary: 'Delete some contents with everything extracted from them; files of the user stay',
    access: 'key',
    status: 200,
    body: DeleteContentsRequest,
    reply: json(DeletedContents),
  },
  getContent: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}`,
    summary: 'Get one content',
    access: 'key',
    status: 200,
    reply: json(Content),
  },
  getFeatures: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}/features`,
    summary: 'Get everything extracted from one content',
    access: 'key',
    status: 200,
    reply: json(ContentFeatures),
  },
  original: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}/original`,
    summary: 'Get the bytes as they were added',
    access: 'key',
    status: 200,
    query: FileQuery,
    reply: { kind: 'file', types: ['*/*'], ranges: true },
  },
  thumbnail: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}/thumbnail`,
    summary: 'Get a small upright picture of a content',
    access: 'key',
    status: 200,
    query: ThumbnailQuery,
    reply: { kind: 'file', types: ['image/webp'], ranges: true },
  },

  listGraphs: {
    method: 'get',
    path: `${NAMESPACE}/graphs`,
    summary: 'List extraction graphs',
    access: 'key',
    status: 200,
    reply: json(GraphList),
  },
  applyGraph: {
    method: 'post',
    path: `${NAMESPACE}/graphs`,
    summary: 'Create or change an extraction graph, or tell what that would do',
    access: 'key',
    status: 200,
    body: ApplyGraphRequest,
    reply: json(GraphChange),
  },
  getGraph: {
    method: 'get',
    path: `${NAMESPACE}/graphs/{graph}`,
    summary: 'Get one extraction graph',
    access: 'key',
    status: 200,
    reply: json(Graph),
  },
  deleteGraph: {
    method: 'delete',
    path: `${NAMESPACE}/graphs/{graph}`,
    summary: 'Delete an extraction graph with everything it extracted',
    access: 'key',
    status: 204,
    reply: nothing,
  },

  status: {
    method: 'get',
    path: `${NAMESPACE}/status`,
    summary: 'Tell how far indexing is, by policy',
    access: 'key',
    status: 200,
    reply: json(Status),
  },
  listTasks: {
    method: 'get',
    path: `${NAMESPACE}/tasks`,
    summary: 'List tasks, with their errors',
    access: 'key',
    status: 200,
    query: ListTasksQuery.strict(),
    reply: json(TaskList),
  },
  retry: {
    method: 'post',
    path: `${NAMESPACE}/tasks/retry`,
    summary: 'Let failed tasks run again',
    access: 'key',
    status: 200,
    body: RetryRequest,
    reply: json(Retried),
  },

  search: {
    method: 'post',
    path: `${NAMESPACE}/search`,
    summary: 'Search with words, a picture, a region, labels and a SQL condition',
    access: 'key',
    status: 200,
    body: SearchRequest,
    maxBodyBytes: SEARCH_BODY_BYTES,
    reply: json(SearchResponse),
  },
  sql: {
    method: 'post',
    path: `${NAMESPACE}/sql`,
    summary: "Answer one SELECT over the namespace's tables",
    access: 'key',
    status: 200,
    body: SqlRequest,
    reply: json(SqlResult),
  },
  listIndexes: {
    method: 'get',
    path: `${NAMESPACE}/indexes`,
    summary: 'List searchable vector columns',
    access: 'key',
    status: 200,
    reply: json(IndexList),
  },
  listTables: {
    method: 'get',
    path: `${NAMESPACE}/tables`,
    summary: 'List tables that SQL sees',
    access: 'key',
    status: 200,
    reply: json(TableList),
  },
  events: {
    method: 'get',
    path: `${NAMESPACE}/events`,
    summary: 'Follow changes of a namespace',
    access: 'key',
    status: 200,
    reply: events(FoveaEvent),
  },

  listExtractors: {
    method: 'get',
    path: '/extractors',
    summary: 'List extractors that graphs can name',
    access: 'key',
    status: 200,
    reply: json(ExtractorList),
  },
  listModels: {
    method: 'get',
    path: '/models',
    summary: 'List models',
    access: 'key',
    status: 200,
    reply: json(ModelList),
  },
  pullModel: {
    method: 'post',
    path: '/models/pull',
    summary: "Fetch a model's files now, and tell how far that is",
    access: 'key',
    status: 200,
    body: PullModelRequest,
    reply: lines(PullProgress),
  },

  backup: {
    method: 'get',
    path: '/backup',
    summary: 'Get everything that the server holds as one file, but for pictures that were added in place',
    access: 'admin',
    status: 200,
    reply: { kind: 'file', types: ['application/x-tar'], ranges: false },
  },
  restore: {
    method: 'post',
    path: '/restore',
    summary: "Restore a backup file of the server's machine into an empty server, all of it or nothing",
    access: 'home',
    status: 200,
    body: RestoreRequest,
    reply: lines(RestoreProgress),
  },

  listWorkers: {
    method: 'get',
    path: '/workers',
    summary: 'List workers, with those that ended within the last hour',
    access: 'key',
    status: 200,
    reply: json(WorkerList),
  },
  claim: {
    method: 'post',
    path: '/workers/claim',
    summary: 'Lease work; waits for some',
    access: 'worker',
    status: 200,
    body: WireClaimRequest,
    reply: json(WireClaimReply),
  },
  heartbeat: {
    method: 'post',
    path: '/workers/heartbeat',
    summary: 'Keep a lease',
    access: 'worker',
    status: 200,
    body: LeaseRequest,
    reply: json(HeartbeatReply),
  },
  abandon: {
    method: 'post',
    path: '/workers/abandon',
    summary: 'Give a lease back',
    access: 'worker',
    status: 204,
    body: LeaseRequest,
    reply: nothing,
  },
  leave: {
    method: 'post',
    path: '/workers/leave',
    summary: 'Tell that a worker has ended',
    access: 'worker',
    status: 204,
    body: LeaveRequest,
    reply: nothing,
  },
  complete: {
    method: 'post',
    path: '/workers/complete',
    summary: 'Hand in results of a lease',
    access: 'worker',
    status: 200,
    body: WireCompleteRequest,
    maxBodyBytes: COMPLETE_BODY_BYTES,
    reply: json(WireCompleteReply),
  },
  bytes: {
    method: 'get',
    path: '/workers/bytes',
    summary: 'Get the whole bytes of a leased content',
    access: 'worker',
    status: 200,
    query: z.strictObject({ namespace: NamespaceName, contentId: ContentId }),
    reply: { kind: 'file', types: ['application/octet-stream'], ranges: false },
  },
} as const satisfies Record<string, Route>;

/** Name of a use case. */
export type RouteName = keyof typeof api;
