/**
 * `client.contents`, `client.graphs`, `client.keys`, `client.models`, `client.namespaces`: use cases by resource.
 *
 * @module
 */
import {
  api,
  type ApiKey,
  type Content,
  type ContentFeatures,
  type ContentList,
  type CreatedKey,
  type DeletedContents,
  type GivenBody,
  type Graph,
  type GraphChange,
  type GraphLink,
  type Labels,
  type ListContentsQuery,
  type ModelInfo,
  type PullProgress,
  UnavailableError,
} from '../contract/index.ts';
import { call, type Connection, type RequestOptions } from './connection.ts';
import { follow } from './follow.ts';

export interface Contents {
  /** One page, newest first; `cursor` of a reply goes into the next request. */
  list(query?: ListContentsQuery & RequestOptions): Promise<ContentList>;
  /** Every content that fits, page by page. */
  each(query?: Omit<ListContentsQuery, 'cursor'> & RequestOptions): AsyncGenerator<Content>;
  get(contentId: string, options?: RequestOptions): Promise<Content>;
  /** Everything extracted from one content. */
  features(contentId: string, options?: RequestOptions): Promise<ContentFeatures>;
  /** Merges `set` into the labels of the contents and takes `remove` away. */
  labels(contentIds: string | readonly string[], change: LabelChange, options?: RequestOptions): Promise<void>;
  /** Deletes contents with everything extracted from them; files of the user stay. With `dryRun` only tells what would go. */
  delete(contentIds: string | readonly string[], options?: DeleteOptions): Promise<DeletedContents>;
}

export interface DeleteOptions extends RequestOptions {
  readonly dryRun?: boolean;
}

export interface LabelChange {
  readonly set?: Labels;
  readonly remove?: readonly string[];
}

export function contentMethods(connection: Connection): Contents {
  const list: Contents['list'] = ({ signal, ...query } = {}) => call(connection, api.listContents, { query, signal });
  return {
    list,
    async *each({ limit = 1000, ...query } = {}) {
      let cursor: string | undefined;
      do {
        const page = await list({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
        yield* page.contents;
        cursor = page.cursor;
      } while (cursor !== undefined);
    },
    get: (contentId, options) => call(connection, api.getContent, { params: { contentId }, ...options }),
    features: (contentId, options) => call(connection, api.getFeatures, { params: { contentId }, ...options }),
    labels: (contentIds, { set = {}, remove = [] }, options) =>
      call(connection, api.setLabels, {
        body: { contentIds: [contentIds].flat(), set, remove: [...remove] },
        ...options,
      }),
    delete: (contentIds, { dryRun = false, signal } = {}) =>
      call(connection, api.deleteContents, { body: { contentIds: [contentIds].flat(), dryRun }, signal }),
  };
}

/** A graph as YAML or JSON text, or as a value. */
export type GraphSource = string | NonNullable<GivenBody<typeof api.applyGraph>['graph']>;
/** `mode`, `prune`, `dryRun`. */
export type ApplyOptions = Omit<GivenBody<typeof api.applyGraph>, 'text' | 'graph'> & RequestOptions;

export interface Graphs {
  list(options?: RequestOptions): Promise<Graph[]>;
  get(graph: string, options?: RequestOptions): Promise<Graph>;
  /** Creates or changes a graph; with `dryRun` only tells what that would do. */
  apply(graph: GraphSource, options?: ApplyOptions): Promise<GraphChange>;
  delete(graph: string, options?: RequestOptions): Promise<void>;
  /** Graphs that run on what policies of this graph find. */
  links(graph: string, options?: RequestOptions): Promise<GraphLink[]>;
  /** Lets another graph run on the boxes of a policy, too; returns sentences on what the link does not do. */
  link(graph: string, link: GivenBody<typeof api.linkGraphs>, options?: RequestOptions): Promise<string[]>;
}

export function graphMethods(connection: Connection): Graphs {
  return {
    list: async (options) => (await call(connection, api.listGraphs, { ...options })).graphs,
    get: (graph, options) => call(connection, api.getGraph, { params: { graph }, ...options }),
    apply: (graph, { signal, ...options } = {}) =>
      call(connection, api.applyGraph, {
        body: { ...(typeof graph === 'string' ? { text: graph } : { graph }), ...options },
        signal,
      }),
    delete: (graph, options) => call(connection, api.deleteGraph, { params: { graph }, ...options }),
    links: async (graph, options) => (await call(connection, api.listLinks, { params: { graph }, ...options })).links,
    link: async (graph, body, options) =>
      (await call(connection, api.linkGraphs, { params: { graph }, body, ...options })).warnings,
  };
}

export interface PullOptions extends RequestOptions {
  /** Told twice a second how far it is. */
  readonly onProgress?: (progress: PullProgress) => void;
}

export interface Models {
  list(options?: RequestOptions): Promise<ModelInfo[]>;
  /** Fetches a model's files to the server's machine; returns when they are there. */
  pull(model: string, options?: PullOptions): Promise<ModelInfo>;
}

export function modelMethods(connection: Connection): Models {
  return {
    list: async (options) => (await call(connection, api.listModels, { ...options })).models,
    async pull(model, { onProgress, signal } = {}) {
      const ended = `Cannot follow the fetching of "${model}": the connection ended; ask again to go on`;
      for await (const progress of follow(connection, api.pullModel, { body: { model }, signal }, ended)) {
        if (progress.info !== undefined) return progress.info;
        onProgress?.(progress);
      }
      throw new UnavailableError(ended);
    },
  };
}

export interface Namespaces {
  list(options?: RequestOptions): Promise<string[]>;
  /** One that exists stays as it is. */
  create(name: string, options?: RequestOptions): Promise<void>;
  /** Deletes it with everything in it. */
  delete(name: string, options?: RequestOptions): Promise<void>;
}

export function namespaceMethods(connection: Connection): Namespaces {
  return {
    list: async (options) =>
      (await call(connection, api.listNamespaces, { ...options })).namespaces.map(({ name }) => name),
    create: (namespace, options) => call(connection, api.createNamespace, { params: { namespace }, ...options }),
    delete: (namespace, options) => call(connection, api.deleteNamespace, { params: { namespace }, ...options }),
  };
}

/** `namespace: null`, or none: the whole server. */
export type KeyOptions = GivenBody<typeof api.createKey> & RequestOptions;

/** Needs the token of the server's home, or a key for the whole server that may write. */
export interface Keys {
  list(options?: RequestOptions): Promise<ApiKey[]>;
  /** The reply's `key` is told this once. */
  create(key: KeyOptions): Promise<CreatedKey>;
  /** It opens nothing from then on; where several servers share a database, from two seconds later. */
  remove(id: string, options?: RequestOptions): Promise<void>;
}

export function keyMethods(connection: Connection): Keys {
  return {
    list: async (options) => (await call(connection, api.listKeys, { ...options })).keys,
    create: ({ signal, ...body }) => call(connection, api.createKey, { body, signal }),
    remove: (keyId, options) => call(connection, api.removeKey, { params: { keyId }, ...options }),
  };
}
