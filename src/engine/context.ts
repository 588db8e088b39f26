/**
 * The parts of an open engine, as its services use them.
 *
 * @module
 */
import { join } from 'node:path';
import { DEFAULT_NAMESPACE, makesContents } from '../contract/index.ts';
import type { ExtractorRegistry } from '../extractor/index.ts';
import { Coordinator, createRateMeter, createThumbnailStore } from '../ingest/index.ts';
import type { CoordinatorOptions, RateMeter, ThumbnailStore } from '../ingest/index.ts';
import { createModels } from '../models/index.ts';
import type { Models } from '../models/index.ts';
import { createCursorStore, createStatistics, searchIndexes, textIndexes } from '../retrieval/index.ts';
import type { SearchDependencies, Statistics } from '../retrieval/index.ts';
import { BlobStore, createTurns } from '../sources/index.ts';
import type { Turns } from '../sources/index.ts';
import type { Database, PolicyRecord } from '../store/index.ts';
import { colorPolicies } from '../store/index.ts';
import { createBackups } from './backup/backups.ts';
import type { Backups } from './backup/backups.ts';
import { createBlobRemovals } from './blob-removals.ts';
import type { BlobRemovals } from './blob-removals.ts';
import { contentProgress } from './content-progress.ts';
import { createContentWaits } from './content-waits.ts';
import type { ContentWaits } from './content-waits.ts';
import { downloadNotes } from './download-notes.ts';
import { createEncoderHost } from './encoder-host.ts';
import type { EncoderHost } from './encoder-host.ts';
import { createEventHub } from './events.ts';
import type { EventHub } from './events.ts';
import { loadExtractors } from './extractors.ts';
import type { HomeIdentity } from './home.ts';
import { createIndexKeeper } from './index-keeper.ts';
import type { IndexKeeper } from './index-keeper.ts';
import { createKeyRing } from './key-ring.ts';
import type { KeyRing } from './key-ring.ts';
import { createLeftovers } from './leftovers.ts';
import type { Leftovers } from './leftovers.ts';
import type { ResolvedOptions } from './options.ts';
import { createPolicyMemory } from './policy-memory.ts';
import { gateCondition } from './sql.ts';
import { createSqlLimit, createSqlTurns } from './sql-turns.ts';
import type { SqlTurns } from './sql-turns.ts';
import { createStatusMemory } from './status-memory.ts';
import type { StatusMemory } from './status-memory.ts';
import { createWorkerPool } from './worker-pool.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface EngineContext {
  readonly options: ResolvedOptions;
  readonly database: Database;
  readonly registry: ExtractorRegistry;
  readonly models: Models;
  readonly blobs: BlobStore;
  readonly removals: BlobRemovals;
  readonly leftovers: Leftovers;
  readonly backups: Backups;
  readonly thumbnails: ThumbnailStore;
  readonly rates: RateMeter;
  readonly keys: KeyRing;
  readonly coordinator: Coordinator;
  readonly workers: WorkerPool;
  readonly encoder: EncoderHost;
  readonly events: EventHub;
  readonly statistics: Statistics;
  readonly keeper: IndexKeeper;
  readonly statuses: StatusMemory;
  readonly waits: ContentWaits;
  /** Changes of graphs, one at a time a namespace. */
  readonly turns: Turns;
  readonly sqlTurns: SqlTurns;
  readonly search: SearchDependencies;
  /** Namespaces that are known to exist. */
  readonly namespaces: Set<string>;
  /** Policies of a namespace, remembered until `planned`. */
  readonly policies: (namespace: string) => Promise<readonly PolicyRecord[]>;
  /** Tasks were planned or policies changed: forgets what is remembered, starts and wakes workers. */
  readonly planned: (namespace: string) => void;
}

/** Puts the parts together. Starts no process. */
export async function createContext(
  options: ResolvedOptions,
  database: Database,
  { id, servesOthers }: HomeIdentity,
): Promise<EngineContext> {
  const { home, models, extractors, hangMs, onNote } = options;
  const blobs = new BlobStore(join(home, 'blobs'));
  const thumbnails = createThumbnailStore(join(home, 'thumbnails'));
  const rates = createRateMeter();
  const events = createEventHub();
  const statistics = createStatistics(database);
  const statuses = createStatusMemory();
  const encoder = createEncoderHost({ models, extractors });
  const { get: policies, forget } = createPolicyMemory(database);
  const forgetPolicies = (namespace: string): void => [forget, statuses.forget].forEach((each) => each(namespace));
  const keeper = createIndexKeeper({ database, statistics, policies, onNote });
  const stored = storedParts({ home, database, blobs, thumbnails, servesOthers, onNote });
  const coordinator = new Coordinator({
    database,
    thumbnails,
    blobs,
    rates,
    tokenPrefix: `${id}/`,
    policies,
    ...coordinatorNews({ statistics, events, keeper, leftovers: stored.leftovers }, forgetPolicies),
  });
  const transport = coordinator.local();
  const workers = createWorkerPool({ count: options.workers, transport, models, extractors, hangMs, onNote });
  return {
    options,
    database,
    blobs,
    thumbnails,
    ...stored,
    rates,
    events,
    statistics,
    encoder,
    policies,
    keeper,
    keys: createKeyRing(database),
    coordinator,
    workers,
    registry: await loadExtractors(extractors, models.ffmpeg),
    models: createModels({ ...models, onProgress: downloadNotes(onNote) }),
    namespaces: new Set([DEFAULT_NAMESPACE]),
    ...turnParts(database),
    statuses,
    ...askParts({ database, encoder, statistics, coordinator, policies, events }),
    planned(namespace) {
      forgetPolicies(namespace);
      coordinator.planned();
      workers.start();
    },
  };
}

function coordinatorNews(
  { statistics, events, keeper, leftovers }: Pick<EngineContext, 'statistics' | 'events' | 'keeper' | 'leftovers'>,
  forgetPolicies: (namespace: string) => void,
): Pick<CoordinatorOptions, 'onEvent' | 'onPoliciesChanged'> {
  return {
    onEvent(namespace, event) {
      statistics.changed(namespace);
      events.emit(namespace, event);
      keeper.touch(namespace);
    },
    onPoliciesChanged(namespace, activated = []) {
      forgetPolicies(namespace);
      for (const graph of new Set(activated.map((policy) => policy.graph)))
        events.emit(namespace, { type: 'graph', graph });
      // What the versions before them had made went with them.
      if (activated.some(makesContents)) void leftovers.sweep();
    },
  };
}

function storedParts(
  parts: Pick<EngineContext, 'database' | 'blobs' | 'thumbnails'> &
    Pick<ResolvedOptions, 'home' | 'onNote'> &
    Pick<HomeIdentity, 'servesOthers'>,
): Pick<EngineContext, 'removals' | 'leftovers' | 'backups'> {
  const removals = createBlobRemovals(parts);
  return {
    removals,
    leftovers: createLeftovers({ ...parts, removals }),
    backups: createBackups({ ...parts, removals }),
  };
}

function turnParts({ dialect }: Database): Pick<EngineContext, 'turns' | 'sqlTurns'> {
  return { turns: createTurns(), sqlTurns: dialect.name === 'pglite' ? createSqlTurns() : createSqlLimit() };
}

function askParts(
  parts: Pick<EngineContext, 'database' | 'encoder' | 'statistics' | 'coordinator' | 'policies' | 'events'>,
): Pick<EngineContext, 'search' | 'waits'> {
  const { database, encoder, statistics, coordinator, policies, events } = parts;
  const { roster } = coordinator;
  const search: SearchDependencies = {
    database,
    encoder,
    statistics,
    cursors: createCursorStore(),
    bytesOf: (namespace, contentId) => coordinator.bytes(namespace, contentId),
    indexes: async (namespace) => searchIndexes(await policies(namespace)),
    texts: async (namespace) => textIndexes(await policies(namespace)),
    colors: async (namespace) => colorPolicies(await policies(namespace)),
    gateCondition: (namespace, where) => gateCondition({ database, encoder, policies }, namespace, where),
  };
  const waits = createContentWaits(events, (namespace, contentIds) =>
    contentProgress({ database, roster, policies }, namespace, contentIds),
  );
  return { search, waits };
}
