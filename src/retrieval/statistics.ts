/**
 * Counts that every search needs and that change only by ingest: counted at most once a second while contents come and
 * go, and not again while nothing changes.
 *
 * @module
 */
import type { Database, SqlCondition } from '../store/index.ts';
import { contentCounts, countMatching, countRows, hasHnsw } from '../store/index.ts';
import type { SearchIndex } from './choose-index.ts';

export interface IndexFacts {
  readonly rows: number;
  readonly hnsw: boolean;
}

export interface Statistics {
  contents(
    namespace: string,
  ): Promise<{ readonly contents: number; readonly failedContents: number; readonly indexedContents: number }>;
  index(namespace: string, index: SearchIndex): Promise<IndexFacts>;
  /** Contents that pass a condition; remembered for ten seconds at most, since a condition may speak of the time. */
  matching(namespace: string, condition: SqlCondition): Promise<number>;
  /** Something of the namespace changed: counts are taken again, but not within a second of the last. */
  changed(namespace: string): void;
  /** An index was built or dropped: forget at once. */
  forget(namespace: string): void;
}

const MIN_AGE_MS = 1000;
const CONDITION_AGE_MS = 10_000;
/** Conditions are as many as users think of: the oldest go. */
const MAX_REMEMBERED = 1000;

interface Counted<T> {
  readonly value: Promise<T>;
  readonly at: number;
  stale: boolean;
}

/** `now` is milliseconds. */
export function createStatistics(database: Database, now: () => number = () => performance.now()): Statistics {
  const counts = new Map<string, Counted<unknown>>();

  const remember = <T>(key: string, count: () => Promise<T>, maxAgeMs = Infinity): Promise<T> => {
    const known = counts.get(key) as Counted<T> | undefined;
    const age = known === undefined ? Infinity : now() - known.at;
    if (known !== undefined && age < maxAgeMs && (!known.stale || age < MIN_AGE_MS)) return known.value;
    counts.delete(key);
    const fresh: Counted<T> = { value: count(), at: now(), stale: false };
    fresh.value.catch(() => counts.delete(key));
    counts.set(key, fresh);
    for (const oldest of counts.keys()) {
      if (counts.size <= MAX_REMEMBERED) break;
      counts.delete(oldest);
    }
    return fresh.value;
  };

  return {
    contents: (namespace) => remember(`${namespace}/`, () => contentCounts(database, namespace)),
    index: (namespace, index) =>
      remember(`${namespace}/${index.policyId}.${index.version}.${index.output}`, async () => ({
        rows: await countRows(database, namespace, index),
        hnsw: await hasHnsw(database, namespace, index),
      })),
    matching: (namespace, condition) =>
      remember(
        `${namespace}/${JSON.stringify(condition)}`,
        () => countMatching(database, namespace, condition),
        CONDITION_AGE_MS,
      ),
    changed(namespace) {
      for (const [key, counted] of counts) if (key.startsWith(`${namespace}/`)) counted.stale = true;
    },
    forget(namespace) {
      for (const key of counts.keys()) if (key.startsWith(`${namespace}/`)) counts.delete(key);
    },
  };
}
