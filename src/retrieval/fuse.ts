/**
 * Weighted reciprocal rank fusion: merges ranked lists without comparing their scores.
 *
 *     score(d) = Σ over lists  w / (k + rank of d in the list)        rank counts from 1
 *
 * Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
 * SIGIR 2009; there k = 60 and all w = 1.
 *
 * Documents that a list can't tell apart share the rank of the last of them. Else a word that half of all file names have
 * would put some of these, by nothing but their ids, before what other lists are sure of.
 *
 * @module
 */

/** One list's word on one document. */
export interface Evidence<Match> {
  /** Place of the list among those that were fused. */
  readonly list: number;
  /** Number of the matches that score no less. */
  readonly rank: number;
  /** Part of the fused score. */
  readonly part: number;
  readonly match: Match;
}

export interface Fused<Match> {
  readonly id: string;
  readonly score: number;
  /** Largest part first. */
  readonly evidence: readonly Evidence<Match>[];
}

export interface RankedList<Match> {
  /** Above 0. */
  readonly weight: number;
  /** Best first, each content at most once. */
  readonly matches: readonly Match[];
}

/** What a list has of a document. */
export interface ScoredMatch {
  readonly contentId: string;
  readonly score: number;
}

/** Fuses lists; best first, ties by id. */
export function reciprocalRankFusion<Match extends ScoredMatch>(
  lists: readonly RankedList<Match>[],
  k: number,
): Fused<Match>[] {
  const evidence = new Map<string, Evidence<Match>[]>();
  for (const [list, { weight, matches }] of lists.entries()) {
    const ranks = sharedRanks(matches);
    for (const [place, match] of matches.entries()) {
      const of = evidence.get(match.contentId) ?? [];
      evidence.set(match.contentId, of);
      const rank = ranks[place] ?? matches.length;
      of.push({ list, rank, part: weight / (k + rank), match });
    }
  }
  return [...evidence]
    .map(([id, of]) => ({
      id,
      score: of.reduce((sum, { part }) => sum + part, 0),
      evidence: of.toSorted((a, b) => b.part - a.part || a.list - b.list),
    }))
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}

/** Ranks from 1; of equal scores that of the last. */
export function sharedRanks(matches: readonly { readonly score: number }[]): number[] {
  const ranks: number[] = [];
  for (let place = matches.length - 1; place >= 0; place--) {
    const isTied = matches[place]?.score === matches[place + 1]?.score;
    ranks[place] = (isTied ? ranks[place + 1] : undefined) ?? place + 1;
  }
  return ranks;
}
