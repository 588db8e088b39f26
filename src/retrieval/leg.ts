/**
 * What every leg of a search is: a way to rank contents, ready to be asked for so many of them.
 *
 * @module
 */
import type { LegPlan } from '../contract/index.ts';
import type { SqlCondition } from '../store/index.ts';
import type { SearchIndex } from './choose-index.ts';

/** A content that a leg found. */
export interface LegMatch {
  readonly contentId: string;
  /** The row that matched, in indexes of regions. */
  readonly ord: number | null;
  /** The leg's own; larger is better. */
  readonly score: number;
  /** The index where it was found. */
  readonly index: string;
  /** Words of the query that matched. */
  readonly words: readonly string[];
  /** Frames of it that matched, best first; absent where it matched itself. */
  readonly moments?: readonly RankedMoment[] | undefined;
}

/** A derived content that was found. */
export interface RankedMoment {
  readonly contentId: string;
  /** As that of a match: larger is better. */
  readonly score: number;
}

export interface LegRanking {
  /** Best first, ties by id, each content once. */
  readonly matches: readonly LegMatch[];
  readonly plan: Omit<LegPlan, 'weight' | 'found'>;
}

export interface Leg {
  readonly kind: 'vector' | 'text';
  readonly weight: number;
  /** The vector index that it searches. */
  readonly index: SearchIndex | undefined;
  /** What it compares with its index; undefined where that has no vectors. */
  readonly vector?: () => Promise<Float32Array>;
  /** What there is to say of it. */
  readonly notes: readonly string[];
  /** Its best contents, at most `depth` of them. */
  rank(depth: number): Promise<LegRanking>;
}

/** What all legs of a search are asked under. */
export interface LegScope {
  readonly namespace: string;
  readonly condition: SqlCondition | undefined;
  /** Contents that pass the condition; undefined without one. */
  readonly filteredRows: Promise<number> | undefined;
  /** A content, as it was added, that is no hit: the one that others are to be like. */
  readonly without: string | undefined;
}

/** Runs `work`, and adds what it took to `timings` in milliseconds. */
export async function timed<T>(timings: Record<string, number>, name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const value = await work();
  timings[name] = Math.round(((timings[name] ?? 0) + performance.now() - start) * 100) / 100;
  return value;
}
