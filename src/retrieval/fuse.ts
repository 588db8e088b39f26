/**
 * Weighted reciprocal rank fusion: merges ranked lists without comparing their scores.
 *
 *     score(d) = Σ over lists  w / (k + rank of d in the list)        rank counts from 1
 *
 * Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
 * SIGIR 2009; there k = 60 and all w = 1.
 *
 * @module
 */

/** One list's word on one document. */
export interface Evidence<Match> {
  /** Place of the list among those that were fused. */
  readonly list: number;
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
  /** Best first, each id at most once. */
  readonly matches: readonly Match[];
}

/** Fuses lists; best first, ties by id. */
export function reciprocalRankFusion<Match>(
  lists: readonly RankedList<Match>[],
  k: number,
  idOf: (match: Match) => string,
): Fused<Match>[] {
  const evidence = new Map<string, Evidence<Match>[]>();
  for (const [list, { weight, matches }] of lists.entries()) {
    for (const [place, match] of matches.entries()) {
      const id = idOf(match);
      const of = evidence.get(id) ?? [];
      evidence.set(id, of);
      of.push({ list, rank: place + 1, part: weight / (k + place + 1), match });
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

/** Keeps the best match of each root: a list in which a document stood twice would count twice. */
export function groupByRoot<Match extends { readonly contentId: string }>(
  matches: readonly Match[],
  roots: ReadonlyMap<string, string>,
): Match[] {
  const best = new Map<string, Match>();
  for (const match of matches) {
    const root = roots.get(match.contentId) ?? match.contentId;
    if (!best.has(root)) best.set(root, { ...match, contentId: root });
  }
  return [...best.values()];
}
