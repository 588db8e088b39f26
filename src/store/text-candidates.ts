/**
 * Which documents to look at: those that may be among the best, and not all that have a common word.
 *
 * A document's score is the weight of the terms that it has, so documents that reach a score are those that have all terms
 * of at least one set of that weight. Sets are taken by weight, the heaviest first, for as long as the documents that they
 * are expected to bring (were terms independent of each other) stay within a budget: that is a level. Where a level brings
 * enough contents, no document outside it scores as high as those in it; where it brings too few, the next level is read.
 *
 *     beach 3.5 · run 2.3 · dog 1.4    →    beach & run | beach & dog    →    beach | run & dog    →    run | dog
 *
 * @module
 */

/** Documents that a level is expected to bring. */
const BUDGET = 2000;

/** The rarest terms, of which all sets are weighed: 2⁸ of them. The others come alone, in the end. */
const MAX_COMBINED = 8;

/** What is left behind so many levels is read as one. */
const MAX_LEVELS = 6;

export interface WeighedTerm {
  readonly weight: number;
  readonly frequency: number;
}

/** Places of terms that a document must have all of. */
export type TermSet = readonly number[];

/** Levels, each a union of sets, the heaviest first; a document that has any of the terms is in one of them. */
export function candidateLevels(terms: readonly WeighedTerm[], documents: number): TermSet[][] {
  const levels: Candidate[][] = [];
  let level: Candidate[] = [];
  let expected = 0;
  for (const candidate of candidates(terms, documents)) {
    if (level.length > 0 && expected + candidate.expected > BUDGET && levels.length < MAX_LEVELS - 1) {
      levels.push(level);
      level = [];
      expected = 0;
    }
    // A set of fewer terms brings all that the larger one does.
    level = level.filter(({ mask }) => (mask & candidate.mask) !== candidate.mask);
    level.push(candidate);
    expected += candidate.expected;
  }
  if (level.length > 0) levels.push(level);
  return levels.map((own) => own.map(({ set }) => set));
}

interface Candidate {
  readonly set: TermSet;
  /** The set as bits. */
  readonly mask: bigint;
  readonly weight: number;
  /** Documents that have all its terms, were these independent. */
  readonly expected: number;
}

/** All sets of the rarest terms by weight, then the other terms alone. */
function candidates(terms: readonly WeighedTerm[], documents: number): Candidate[] {
  const single = [...terms.entries()]
    .map(([place, { weight, frequency }]) => ({
      set: [place],
      mask: 1n << BigInt(place),
      weight,
      expected: Math.max(1, frequency),
    }))
    .toSorted((a, b) => b.weight - a.weight);
  const combined: Candidate[] = [];
  for (const term of single.slice(0, MAX_COMBINED)) {
    const larger = combined.map((other) => ({
      set: [...other.set, ...term.set],
      mask: other.mask | term.mask,
      weight: other.weight + term.weight,
      expected: (other.expected * term.expected) / Math.max(1, documents),
    }));
    combined.push(...larger, term);
  }
  return [...combined.toSorted((a, b) => b.weight - a.weight), ...single.slice(MAX_COMBINED)];
}
