/**
 * Keeps the HNSW indexes: built in bulk when an index has grown large and its queue has drained, because inserting into a
 * live one costs more than the models' inference. And the counts of terms, which are taken anew at the same time.
 *
 * @module
 */
import type { Statistics } from '../retrieval/index.ts';
import { HNSW_MIN_ROWS, searchIndexes, textIndexes } from '../retrieval/index.ts';
import type { Database, PolicyRecord, PolicyVersion } from '../store/index.ts';
import { buildHnsw, refreshTermCounts, taskCounts } from '../store/index.ts';

export interface IndexKeeper {
  /** Something was written: looks again when it has been quiet for a while. */
  touch(namespace: string): void;
  /** Builds what is due now. */
  build(namespace: string): Promise<void>;
  /** Waits for a build that runs. */
  close(): Promise<void>;
}

export interface IndexKeeperOptions {
  readonly database: Database;
  readonly statistics: Statistics;
  readonly policies: (namespace: string) => Promise<readonly PolicyRecord[]>;
  readonly onNote: (sentence: string) => void;
}

const QUIET_MS = 5_000;

export function createIndexKeeper({ database, statistics, policies, onNote }: IndexKeeperOptions): IndexKeeper {
  const timers = new Map<string, NodeJS.Timeout>();
  let running: Promise<void> = Promise.resolve();

  const build = async (namespace: string): Promise<void> => {
    const open = await taskCounts(database, namespace);
    const isDrained = (index: PolicyVersion): boolean => {
      const own = open.find(({ policyId, version }) => policyId === index.policyId && version === index.version);
      return (own?.waiting ?? 0) + (own?.running ?? 0) === 0;
    };
    const known = await policies(namespace);
    await refreshTermCounts(database, namespace, textIndexes(known).filter(isDrained));
    for (const index of searchIndexes(known).filter(isDrained)) {
      const { rows, hnsw } = await statistics.index(namespace, index);
      if (hnsw || rows < HNSW_MIN_ROWS) continue;
      onNote(`Building the HNSW index of "${index.name}" over ${rows} rows`);
      await buildHnsw(database, namespace, index);
      await database.maintain('index');
      statistics.forget(namespace);
    }
  };

  const enqueue = (namespace: string): Promise<void> => {
    running = running
      .then(() => build(namespace))
      .catch((error: unknown) => {
        onNote(
          `An HNSW index was not built; searches stay exact: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
    return running;
  };

  return {
    touch(namespace) {
      clearTimeout(timers.get(namespace));
      const timer = setTimeout(() => void enqueue(namespace), QUIET_MS);
      timer.unref();
      timers.set(namespace, timer);
    },
    build: enqueue,
    async close() {
      for (const timer of timers.values()) clearTimeout(timer);
      await running;
    },
  };
}
