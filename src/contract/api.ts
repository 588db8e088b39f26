/**
 * The HTTP API as data, one entry a use case: the single source of the server's routes, of the typed client and of
 * OpenAPI. Paths lie below `/api/v1`.
 *
 * @module
 */
import { z } from 'zod';
import { duplicateRoutes } from './duplicate-routes.ts';
import { AskRequest, AskStep } from './ask.ts';
import {
  AddedContent,
  AddPathRequest,
  AddProgress,
  AddUrlRequest,
  Content,
  ContentFeatures,
  ContentList,
  DeleteContentsRequest,
  DeletedContents,
  GivenId,
  ListContentsQuery,
  SetLabelsRequest,
  UpdatedContent,
} from './content.ts';
import { exportRoutes } from './export-routes.ts';
import { ApplyGraphRequest, Graph, GraphChange, GraphLinkList, LinkedGraphs, LinkGraphsRequest } from './graph.ts';
import { facetRoutes } from './facet-routes.ts';
import { datasetRoutes } from './dataset-routes.ts';
import { givenRoutes } from './given-routes.ts';
import { events, json, lines, nothing } from './reply.ts';
import type { Route } from './route.ts';
import { serverRoutes } from './server-routes.ts';
import { IndexInfo, SearchRequest, SearchResponse, SqlRequest, SqlResult, TableInfo } from './search.ts';
import { FoveaEvent, Health, NewContent, NewContentQuery } from './system.ts';
import { ContentProgress, ListTasksQuery, Retried, RetryRequest, Status, TaskList, WaitQuery } from './task.ts';

/** Every path of the table lies below this. */
export const API_ROOT = '/api/v1';

export const NamespaceList = z.object({ namespaces: z.array(z.object({ name: z.string() })) });
export const GraphList = z.object({ graphs: z.array(Graph) });
export const IndexList = z.object({ indexes: z.array(IndexInfo) });
export const TableList = z.object({ tables: z.array(TableInfo) });

/** `name` and `labels` (a JSON object) of an upload of bare bytes; a form has fields for them and needs neither. */
const UpdateQuery = z.strictObject({ name: z.string().min(1).max(1000).optional(), labels: z.string().optional() });

const UploadQuery = UpdateQuery.extend({
  /** What the content is to be called by; refused where that content has other bytes. */
  id: GivenId.optional(),
});

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

/** A query picture may be 32 MiB, which base64 makes a third larger. */
const SEARCH_BODY_BYTES = 48 * 1024 * 1024;

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
    access: 'any',
    status: 200,
    reply: json(NamespaceList),
  },
  createNamespace: {
    method: 'put',
    path: NAMESPACE,
    summary: 'Create a namespace; one that exists stays as it is',
    access: 'server-write',
    status: 204,
    reply: nothing,
  },
  deleteNamespace: {
    method: 'delete',
    path: NAMESPACE,
    summary: 'Delete a namespace with everything in it',
    access: 'server-write',
    status: 204,
    reply: nothing,
  },

  listContents: {
    method: 'get',
    path: `${NAMESPACE}/contents`,
    summary: 'List contents, newest first',
    access: 'read',
    status: 200,
    query: ListContentsQuery.strict(),
    reply: json(ContentList),
  },
  upload: {
    method: 'post',
    path: `${NAMESPACE}/contents`,
    summary: 'Add one content by its bytes: a form with the field "labels" and one file, or the bare bytes',
    access: 'write',
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
    access: 'write',
    status: 200,
    body: AddUrlRequest,
    reply: json(AddedContent),
  },
  setLabels: {
    method: 'post',
    path: `${NAMESPACE}/contents/labels`,
    summary: 'Set and remove labels of some contents',
    access: 'write',
    status: 204,
    body: SetLabelsRequest,
    reply: nothing,
  },
  deleteContents: {
    method: 'post',
    path: `${NAMESPACE}/contents/delete`,
    summary: 'Delete some contents with everything extracted from them; files of the user stay',
    access: 'write',
    status: 200,
    body: DeleteContentsRequest,
    reply: json(DeletedContents),
  },
  getContent: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}`,
    summary: 'Get one content',
    access: 'read',
    status: 200,
    reply: json(Content),
  },
  getFeatures: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}/features`,
    summary: 'Get everything extracted from one content',
    access: 'read',
    status: 200,
    reply: json(ContentFeatures),
  },
  original: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}/original`,
    summary: 'Get the bytes as they were added',
    access: 'read',
    status: 200,
    query: FileQuery,
    reply: { kind: 'file', types: ['*/*'], ranges: true },
  },
  updateContent: {
    method: 'put',
    path: `${NAMESPACE}/contents/{contentId}/original`,
    summary: 'Give a content other bytes under the same id, as a new version that is indexed anew',
    access: 'write',
    status: 200,
    query: UpdateQuery,
    upload: true,
    reply: json(UpdatedContent),
  },
  thumbnail: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}/thumbnail`,
    summary: 'Get a small upright picture of a content',
    access: 'read',
    status: 200,
    query: ThumbnailQuery,
    reply: { kind: 'file', types: ['image/webp'], ranges: true },
  },
  waitForContent: {
    method: 'get',
    path: `${NAMESPACE}/contents/{contentId}/wait`,
    summary: 'Wait until no task of a content is open that can run, or for a while',
    access: 'read',
    status: 200,
    query: WaitQuery,
    reply: json(ContentProgress),
  },

  listGraphs: {
    method: 'get',
    path: `${NAMESPACE}/graphs`,
    summary: 'List extraction graphs',
    access: 'read',
    status: 200,
    reply: json(GraphList),
  },
  applyGraph: {
    method: 'post',
    path: `${NAMESPACE}/graphs`,
    summary: 'Create or change an extraction graph, or tell what that would do',
    access: 'write',
    status: 200,
    body: ApplyGraphRequest,
    reply: json(GraphChange),
  },
  getGraph: {
    method: 'get',
    path: `${NAMESPACE}/graphs/{graph}`,
    summary: 'Get one extraction graph',
    access: 'read',
    status: 200,
    reply: json(Graph),
  },
  deleteGraph: {
    method: 'delete',
    path: `${NAMESPACE}/graphs/{graph}`,
    summary: 'Delete an extraction graph with everything it extracted',
    access: 'write',
    status: 204,
    reply: nothing,
  },
  newContent: {
    method: 'get',
    path: `${NAMESPACE}/graphs/{graph}/policies/{policy}/contents`,
    summary: 'Follow contents for which a policy has a result, from a number on and then as they come',
    access: 'read',
    status: 200,
    query: NewContentQuery,
    reply: events(NewContent),
  },
  listLinks: {
    method: 'get',
    path: `${NAMESPACE}/graphs/{graph}/links`,
    summary: 'List graphs that run on what policies of this graph find',
    access: 'read',
    status: 200,
    reply: json(GraphLinkList),
  },
  linkGraphs: {
    method: 'post',
    path: `${NAMESPACE}/graphs/{graph}/links`,
    summary: 'Let another graph run on what a policy of this graph finds, too',
    access: 'write',
    status: 200,
    body: LinkGraphsRequest,
    reply: json(LinkedGraphs),
  },

  ...duplicateRoutes,

  status: {
    method: 'get',
    path: `${NAMESPACE}/status`,
    summary: 'Tell how far indexing is, by policy',
    access: 'read',
    status: 200,
    reply: json(Status),
  },
  listTasks: {
    method: 'get',
    path: `${NAMESPACE}/tasks`,
    summary: 'List tasks, with their errors',
    access: 'read',
    status: 200,
    query: ListTasksQuery.strict(),
    reply: json(TaskList),
  },
  retry: {
    method: 'post',
    path: `${NAMESPACE}/tasks/retry`,
    summary: 'Let failed tasks run again',
    access: 'write',
    status: 200,
    body: RetryRequest,
    reply: json(Retried),
  },

  search: {
    method: 'post',
    path: `${NAMESPACE}/search`,
    summary: 'Search with words, a picture, a region, labels and a SQL condition',
    access: 'read',
    status: 200,
    body: SearchRequest,
    maxBodyBytes: SEARCH_BODY_BYTES,
    reply: json(SearchResponse),
  },
  sql: {
    method: 'post',
    path: `${NAMESPACE}/sql`,
    summary: "Answer one SELECT over the namespace's tables",
    access: 'read',
    status: 200,
    body: SqlRequest,
    reply: json(SqlResult),
  },
  ask: {
    method: 'post',
    path: `${NAMESPACE}/ask`,
    summary:
      'Answer a question in words: a language model writes SQL, which is told, run as any other, and put into words',
    access: 'read',
    status: 200,
    body: AskRequest,
    reply: lines(AskStep),
  },
  listIndexes: {
    method: 'get',
    path: `${NAMESPACE}/indexes`,
    summary: 'List searchable vector columns',
    access: 'read',
    status: 200,
    reply: json(IndexList),
  },
  listTables: {
    method: 'get',
    path: `${NAMESPACE}/tables`,
    summary: 'List tables that SQL sees',
    access: 'read',
    status: 200,
    reply: json(TableList),
  },
  events: {
    method: 'get',
    path: `${NAMESPACE}/events`,
    summary: 'Follow changes of a namespace',
    access: 'read',
    status: 200,
    reply: events(FoveaEvent),
  },

  ...facetRoutes,
  ...datasetRoutes,
  ...givenRoutes,
  ...exportRoutes,
  ...serverRoutes,
} as const satisfies Record<string, Route>;

/** Name of a use case. */
export type RouteName = keyof typeof api;
