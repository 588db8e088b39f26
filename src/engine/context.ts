/**
 * The parts of an open engine, as its services use them.
 *
 * @module
 */
import type { ExtractorRegistry } from '../extractor/index.ts';
import type { Coordinator, RateMeter, ThumbnailStore } from '../ingest/index.ts';
import type { Models } from '../models/index.ts';
import type { SearchDependencies, Statistics } from '../retrieval/index.ts';
import type { BlobStore } from '../sources/index.ts';
import type { Database, PolicyRecord } from '../store/index.ts';
import type { EncoderHost } from './encoder-host.ts';
import type { EventHub } from './events.ts';
import type { IndexKeeper } from './index-keeper.ts';
import type { ResolvedOptions } from './options.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface EngineContext {
  readonly options: ResolvedOptions;
  readonly database: Database;
  readonly registry: ExtractorRegistry;
  readonly models: Models;
  readonly blobs: BlobStore;
  readonly thumbnails: ThumbnailStore;
  readonly rates: RateMeter;
  readonly coordinator: Coordinator;
  readonly workers: WorkerPool;
  readonly encoder: EncoderHost;
  readonly events: EventHub;
  readonly statistics: Statistics;
  readonly keeper: IndexKeeper;
  readonly search: SearchDependencies;
  /** Namespaces that are known to exist. */
  readonly namespaces: Set<string>;
  /** Policies of a namespace, remembered until `planned`. */
  readonly policies: (namespace: string) => Promise<readonly PolicyRecord[]>;
  /** Tasks were planned or policies changed: forgets what is remembered, starts and wakes workers. */
  readonly planned: (namespace: string) => void;
}
