/**
 * Legs → one ranking. One leg that finds something keeps its own order and scores; lists of several are fused.
 *
 * @module
 */
import type { LegPlan } from '../contract/index.ts';
import { MAX_RANKED } from './cursor.ts';
import type { Evidence } from './fuse.ts';
import { reciprocalRankFusion, sharedRanks } from './fuse.ts';
import type { Leg, LegMatch, LegRanking } from './leg.ts';
import type { RankedEvidence, RankedHit } from './ranked-hit.ts';

export interface FusionOptions {
  readonly k: number;
  /** Contents that each leg ranks for the fusion. */
  readonly depth: number;
  /** Hits wanted. */
  readonly limit: number;
  /** Keeps each leg's word on each hit. */
  readonly explain: boolean;
}

export interface LegsRanking {
  /** More than `limit` only where there are more. */
  readonly hits: readonly RankedHit[];
  readonly legs: readonly LegPlan[];
  readonly isFused: boolean;
  /** Ranks up to `MAX_RANKED`; undefined where `limit` hits are all there are. */
  readonly rest: (() => Promise<readonly RankedHit[]>) | undefined;
}

/**
 * Ranks by all legs at once. What the legs have within `depth` is ordered by the fusion whatever `limit` is; hits beyond follow
 * in the order of a fusion of the first 1,000.
 */
export async function rankLegs(legs: readonly Leg[], options: FusionOptions): Promise<LegsRanking> {
  const { limit } = options;
  const depth = legs.length === 1 ? limit + 1 : options.depth;
  const rank = async (each: number) => {
    const rankings = await Promise.all(legs.map((leg) => leg.rank(each)));
    return { rankings, ...merge(legs, rankings, options) };
  };
  const first = await rank(depth);
  const mayHaveMore = first.rankings.some(({ matches }) => matches.length >= depth);
  const all = async (): Promise<readonly RankedHit[]> => {
    if (!mayHaveMore) return first.hits;
    const known = new Set(first.hits.map(({ contentId }) => contentId));
    const deeper = (await rank(MAX_RANKED)).hits.filter(({ contentId }) => !known.has(contentId));
    return [...first.hits, ...deeper].slice(0, MAX_RANKED);
  };
  const isShort = first.hits.length <= limit && mayHaveMore;
  const hits = isShort ? await all() : first.hits;
  return {
    hits,
    legs: legs.map(({ weight }, place) => toPlan(weight, first.rankings[place])),
    isFused: first.isFused,
    rest: hits.length <= limit ? undefined : isShort ? async () => hits : all,
  };
}

function toPlan(weight: number, ranking: LegRanking | undefined): LegPlan {
  if (ranking === undefined) throw new RangeError('A leg gave no ranking');
  return { ...ranking.plan, weight, found: ranking.matches.length };
}

function merge(
  legs: readonly Leg[],
  rankings: readonly LegRanking[],
  { k, explain }: FusionOptions,
): { readonly hits: readonly RankedHit[]; readonly isFused: boolean } {
  const answers = legs.flatMap((leg, place) => {
    const matches = rankings[place]?.matches ?? [];
    return matches.length === 0 ? [] : [{ leg, matches }];
  });
  const [only] = answers;
  if (only === undefined) return { hits: [], isFused: false };
  if (answers.length === 1) {
    const ranks = sharedRanks(only.matches);
    const alone = only.matches.map((match, place) => {
      const evidence = [{ list: 0, rank: ranks[place] ?? place + 1, part: 1, match }];
      return toHit({ id: match.contentId, score: match.score, evidence }, [only.leg], 1, explain);
    });
    return { hits: alone, isFused: false };
  }
  const lists = answers.map(({ leg, matches }) => ({ weight: leg.weight, matches }));
  const fused = reciprocalRankFusion<LegMatch>(lists, k);
  const asked = answers.map(({ leg }) => leg);
  return { hits: fused.map((each) => toHit(each, asked, each.score, explain)), isFused: true };
}

/** @param whole What the parts of the evidence sum to. */
function toHit(
  { id, score, evidence }: { id: string; score: number; evidence: readonly Evidence<LegMatch>[] },
  legs: readonly Leg[],
  whole: number,
  explain: boolean,
): RankedHit {
  const byVector = evidence.find(({ list }) => legs[list]?.kind === 'vector');
  const withRow = evidence.find(({ match }) => match.ord !== null);
  return {
    contentId: id,
    score,
    similarity: byVector?.match.score ?? null,
    ord: withRow?.match.ord ?? null,
    rowsOf: withRow === undefined ? undefined : legs[withRow.list]?.index,
    moments: momentsOf(evidence),
    evidence: explain ? evidence.flatMap((each) => toEvidence(each, legs[each.list], whole)) : undefined,
  };
}

/** Those of one leg, since scores of two can't be compared: of vectors before of words. */
function momentsOf(evidence: readonly Evidence<LegMatch>[]): LegMatch['moments'] {
  return evidence.toSorted((a, b) => a.list - b.list).find(({ match }) => match.moments !== undefined)?.match.moments;
}

function toEvidence({ rank, part, match }: Evidence<LegMatch>, leg: Leg | undefined, whole: number): RankedEvidence[] {
  if (leg === undefined) return [];
  const rowsOf = match.ord === null ? undefined : leg.index;
  return [{ ...match, leg: leg.kind, rank, weight: leg.weight, share: part / whole, rowsOf }];
}
