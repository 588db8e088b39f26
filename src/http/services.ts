/**
 * What the HTTP surface asks of the engine: one function a use case, implemented by composition in `engine/`.
 * Routes parse, call one of these, encode. Every function takes the namespace by name and throws `FoveaError`s.
 *
 * @module
 */
import type {
  AddedContent,
  AddPathRequest,
  AddProgress,
  api,
  ApiKey,
  ApplyGraphRequest,
  AskRequest,
  AskStep,
  ExportFormat,
  Content,
  ContentFeatures,
  ContentList,
  ContentProgress,
  CreatedKey,
  CreateKeyRequest,
  DeletedContents,
  DuplicatesProgress,
  ExtractorInfo,
  FacetsRequest,
  FacetsResponse,
  FoveaEvent,
  Graph,
  GraphChange,
  GraphLink,
  Health,
  IndexInfo,
  LabelFilter,
  Labels,
  LoadProgress,
  ModelInfo,
  ParsedBody,
  ParsedQuery,
  PullProgress,
  PutFeatures,
  PutFeaturesRequest,
  RestoreProgress,
  SearchRequest,
  SearchResponse,
  SimilarPictures,
  SqlRequest,
  SqlResult,
  Status,
  TableInfo,
  TaskList,
  UpdatedContent,
  WorkerInfo,
  WorkerTransport,
} from '../contract/index.ts';

/** Queries as routes hand them on: parsed, with defaults. */
type ContentQuery = ParsedQuery<typeof api.listContents>;
type TaskQuery = ParsedQuery<typeof api.listTasks>;

/** A readable part of a file: `[start, end]`, both inclusive. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Bytes to send: `open` streams all of them or one range. */
export interface ServedFile {
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Strong validator without quotes: the content's SHA-256 for originals, `<SHA-256>-<what>` for what was made of them. */
  readonly etag: string;
  readonly name: string;
  /** Nothing is opened before this is called; a stream that is cancelled closes what it opened. */
  open(range?: ByteRange): ReadableStream<Uint8Array>;
}

/** A file on its way in. */
export interface Upload {
  readonly name: string;
  /**
   * Await this only after `body` has ended: a form may send its labels after its file. It rejects where the form turns
   * out to be wrong behind the file: then store nothing.
   */
  readonly labels: Labels | Promise<Labels>;
  /** Fails when the client goes away, or sends more than the server takes (`LimitError`). */
  readonly body: ReadableStream<Uint8Array>;
  /** What the caller calls the content: 1 to 32 hex digits, which are its uuid as a number. */
  readonly givenId?: string | undefined;
}

/** A URL to add: `givenId` as in {@link Upload}. */
export type UrlUpload = Omit<ParsedBody<typeof api.addUrl>, 'id'> & Pick<Upload, 'givenId'>;

/** Rows of the version of a policy that is in use. */
export interface RowQuery {
  readonly graph: string;
  readonly policy: string;
  /** Conditions on the labels of a row's content; all must hold. */
  readonly filter: readonly LabelFilter[];
  /** The row that the page begins behind, in the order of the list. */
  readonly after?: { readonly contentId: string; readonly ord: number } | undefined;
  readonly limit: number;
}

/** Rows of the newest content first, those of one content by `ord`. */
export interface RowList {
  readonly rows: readonly {
    readonly contentId: string;
    readonly ord: number;
    readonly columns: Readonly<Record<string, unknown>>;
  }[];
  readonly total: number;
}

/** What else than the graph itself a caller may do. */
export interface ApplyRights {
  /** Name models by paths of the server's machine. Default true. */
  readonly mayNamePaths?: boolean;
}

export interface Services {
  health(): Promise<Health>;

  listNamespaces(): Promise<{ namespaces: { name: string }[] }>;
  createNamespace(name: string): Promise<void>;
  deleteNamespace(name: string): Promise<void>;

  listContents(namespace: string, query: ContentQuery): Promise<ContentList>;
  getContent(namespace: string, contentId: string): Promise<Content>;
  getFeatures(namespace: string, contentId: string): Promise<ContentFeatures>;
  /** Rows of a policy, by pages; `total` counts those that pass the filters. */
  listRows(namespace: string, query: RowQuery): Promise<RowList>;
  /**
   * Stores and plans; returns once both are committed. Same bytes again, without an id or under the same: `created: false`.
   *
   * @throws ConflictError where the content of that id has other bytes; InvalidInputError for an id that is none.
   */
  upload(namespace: string, upload: Upload): Promise<AddedContent>;
  /** Streams running totals; the last has `finished: true`. Ends early when the consumer stops. */
  addPath(namespace: string, request: AddPathRequest): AsyncIterable<AddProgress>;
  /** Fetches, stores and plans; returns once that is committed. Same bytes again: `created: false`. */
  addUrl(
    namespace: string,
    request: UrlUpload,
    limits: { readonly maxBytes: number; readonly signal: AbortSignal },
  ): Promise<AddedContent>;
  /**
   * Gives a content other bytes: all that was extracted of the old ones is gone when this returns, and the tasks for the new
   * ones are planned. The same bytes: `changed: false`. Labels are merged; `givenId` is not looked at.
   */
  updateContent(namespace: string, contentId: string, upload: Upload): Promise<UpdatedContent>;
  /** The ids that callers gave, as they wrote them, by content id; contents that Fovea named are not in the map. */
  givenIds(namespace: string, contentIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  setLabels(
    namespace: string,
    request: { contentIds: readonly string[]; set: Labels; remove: readonly string[] },
  ): Promise<void>;
  /** `dryRun`: only tells what would go. */
  deleteContents(
    namespace: string,
    contentIds: readonly string[],
    options?: { readonly dryRun?: boolean },
  ): Promise<DeletedContents>;
  /**
   * Resolves when no task of the content is open that can run, or after `timeoutMs`: then `open` is not 0. Rejects with the
   * signal's reason.
   */
  waitForContent(
    namespace: string,
    contentId: string,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<ContentProgress>;
  /**
   * Contents for which a policy has a result, in the order in which these were written, from the number `offset` on and then as
   * they come, until the signal aborts or the policy goes. Numbers rise, with gaps, and stay the same over restarts; a content
   * comes again when it was extracted anew.
   */
  newContent(
    namespace: string,
    graph: string,
    policy: string,
    offset: number,
    signal: AbortSignal,
  ): AsyncIterable<{ contentId: string; offset: number }>;
  original(namespace: string, contentId: string): Promise<ServedFile>;
  /** WebP, the long side at most `side` (320 made at ingest; others on first view). */
  thumbnail(namespace: string, contentId: string, side: number): Promise<ServedFile>;

  listGraphs(namespace: string): Promise<{ graphs: Graph[] }>;
  getGraph(namespace: string, graph: string): Promise<Graph>;
  applyGraph(namespace: string, request: ApplyGraphRequest, rights?: ApplyRights): Promise<GraphChange>;
  deleteGraph(namespace: string, graph: string): Promise<void>;
  listLinks(namespace: string, graph: string): Promise<{ links: GraphLink[] }>;
  /** Lets another graph run on the boxes of a policy, too; `warnings`: what the link does not do. */
  linkGraphs(namespace: string, graph: string, link: GraphLink): Promise<{ warnings: string[] }>;

  status(namespace: string): Promise<Status>;
  listTasks(namespace: string, query: TaskQuery): Promise<TaskList>;
  retry(namespace: string, contentIds: readonly string[] | undefined): Promise<{ retried: number }>;

  search(namespace: string, request: SearchRequest): Promise<SearchResponse>;
  /** Ends the statement with the signal. */
  sql(namespace: string, request: SqlRequest, signal?: AbortSignal): Promise<SqlResult>;
  /** Streams what happens to the question; the last has `finished: true`. Ends with the signal. */
  ask(namespace: string, request: AskRequest, signal: AbortSignal): AsyncIterable<AskStep>;
  facets(namespace: string, request: FacetsRequest): Promise<FacetsResponse>;
  listIndexes(namespace: string): Promise<{ indexes: IndexInfo[] }>;
  listTables(namespace: string): Promise<{ tables: TableInfo[] }>;
  /**
   * Compares all pictures, some 2 ms of a core each, and streams how far it is; the last has `finished: true` and what was
   * found. The signal ends the comparing. Deletes nothing.
   */
  duplicates(
    namespace: string,
    query: ParsedQuery<typeof api.duplicates>,
    signal: AbortSignal,
  ): AsyncIterable<DuplicatesProgress>;
  similar(namespace: string, contentId: string, query: ParsedQuery<typeof api.similar>): Promise<SimilarPictures>;

  /** Streams running totals; the last has `finished: true`. Ends early when the consumer stops, or with the signal. */
  loadDataset(
    namespace: string,
    request: ParsedBody<typeof api.loadDataset>,
    signal: AbortSignal,
  ): AsyncIterable<LoadProgress>;
  /**
   * Replaces the rows of some contents, all or none, in a policy whose extractor is `given`.
   *
   * @throws NotFoundError; ConflictError where the policy computes its rows; InvalidInputError naming content, row and column.
   */
  putFeatures(namespace: string, graph: string, policy: string, request: PutFeaturesRequest): Promise<PutFeatures>;

  listExtractors(): Promise<{ extractors: ExtractorInfo[] }>;
  listModels(): Promise<{ models: ModelInfo[] }>;
  pullModel(model: string): AsyncIterable<PullProgress>;

  /** The file of a backup, whose snapshot is taken. Cancelling it ends the backup. */
  backup(): Promise<ReadableStream<Uint8Array>>;
  /** Streams how far it is; the last has `finished: true`. Restores nothing where the consumer stops before. */
  restore(path: string): AsyncIterable<RestoreProgress>;

  /** All rows of a table, encoded. Cancelling it ends the export; what fails later breaks it off. */
  exportTable(namespace: string, table: string, format: ExportFormat): Promise<ReadableStream<Uint8Array>>;
  /** All vectors of an index with ids and names of their contents, encoded. */
  exportVectors(namespace: string, index: string, format: ExportFormat): Promise<ReadableStream<Uint8Array>>;

  /** Events of a namespace until the signal aborts. */
  events(namespace: string, signal: AbortSignal): AsyncIterable<FoveaEvent>;

  /** The key that a caller sent, or undefined where it is none. Takes as long for a wrong secret as for the right one. */
  findKey(text: string): Promise<ApiKey | undefined>;
  listKeys(): Promise<{ keys: ApiKey[] }>;
  createKey(request: CreateKeyRequest): Promise<CreatedKey>;
  removeKey(id: string): Promise<void>;

  listWorkers(): Promise<{ workers: WorkerInfo[] }>;
  /** For workers elsewhere. */
  readonly worker: WorkerTransport;
}
