/**
 * Which legs a search has, over which indexes, with which weights.
 *
 * @module
 */
import type { LegName, SearchRequest } from '../contract/index.ts';
import { didYouMean, InvalidInputError, NotFoundError } from '../contract/index.ts';
import type { SearchIndex } from './choose-index.ts';
import { chooseIndex, encodesQueries, queryKinds } from './choose-index.ts';
import { regionIndexes } from './regions.ts';

/**
 * Constant of the fusion, how many contents each leg ranks for it, and what legs weigh: chosen by bench/retrieval. Where there
 * are no texts but names and labels of contents, these weigh `names`: "beach-house-plan.png" is no match for "a dog on the
 * beach" that goes before the pictures of one, but belongs on the first page. Where boxes are looked at, whole pictures weigh
 * `beside` them (bench/regions): they order what boxes can't tell apart, and pictures without boxes.
 */
export const FUSION_DEFAULTS = {
  k: 5,
  depth: 100,
  weights: { vector: 1, text: 1.25, names: 0.5, beside: 0.25 },
} as const;

/** No graph is called so. */
const OF_CONTENTS = 'content.';

export interface WeightedIndex {
  readonly index: SearchIndex;
  readonly weight: number;
}

export interface ChosenLegs<TextIndex> {
  readonly vectors: readonly WeightedIndex[];
  /** One leg over all of them; undefined where texts are not searched. */
  readonly text: { readonly indexes: readonly TextIndex[]; readonly weight: number } | undefined;
  readonly notes: readonly string[];
}

/**
 * Words are looked for in vectors and in texts, pictures in vectors, unless `legs` or `indexes` say otherwise.
 *
 * @param texts Indexes of words; none where the namespace has no texts.
 * @throws NotFoundError for a name that no index has; InvalidInputError where nothing is left to ask.
 */
export function chooseLegs<TextIndex extends { readonly name: string }>(
  request: SearchRequest,
  indexes: readonly SearchIndex[],
  texts: readonly TextIndex[],
): ChosenLegs<TextIndex> {
  const named = namedIndexes(request, indexes, texts);
  const legs = new Set(request.legs ?? defaultLegs(request, named, indexes, texts));
  for (const [leg, { length }] of [['vector', named.vectors] as const, ['text', named.texts] as const]) {
    if (length > 0 && !legs.has(leg))
      throw new InvalidInputError(
        `Cannot search index "${(named[`${leg}s`][0] ?? { name: '' }).name}": it belongs to the leg "${leg}", which "legs" leaves out`,
      );
  }
  if (request.regions) checkRegions(named.vectors, legs);
  const found = legs.has('vector') && named.vectors.length === 0 ? unnamedIndexes(request, indexes) : undefined;
  const vectors = found?.vectors ?? named.vectors;
  if (legs.has('text')) checkTexts(request, texts);
  const textIndexes = legs.has('text') ? (named.texts.length > 0 ? named.texts : texts) : undefined;
  return weigh(request, vectors, textIndexes, found?.notes ?? []);
}

/** Whoever names indexes, or legs, names one that has boxes. */
function checkRegions(named: readonly SearchIndex[], legs: ReadonlySet<LegName>): void {
  const [first] = named;
  if (!legs.has('vector'))
    throw new InvalidInputError('Cannot look at boxes without the leg "vector": by words of texts no box is found');
  if (first !== undefined && !named.some((index) => index.ofRegions))
    throw new InvalidInputError(
      `Cannot look at boxes in index "${first.name}": it has none; leave out its name, or name one of boxes, too`,
    );
}

/**
 * Words ask one index of pictures, and every index of what was written of them; a picture, or a content that others are to be
 * like, the one of pictures alone.
 */
function unnamedIndexes(
  request: SearchRequest,
  indexes: readonly SearchIndex[],
): { readonly vectors: readonly SearchIndex[]; readonly notes: readonly string[] } {
  const { query, image, like } = request;
  const kinds = queryKinds(request);
  const ofBoxes = request.regions ? regionIndexes(request, indexes) : [];
  const ofTexts = indexes.filter((index) => index.ofTexts);
  const isWordsOnly = query !== undefined && image === undefined && like === undefined;
  const written = isWordsOnly ? ofTexts : [];
  const ofPictures = indexes.filter((index) => !index.ofTexts);
  if (written.length > 0 && !ofPictures.some((index) => encodesQueries(index, kinds)))
    return { vectors: written, notes: [] };
  const { index, note } = chooseIndex(ofPictures.length > 0 ? ofPictures : indexes, undefined, kinds);
  const vectors = [...new Set([index, ...ofBoxes, ...written])];
  return { vectors, notes: note === undefined || request.regions ? [] : [note] };
}

interface Named<TextIndex> {
  readonly vectors: readonly SearchIndex[];
  readonly texts: readonly TextIndex[];
}

function namedIndexes<TextIndex extends { readonly name: string }>(
  { index, indexes: several = [] }: SearchRequest,
  indexes: readonly SearchIndex[],
  texts: readonly TextIndex[],
): Named<TextIndex> {
  const names = new Set(index === undefined ? several : [index, ...several]);
  const known = [...indexes, ...texts].map(({ name }) => name);
  for (const name of names) if (!known.includes(name)) throw new NotFoundError('index', name, known);
  return {
    vectors: indexes.filter(({ name }) => names.has(name)),
    texts: texts.filter(({ name }) => names.has(name)),
  };
}

function defaultLegs<TextIndex>(
  { query, image, like }: SearchRequest,
  named: Named<TextIndex>,
  indexes: readonly SearchIndex[],
  texts: readonly TextIndex[],
): LegName[] {
  const isNamed = named.vectors.length + named.texts.length > 0;
  const hasTexts = isNamed ? named.texts.length > 0 : query !== undefined && texts.length > 0;
  // Vectors that nothing encodes words for are no reason to refuse words that texts may have.
  const isWordsOnly = image === undefined && like === undefined;
  const takesWords = indexes.some((index) => encodesQueries(index, ['text']));
  const hasVectors = isNamed ? named.vectors.length > 0 : takesWords || !hasTexts || !isWordsOnly;
  return [...(hasVectors ? ['vector' as const] : []), ...(hasTexts ? ['text' as const] : [])];
}

function checkTexts({ query }: SearchRequest, texts: readonly unknown[]): void {
  if (query === undefined)
    throw new InvalidInputError('Cannot search texts by a picture: the leg "text" looks for words, give a "query"');
  if (texts.length === 0)
    throw new InvalidInputError('Cannot search texts: this namespace has none; leave out the leg "text"');
}

function weigh<TextIndex extends { readonly name: string }>(
  { fusion, regions }: SearchRequest,
  vectors: readonly SearchIndex[],
  texts: readonly TextIndex[] | undefined,
  notes: readonly string[],
): ChosenLegs<TextIndex> {
  const weights: Readonly<Record<string, number>> = fusion?.weights ?? {};
  const known = [
    ...(vectors.length > 0 ? ['vector', ...vectors.map(({ name }) => name)] : []),
    ...(texts === undefined ? [] : ['text']),
  ];
  for (const name of Object.keys(weights)) {
    if (!known.includes(name))
      throw new InvalidInputError(
        `Cannot weigh leg "${name}": this search has ${known.map((each) => `"${each}"`).join(', ')}${didYouMean(name, known)}`,
      );
  }
  const ofPicture = (index: SearchIndex): number =>
    FUSION_DEFAULTS.weights[regions && !index.ofRegions && !index.ofTexts ? 'beside' : 'vector'];
  const weighted = vectors
    .map((index) => ({ index, weight: weights[index.name] ?? weights.vector ?? ofPicture(index) }))
    .filter(({ weight }) => weight > 0);
  const isNamesOnly = texts?.every(({ name }) => name.startsWith(OF_CONTENTS)) ?? false;
  const textWeight = weights.text ?? FUSION_DEFAULTS.weights[isNamesOnly ? 'names' : 'text'];
  const text = texts === undefined || textWeight === 0 ? undefined : { indexes: texts, weight: textWeight };
  if (weighted.length === 0 && text === undefined)
    throw new InvalidInputError('Cannot search with these weights: those of all legs are 0; one must be more');
  return { vectors: weighted, text, notes };
}
