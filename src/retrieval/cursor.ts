/**
 * Pages of one ranking. The first page's hits are fixed at once; asking for the second page ranks up to 1,000 hits and
 * fixes these for ten minutes, so that pages neither repeat nor lose a hit while contents come and go.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { InvalidInputError } from '../contract/index.ts';
import type { Explained, RankedHit } from './ranked-hit.ts';
import type { RegionLookout } from './regions.ts';

export interface Ranking {
  readonly namespace: string;
  /** Those that were shown on the first page. */
  readonly hits: readonly RankedHit[];
  /** Ranks up to `MAX_RANKED`, called at most once. */
  readonly rest: () => Promise<readonly RankedHit[]>;
  readonly total: number;
  /** Rows of the index when it was ranked. */
  readonly coverage: number;
  /** What its hits explain beside their legs. */
  readonly explained: Explained | undefined;
  /** Where the boxes of its hits are looked for. */
  readonly lookouts: readonly RegionLookout[];
}

export const MAX_RANKED = 1000;
const LIFETIME_MS = 600_000;
const MAX_RANKINGS = 200;

export interface CursorStore {
  /** Keeps a ranking; returns the cursor of the page that starts at `offset`. */
  keep(ranking: Ranking, offset: number): string;
  /** The ranking and offset of a cursor; `InvalidInputError` when it has gone or belongs to another namespace. */
  resolve(
    cursor: string,
    namespace: string,
  ): { readonly key: string; readonly ranking: Ranking; readonly offset: number };
  /** Every ranked hit of a kept ranking: the first page, then the rest without it. */
  complete(key: string): Promise<readonly RankedHit[]>;
  /** Cursor of another page of a kept ranking. */
  at(key: string, offset: number): string;
}

interface Kept {
  readonly ranking: Ranking;
  readonly until: number;
  hits: Promise<readonly RankedHit[]> | undefined;
}

/** Keeps at most 200 rankings, oldest out first. `now` is milliseconds. */
export function createCursorStore(now: () => number = () => performance.now()): CursorStore {
  const rankings = new Map<string, Kept>();
  return {
    keep(ranking, offset) {
      const key = randomUUID();
      rankings.set(key, { ranking, until: now() + LIFETIME_MS, hits: undefined });
      for (const oldest of rankings.keys()) {
        if (rankings.size <= MAX_RANKINGS) break;
        rankings.delete(oldest);
      }
      return `${key}.${offset}`;
    },
    resolve(cursor, namespace) {
      const [key = '', offset = ''] = cursor.split('.');
      const kept = rankings.get(key);
      if (
        kept === undefined ||
        kept.until < now() ||
        kept.ranking.namespace !== namespace ||
        !/^\d{1,4}$/.test(offset)
      ) {
        throw new InvalidInputError(
          `Cannot continue from cursor "${cursor}": it is unknown or older than 10 minutes; search again`,
        );
      }
      return { key, ranking: kept.ranking, offset: Number(offset) };
    },
    complete(key) {
      const kept = rankings.get(key);
      if (kept === undefined) throw new RangeError(`No ranking is kept under "${key}"`);
      kept.hits ??= complete(kept);
      return kept.hits;
    },
    at: (key, offset) => `${key}.${offset}`,
  };
}

async function complete(kept: Kept): Promise<readonly RankedHit[]> {
  const { hits, rest } = kept.ranking;
  try {
    const shown = new Set(hits.map(({ contentId }) => contentId));
    const others = (await rest()).filter(({ contentId }) => !shown.has(contentId));
    return [...hits, ...others].slice(0, MAX_RANKED);
  } catch (error) {
    // The next try ranks again.
    kept.hits = undefined;
    throw error;
  }
}
