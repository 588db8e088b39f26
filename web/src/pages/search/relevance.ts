/**
 * What can truly be said of how relevant hits are. Scores are comparable within one search only, and no cosine says "this
 * is none": so what is told is which hits have the words that were asked for, and which look like it and no more.
 *
 * @module
 */
import type { Hit, SearchResponse } from 'fovea/client';

export interface Relevance {
  /** No text of the library has any of the words: hits look like them, as far as they do. */
  readonly isByLookAlone: boolean;
  /** Index of the first hit from which on none has any of the words; undefined where that isn't known, or there is none. */
  readonly lookBegins: number | undefined;
}

/** @param first The first page of the search, which was asked with `explain`. */
export function relevanceOf(first: SearchResponse | undefined, hits: readonly Hit[]): Relevance {
  const legs = first?.plan?.legs ?? [];
  const words = legs.find(({ leg, indexes }) => leg === 'text' && indexes.some(isSaid));
  const isSeen = legs.some(({ leg }) => leg === 'vector');
  if (words === undefined || !isSeen) return { isByLookAlone: false, lookBegins: undefined };
  const last = hits.findLastIndex(hasWords);
  // Others with the words may come with a later page: then a rule would move.
  const areAllHere = hits.filter(hasWords).length >= words.found;
  const lookBegins = last >= 0 && last + 1 < hits.length && areAllHere ? last + 1 : undefined;
  return { isByLookAlone: words.found === 0, lookBegins };
}

/** Names and labels of files say little of what pictures show: no rule is drawn by them. */
const isSaid = (index: string): boolean => !index.startsWith('content.');

const hasWords = ({ explanation }: Hit): boolean => explanation?.legs.some(({ leg }) => leg === 'text') ?? false;
