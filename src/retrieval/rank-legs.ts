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

/** Frames of a video that a hit tells. */
const MAX_MOMENTS = 5;

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
      return toHit({ id: match.contentId, score: match.score, evidence }, [only.leg], { whole: 1, k, explain });
    });
    return { hits: alone, isFused: false };
  }
  const lists = answers.map(({ leg, matches }) => ({ weight: leg.weight, matches }));
  const fused = reciprocalRankFusion<LegMatch>(lists, k);
  const asked = answers.map(({ leg }) => leg);
  return { hits: fused.map((each) => toHit(each, asked, { whole: each.score, k, explain })), isFused: true };
}

interface HitOptions {
  /** What the parts of the evidence sum to. */
  readonly whole: number;
  readonly k: number;
  readonly explain: boolean;
}

function toHit(
  { id, score, evidence }: { id: string; score: number; evidence: readonly Evidence<LegMatch>[] },
  legs: readonly Leg[],
  { whole, k, explain }: HitOptions,
): RankedHit {
  const byVector = evidence.find(({ list }) => legs[list]?.kind === 'vector');
  const withRow = evidence.find(({ match }) => match.ord !== null);
  return {
    contentId: id,
    score,
    similarity: byVector?.match.score ?? null,
    ord: withRow?.match.ord ?? null,
    rowsOf: withRow === undefined ? undefined : legs[withRow.list]?.index,
    moments: momentsOf(evidence, legs, k),
    evidence: explain ? evidence.flatMap((each) => toEvidence(each, legs[each.list], whole)) : undefined,
  };
}

/** Those of the only leg that has any, with its scores; of several they are fused as hits are. */
function momentsOf(evidence: readonly Evidence<LegMatch>[], legs: readonly Leg[], k: number): LegMatch['moments'] {
  const lists = evidence.flatMap(({ list, match: { moments = [] } }) =>
    moments.length === 0 ? [] : [{ weight: legs[list]?.weight ?? 1, matches: moments }],
  );
  if (lists.length < 2) return lists[0]?.matches;
  return reciprocalRankFusion(lists, k)
    .slice(0, MAX_MOMENTS)
    .map(({ id, score }) => ({ contentId: id, score }));
}

function toEvidence({ rank, part, match }: Evidence<LegMatch>, leg: Leg | undefined, whole: number): RankedEvidence[] {
  if (leg === undefined) return [];
  const rowsOf = match.ord === null ? undefined : leg.index;
  return [{ ...match, leg: leg.kind, rank, weight: leg.weight, share: part / whole, rowsOf }];
}
