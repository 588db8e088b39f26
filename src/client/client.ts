/**
 * The client: one method a use case. The same class serves a server elsewhere and an engine in the same process.
 *
 * @module
 */
import {
  type AddedContent,
  type AddProgress,
  api,
  type AskReply,
  type ContentProgress,
  type Duplicates,
  type ExtractorInfo,
  type FacetsResponse,
  type FoveaEvent,
  type Health,
  type IndexInfo,
  type ListTasksQuery,
  type NewContent,
  type RestoreProgress,
  type SearchResponse,
  type SimilarPictures,
  type SqlRequest,
  type SqlResult,
  type Status,
  type TableInfo,
  type TaskList,
  type UpdatedContent,
  type WorkerInfo,
} from '../contract/index.ts';
import {
  addPath,
  type AddPathOptions,
  addUrl,
  type AddUrlOptions,
  updateContent,
  type UpdateOptions,
  upload,
  type UploadOptions,
} from './add.ts';
import { ask, type AskOptions } from './ask.ts';
import { backup, restore } from './backup.ts';
import { call, type Connection, type ConnectionOptions, createConnection, type RequestOptions } from './connection.ts';
import { duplicates, type DuplicatesOptions, similar, type SimilarOptions } from './duplicates.ts';
import { events, newContent } from './events.ts';
import {
  original,
  type OriginalOptions,
  originalUrl,
  type ReceivedFile,
  thumbnail,
  type ThumbnailOptions,
  thumbnailUrl,
} from './file.ts';
import { facets, type FacetsOptions } from './facets.ts';
import { datasetMethods, type Datasets } from './dataset.ts';
import { featureMethods, type Features } from './given.ts';
import {
  contentMethods,
  type Contents,
  graphMethods,
  type Graphs,
  keyMethods,
  type Keys,
  modelMethods,
  type Models,
  namespaceMethods,
  type Namespaces,
} from './resources.ts';
import { encodeSearch, type SearchOptions } from './search.ts';
import { exportTable, exportVectors, type ExportOptions } from './export.ts';
import { type ContentWaitOptions, waitForContent, waitUntilIndexed, type WaitOptions } from './wait.ts';

/** `limit` and `timeoutMs` of a statement. */
export type SqlOptions = Omit<SqlRequest, 'query' | 'params'> & RequestOptions;

export interface ClientOptions extends ConnectionOptions {
  /** Runs at `close()`: an engine in the same process ends there. */
  readonly onClose?: (() => Promise<void>) | undefined;
}

/**
 * Speaks to one server, in one namespace. Every method throws `FoveaError`s: the server's own by their classes
 * (`error instanceof NotFoundError`), `UnavailableError` when there is no server; and the reason of its signal.
 */
export class FoveaClient {
  readonly baseUrl: string;
  readonly namespace: string;
  readonly contents: Contents;
  readonly datasets: Datasets;
  readonly features: Features;
  readonly graphs: Graphs;
  readonly keys: Keys;
  readonly models: Models;
  readonly namespaces: Namespaces;
  readonly #connection: Connection;
  readonly #onClose: () => Promise<void>;

  /** Use `createClient` or `connect`. */
  constructor(connection: Connection, onClose: () => Promise<void>) {
    this.baseUrl = connection.baseUrl;
    this.namespace = connection.namespace;
    this.contents = contentMethods(connection);
    this.datasets = datasetMethods(connection);
    this.features = featureMethods(connection);
    this.graphs = graphMethods(connection);
    this.keys = keyMethods(connection);
    this.models = modelMethods(connection);
    this.namespaces = namespaceMethods(connection);
    this.#connection = connection;
    this.#onClose = onClose;
  }

  /** The same server, another namespace. */
  withNamespace(namespace: string): FoveaClient {
    return new FoveaClient({ ...this.#connection, namespace }, this.#onClose);
  }

  /** The same server and namespace, with the rights of an API key; it holds nothing that `close()` would end. */
  withApiKey(apiKey: string): FoveaClient {
    return new FoveaClient({ ...this.#connection, credential: apiKey }, async () => {});
  }

  health(options?: RequestOptions): Promise<Health> {
    return call(this.#connection, api.health, { ...options });
  }

  /** Adds a file or folder of the server's machine in place and yields running totals, the last with `finished: true`. */
  addPath(path: string, options?: AddPathOptions): AsyncGenerator<AddProgress> {
    return addPath(this.#connection, path, options);
  }

  /**
   * Lets the server fetch one picture of the web and store it; it is never fetched again.
   *
   * @throws InvalidInputError for a URL that may not be fetched; UnreadableUrlError where it can't be had or is no picture.
   */
  addUrl(url: string, options?: AddUrlOptions): Promise<AddedContent> {
    return addUrl(this.#connection, url, options);
  }

  /** Adds one picture by its bytes. */
  upload(source: Blob | Uint8Array | ReadableStream<Uint8Array>, options?: UploadOptions): Promise<AddedContent> {
    return upload(this.#connection, source, options);
  }

  /**
   * Gives a content other bytes under the same id: its features go at once, and it is indexed anew.
   *
   * @throws NotFoundError for an id that is not there.
   */
  updateContent(
    contentId: string,
    source: Blob | Uint8Array | ReadableStream<Uint8Array>,
    options?: UpdateOptions,
  ): Promise<UpdatedContent> {
    return updateContent(this.#connection, contentId, source, options);
  }

  /** Searches with words, or with a request that also has a picture, a region, labels or a SQL condition. */
  async search(request: string | SearchOptions): Promise<SearchResponse> {
    const { signal, ...search } = typeof request === 'string' ? { query: request } : request;
    return call(this.#connection, api.search, { body: await encodeSearch(search), signal });
  }

  /** Answers one SELECT; `params` are the values of `$1`, `$2`, … */
  sql(query: string, params: readonly unknown[] = [], options: SqlOptions = {}): Promise<SqlResult> {
    const { signal, ...limits } = options;
    return call(this.#connection, api.sql, { body: { query, params: [...params], ...limits }, signal });
  }

  /** Counts contents by the values of columns. */
  facets(request: FacetsOptions): Promise<FacetsResponse> {
    return facets(this.#connection, request);
  }

  /**
   * Answers a question in words, by SQL that a language model writes and the reply tells. The answer is plain text; don't
   * show it as HTML or Markdown.
   *
   * @throws NotConfiguredError where the server knows no language model; UnansweredError where that writes no SQL that runs.
   */
  ask(question: string, options?: AskOptions): Promise<AskReply> {
    return ask(this.#connection, question, options);
  }

  /** Files with the same bytes, and pictures that show the same, in groups under the one to keep. Deletes nothing. */
  duplicates(options?: DuplicatesOptions): Promise<Duplicates> {
    return duplicates(this.#connection, options);
  }

  /** Pictures that are similar to one, without copies of it. */
  similar(contentId: string, options?: SimilarOptions): Promise<SimilarPictures> {
    return similar(this.#connection, contentId, options);
  }

  status(options?: RequestOptions): Promise<Status> {
    return call(this.#connection, api.status, { ...options });
  }

  /** Waits until nothing is left to index; see `WaitOptions`. */
  waitUntilIndexed(options?: WaitOptions): Promise<Status> {
    return waitUntilIndexed(this.#connection, options);
  }

  /** Waits until one content is indexed as far as it can be, or the time is over: then `open` is not 0. */
  waitForContent(contentId: string, options?: ContentWaitOptions): Promise<ContentProgress> {
    return waitForContent(this.#connection, contentId, options);
  }

  tasks({ signal, ...query }: ListTasksQuery & RequestOptions = {}): Promise<TaskList> {
    return call(this.#connection, api.listTasks, { query, signal });
  }

  /** Lets failed tasks run again: those of some contents, or all; returns how many. */
  async retry(contentIds?: readonly string[], options?: RequestOptions): Promise<number> {
    const body = contentIds === undefined ? {} : { contentIds: [...contentIds] };
    return (await call(this.#connection, api.retry, { body, ...options })).retried;
  }

  async indexes(options?: RequestOptions): Promise<IndexInfo[]> {
    return (await call(this.#connection, api.listIndexes, { ...options })).indexes;
  }

  async tables(options?: RequestOptions): Promise<TableInfo[]> {
    return (await call(this.#connection, api.listTables, { ...options })).tables;
  }

  async extractors(options?: RequestOptions): Promise<ExtractorInfo[]> {
    return (await call(this.#connection, api.listExtractors, { ...options })).extractors;
  }

  /** Workers of the server, with those that ended within the last hour. */
  async workers(options?: RequestOptions): Promise<WorkerInfo[]> {
    return (await call(this.#connection, api.listWorkers, { ...options })).workers;
  }

  /** What happens in the namespace, until the signal aborts or the reader stops. */
  events(signal?: AbortSignal): AsyncGenerator<FoveaEvent> {
    return events(this.#connection, signal);
  }

  /**
   * Contents for which a policy has a result, in the order in which these were written, from the number `offset` on and then as they
   * come. Numbers stay the same: to go on behind a content, ask from its `offset` + 1.
   */
  newContent(
    graph: string,
    policy: string,
    options?: { readonly offset?: number } & RequestOptions,
  ): AsyncGenerator<NewContent> {
    return newContent(this.#connection, { graph, policy }, options);
  }

  /** Bytes of a content as they were added. */
  original(contentId: string, options?: OriginalOptions): Promise<ReceivedFile> {
    return original(this.#connection, contentId, options);
  }

  /** A small upright WebP of a content. */
  thumbnail(contentId: string, options?: ThumbnailOptions): Promise<ReceivedFile> {
    return thumbnail(this.#connection, contentId, options);
  }

  /** Address of a content's bytes; with its `sha256` a browser may keep them for ever. */
  originalUrl(contentId: string, sha256?: string): string {
    return originalUrl(this.#connection, contentId, sha256);
  }

  /** Address of a content's thumbnail; with its `sha256` a browser may keep it for ever. */
  thumbnailUrl(contentId: string, side?: number, sha256?: string): string {
    return thumbnailUrl(this.#connection, contentId, side, sha256);
  }

  /** All rows of a table of `tables()` as one file, by content id. */
  exportTable(table: string, options?: ExportOptions): Promise<ReceivedFile> {
    return exportTable(this.#connection, table, options);
  }

  /** All vectors of an index of `indexes()` as one file: `content_id`, `ord`, `name` and the vector. */
  exportVectors(index: string, options?: ExportOptions): Promise<ReceivedFile> {
    return exportVectors(this.#connection, index, options);
  }

  /** Everything that the server holds, in all namespaces, as one file; photos that were added in place are referenced. */
  backup(options?: RequestOptions): Promise<ReceivedFile> {
    return backup(this.#connection, options);
  }

  /** Restores a backup's file of the server's machine into the server, which must be empty; the last value has `finished: true`. */
  restore(path: string, options?: RequestOptions): AsyncGenerator<RestoreProgress> {
    return restore(this.#connection, path, options);
  }

  /** Ends what this client holds: nothing for a server elsewhere, the engine for one in the same process. */
  close(): Promise<void> {
    return this.#onClose();
  }
}

/** @throws InvalidInputError when `baseUrl` is no address. */
export function createClient({ onClose = async () => {}, ...options }: ClientOptions): FoveaClient {
  return new FoveaClient(createConnection(options), onClose);
}

/** A client of the server at `url`, e.g. `http://127.0.0.1:8900`; whether it answers shows at the first request. */
export function connect(url: string, options: Omit<ClientOptions, 'baseUrl'> = {}): FoveaClient {
  return createClient({ ...options, baseUrl: url });
}
