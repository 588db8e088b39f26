/**
 * A small engine in memory behind `Services`: contents are kept and served, adding and events work, everything that
 * needs a database or a model answers with nothing. For tests of the HTTP surface and of the client.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import {
  type AddProgress,
  type AskStep,
  type CompleteRequest,
  ConflictError,
  type Content,
  contentIdOfGiven,
  type FoveaEvent,
  InvalidInputError,
  type Labels,
  NotConfiguredError,
  NotFoundError,
  type RestoreProgress,
  SqlError,
  type Status,
  UnansweredError,
  UnreadableUrlError,
} from '../src/contract/index.ts';
import type { ByteRange, ServedFile, Services } from '../src/http/index.ts';
import { WorkerRoster } from '../src/ingest/index.ts';

export interface MemoryServices extends Services {
  /** Bytes of what was stored, by content id. */
  readonly stored: Map<string, Uint8Array>;
  /** Errors that uploads ended with, in order. */
  readonly failures: unknown[];
  /** Streams of files that are open now. */
  openFiles(): number;
  /** Readers of events now. */
  listeners(): number;
  emit(event: FoveaEvent): void;
  /** What workers handed in. */
  readonly completed: CompleteRequest[];
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
  html: 'text/html',
};

/** @param overrides Use cases that a test wants otherwise. */
export function memoryServices(overrides: Partial<Services> = {}): MemoryServices {
  const contents = new Map<string, Content>();
  const stored = new Map<string, Uint8Array>();
  const failures: unknown[] = [];
  const completed: CompleteRequest[] = [];
  const emitter = new EventEmitter();
  const roster = new WorkerRoster();
  const namespaces = new Set(['default']);
  let openFiles = 0;

  const find = (contentId: string): Content => {
    const content = contents.get(contentId);
    if (content === undefined) throw new NotFoundError('content', contentId);
    return content;
  };
  const store = (
    name: string,
    labels: Labels,
    bytes: Uint8Array,
    givenId?: string,
  ): { contentId: string; created: boolean } => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const derived = `${sha256.slice(0, 8)}-${sha256.slice(8, 12)}-5${sha256.slice(13, 16)}-8${sha256.slice(17, 20)}-${sha256.slice(20, 32)}`;
    const contentId = givenId === undefined ? derived : contentIdOfGiven(givenId);
    const created = !contents.has(contentId);
    const mimeType = MIME_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    const facts = {
      contentId,
      rootId: contentId,
      parentId: null,
      position: null,
      givenId: givenId ?? null,
      version: 1,
      name,
      mimeType,
      sizeBytes: bytes.length,
      sha256,
      labels,
    };
    const createdAt = '2026-01-01T00:00:00Z';
    const unread = { width: null, height: null, frames: null, color: null };
    contents.set(contentId, { ...facts, ...unread, createdAt, locations: [] });
    stored.set(contentId, bytes);
    return { contentId, created };
  };
  const serve = (contentId: string, suffix: string): ServedFile => {
    const { mimeType, name, sha256 } = find(contentId);
    const bytes = stored.get(contentId) ?? new Uint8Array();
    return {
      mimeType: suffix === '' ? mimeType : 'image/webp',
      sizeBytes: bytes.length,
      etag: `${sha256}${suffix}`,
      name,
      open({ start, end }: ByteRange = { start: 0, end: bytes.length - 1 }) {
        openFiles += 1;
        let at = start;
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            if (at <= end) controller.enqueue(bytes.slice(at, Math.min(end + 1, (at += 1024))));
            if (at <= end) return;
            openFiles -= 1;
            controller.close();
          },
          cancel() {
            openFiles -= 1;
          },
        });
      },
    };
  };

  return {
    stored,
    failures,
    completed,
    openFiles: () => openFiles,
    listeners: () => emitter.listenerCount('event'),
    emit: (event) => void emitter.emit('event', event),

    health: async () => ({
      status: 'ok',
      version: '0.0.0',
      database: { dialect: 'pglite', ok: true },
      workers: 0,
      queryEncoder: false,
      canAsk: false,
    }),
    listNamespaces: async () => ({ namespaces: [...namespaces].map((name) => ({ name })) }),
    createNamespace: async (name) => void namespaces.add(name),
    deleteNamespace: async (name) => {
      if (!namespaces.delete(name)) throw new NotFoundError('namespace', name, [...namespaces]);
    },
    async listContents(_namespace, { limit, cursor, label }) {
      const all = [...contents.values()].filter(({ labels }) =>
        label.every((pair) => Object.entries(labels).some(([key, value]) => pair === `${key}=${value}`)),
      );
      const start = Number(cursor ?? 0);
      const more = start + limit < all.length ? { cursor: String(start + limit) } : {};
      return { contents: all.slice(start, start + limit), total: all.length, ...more };
    },
    getContent: async (_namespace, contentId) => find(contentId),
    listRows: async () => ({ rows: [], total: 0 }),
    getFeatures: async (_namespace, contentId) => ({
      features: [{ graph: 'photos', policy: 'colors', rows: [{ ord: 0, name: find(contentId).name }] }],
    }),
    givenIds: async () => new Map(),
    async updateContent(_namespace, contentId, { name, labels, body }) {
      const before = find(contentId);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const changed = sha256 !== before.sha256;
      const version = before.version + (changed ? 1 : 0);
      contents.set(contentId, { ...before, name, version, sha256, labels: { ...before.labels, ...(await labels) } });
      stored.set(contentId, bytes);
      return { changed, version };
    },
    async upload(_namespace, { name, labels, body, givenId }) {
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of body) chunks.push(chunk);
        return { ...store(name, await labels, Buffer.concat(chunks), givenId), notes: [] };
      } catch (error) {
        failures.push(error);
        throw error;
      }
    },
    async *addPath(_namespace, { path, labels = {} }): AsyncGenerator<AddProgress> {
      if (!path.startsWith('/')) throw new InvalidInputError(`Cannot add "${path}": it is not absolute`);
      const none = { duplicates: 0, unchanged: 0, ignored: {}, failed: 0, problems: [], missing: 0, notes: [] };
      for (let seen = 1; seen <= 3; seen += 1) {
        if (path === '/breaks' && seen === 2) throw new NotFoundError('path', path);
        store(`${seen}.jpg`, labels, new Uint8Array([seen]));
        yield { ...none, seen, added: seen, finished: seen === 3 };
      }
    },
    async addUrl(_namespace, { url, labels, name = url, givenId }) {
      if (url.startsWith('file:')) throw new InvalidInputError(`Cannot add "${url}": it is of the kind "file:"`);
      if (url.endsWith('/missing')) throw new UnreadableUrlError(url, 'its server answers 404', 404);
      return { ...store(name, labels, Buffer.from(url), givenId), notes: [] };
    },
    async setLabels(_namespace, { contentIds, set, remove }) {
      for (const contentId of contentIds) {
        const content = find(contentId);
        const kept = Object.entries({ ...content.labels, ...set }).filter(([key]) => !remove.includes(key));
        contents.set(contentId, { ...content, labels: Object.fromEntries(kept) });
      }
    },
    async deleteContents(_namespace, contentIds, { dryRun = false } = {}) {
      const unknown = contentIds.filter((contentId) => !contents.has(contentId));
      if (!dryRun) for (const contentId of contentIds) contents.delete(contentId);
      const nothing = { derived: 0, rows: 0, storedBytes: 0, keptFiles: 0 };
      return { deleted: contentIds.length - unknown.length, unknown, ...nothing };
    },
    waitForContent: async (_namespace, contentId) => {
      find(contentId);
      return { open: 0, done: 1, failed: 0, waitingFor: [] };
    },
    async *newContent(_namespace, _graph, policy, offset) {
      if (policy === 'nosuchpolicy') throw new NotFoundError('policy', policy);
      for (const [number, contentId] of [...contents.keys()].entries())
        if (number >= offset) yield { contentId, offset: number };
    },
    original: async (_namespace, contentId) => serve(contentId, ''),
    thumbnail: async (_namespace, contentId, side) => serve(contentId, `-thumbnail-${side}`),

    exportTable: async (_namespace, table) => {
      throw new NotFoundError('table', table, ['content']);
    },
    exportVectors: async (_namespace, index) => {
      throw new NotFoundError('index', index);
    },
    backup: async () => new Blob(['all of it']).stream(),
    async *restore(path): AsyncGenerator<RestoreProgress> {
      if (contents.size > 0) throw new ConflictError('Cannot restore over what is there');
      const step = { bytes: 1, sizeBytes: 2, notes: [] };
      yield { ...step, step: 'checking', finished: false };
      if (path === '/breaks') throw new InvalidInputError(`Cannot restore "${path}": it is damaged`);
      yield { ...step, step: 'done', finished: true };
    },

    listGraphs: async () => ({ graphs: [] }),
    getGraph: async (_namespace, graph) => {
      throw new NotFoundError('graph', graph, ['photos']);
    },
    applyGraph: async (_namespace, { graph, mode, dryRun }) => ({
      graph: graph?.name ?? 'from-text',
      created: !dryRun,
      added: graph?.policies.map(({ name }) => name) ?? [],
      changed: [],
      unchanged: [],
      extra: [],
      removed: [],
      policies: [],
      warnings: [mode],
    }),
    deleteGraph: async () => {},
    listLinks: async () => ({ links: [] }),
    linkGraphs: async (_namespace, _graph, { linkedGraph }) => ({ warnings: [linkedGraph] }),
    loadDataset: async function* (_namespace, { source }) {
      yield {
        graph: source,
        rows: 0,
        seen: 0,
        added: 0,
        duplicates: 0,
        matched: 0,
        skipped: 0,
        failed: 0,
        problems: [],
        written: {},
        finished: true,
        notes: [],
      };
    },
    putFeatures: async (_namespace, _graph, _policy, { contents: given }) => ({
      contents: given.length,
      rows: given.reduce((sum, { rows }) => sum + rows.length, 0),
      normalized: 0,
    }),
    status: async (namespace): Promise<Status> => ({
      namespace,
      contents: contents.size,
      failedContents: 0,
      indexedContents: contents.size,
      perSecond: 0,
      secondsLeft: null,
      busy: false,
      unreadableFiles: { total: 0, problems: [] },
      policies: [],
      workers: 0,
      notes: [],
    }),
    listTasks: async () => ({ tasks: [], total: 0 }),
    retry: async (_namespace, contentIds) => ({ retried: contentIds?.length ?? contents.size }),
    search: async (_namespace, { query, image, limit }) => {
      const wanted = image === undefined ? query : Buffer.from(image, 'base64').toString();
      const found = [...contents.values()].filter(({ name }) => wanted === undefined || name.includes(wanted));
      return {
        hits: found.slice(0, limit).map(({ contentId, name, mimeType, sha256, width, height, color, labels }) => ({
          contentId,
          name,
          mimeType,
          sha256,
          width,
          height,
          color,
          labels,
          uri: null,
          score: null,
          similarity: null,
          ord: null,
          region: null,
        })),
        total: found.length,
        indexed: { done: found.length, total: found.length },
        notes: [],
      };
    },
    sql: async (_namespace, { query, params }) => {
      if (!/^select/i.test(query)) throw new SqlError(`Cannot run "${query}": it is no SELECT`, { position: 0 });
      return { columns: [{ name: 'value', type: 'json' }], rows: [{ value: params }], truncated: false, elapsedMs: 1 };
    },
    async *ask(_namespace, { question, limit }): AsyncGenerator<AskStep> {
      if (question === 'unconfigured') throw new NotConfiguredError(['CREATE TABLE content ()'], ['select 1']);
      yield { step: 'asked', model: 'parrot', finished: false };
      if (question === 'nonsense')
        throw new UnansweredError('Cannot answer', [{ sql: 'x', code: 'sql', message: 'y' }]);
      yield { step: 'sql', sql: 'slect', finished: false };
      yield { step: 'refused', sql: 'slect', code: 'sql', message: 'no SELECT', finished: false };
      yield { step: 'sql', sql: `select ${limit}`, finished: false };
      const result = { columns: [], rows: [{ question }], truncated: false, elapsedMs: 1 };
      yield { step: 'rows', result, contents: [], finished: false };
      yield { step: 'answer', answer: 'So many', notes: ['a note'], finished: true };
    },
    facets: async (_namespace, { of }) => ({
      total: 1,
      facets: of.map((name) => ({ of: name, table: 'content', values: [], distinct: 0, missing: 1 })),
    }),
    listIndexes: async () => ({ indexes: [] }),
    listTables: async () => ({ tables: [] }),
    async *duplicates() {
      yield { seen: 0, pictures: 0, finished: true, found: { notes: [] } };
    },
    similar: async () => ({ hits: [], copies: [], notes: [] }),
    listExtractors: async () => ({ extractors: [] }),
    listModels: async () => ({ models: [] }),
    // eslint-disable-next-line require-yield
    async *pullModel(model) {
      throw new NotFoundError('model', model);
    },
    async *events(_namespace, signal) {
      try {
        for await (const [event] of on(emitter, 'event', { signal })) yield event;
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    findKey: async () => undefined,
    listKeys: async () => ({ keys: [] }),
    createKey: async ({ namespace, access, name }) => {
      const id = '0123456789ab';
      return { id, name, namespace, access, createdAt: '2026-01-01T00:00:00Z', key: `fovea_${id}_${'0'.repeat(64)}` };
    },
    removeKey: async (id) => {
      throw new NotFoundError('key', id);
    },
    listWorkers: async () => ({ workers: roster.list() }),
    worker: {
      claim: async (request) => {
        const { workerId } = request;
        roster.asked(request, false);
        return {
          token: `lease of ${workerId}`,
          leaseMs: 30_000,
          policies: [{ policyId: 1, version: 1, extractor: 'image/yolo', params: { conf: 0.5 }, space: null }],
          contents: [...contents.values()].map(({ contentId, mimeType, sizeBytes, sha256 }) => ({
            namespace: 'default',
            contentId,
            mimeType,
            sizeBytes,
            sha256,
            path: '/home/ann/secret.jpg',
            picture: true,
            tasks: [{ policyId: 1, version: 1, regions: [{ ord: 2, box: [1, 2, 3, 4] }] }],
          })),
        };
      },
      leave: async ({ workerId, died }) => roster.left(workerId, died ? 'died' : 'stopped'),
      heartbeat: async ({ token }) => ({ valid: token.startsWith('lease') }),
      abandon: async () => {},
      complete: async (request) => {
        completed.push(request);
        return { stale: ['gone'] };
      },
      derive: async () => ({ current: true }),
      bytes: async (_namespace, contentId) => {
        find(contentId);
        return stored.get(contentId) ?? new Uint8Array();
      },
    },
    ...overrides,
  };
}
