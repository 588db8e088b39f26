/**
 * Which index a search asks: the one that was named, or the one that fits.
 *
 * @module
 */
import {
  encoderOf,
  indexName,
  InvalidInputError,
  isGiven,
  makesContents,
  NotFoundError,
  takesFrom,
  takesTexts,
} from '../contract/index.ts';
import type { OutputSpec, QueryKind, SearchRequest } from '../contract/index.ts';
import type { PolicyRecord, VectorIndex } from '../store/index.ts';

/** A searchable vector column, and whose queries it takes. */
export interface SearchIndex extends VectorIndex {
  /** `<graph>.<policy>.<output>`. */
  readonly name: string;
  /** What encodes queries in its space; `features/given` encodes none. */
  readonly extractor: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly space: string | undefined;
  /** What questions are encoded in its space; undefined: words and pictures. */
  readonly queries?: readonly QueryKind[] | undefined;
  /** True where a content has a row a box instead of one. */
  readonly ofRegions: boolean;
  /** True where its vectors are of what others wrote of a picture: words find it, pictures don't. */
  readonly ofTexts: boolean;
  /** True where callers hand its vectors over: it has those of the contents that they thought of. */
  readonly isHandedOver: boolean;
}

/** The indexes of the policy versions in use. */
export function searchIndexes(policies: readonly PolicyRecord[]): SearchIndex[] {
  return policies
    .filter(({ state }) => state === 'active')
    .flatMap((policy) => {
      const { extractor, params } = encoderOf(policy) ?? policy;
      return Object.entries(policy.output.vectors).map(([output, { dimension, queries }]) => ({
        name: indexName(policy.graph, policy.name, output),
        policyId: policy.id,
        version: policy.version,
        output,
        dimension,
        extractor,
        params,
        space: policy.space,
        queries,
        ofRegions:
          (policy.contentSource !== undefined && !takesTexts(policy) && !takesContents(policy, policies)) ||
          hasBoxes(policy.output),
        ofTexts: takesTexts(policy),
        isHandedOver: isGiven(policy),
      }));
    });
}

function takesContents(policy: PolicyRecord, policies: readonly PolicyRecord[]): boolean {
  return policies.some((source) => takesFrom(policy, source) && makesContents(source));
}

function hasBoxes({ columns }: OutputSpec): boolean {
  return Object.values(columns).some(({ type }) => type === 'box');
}

/** False where only vectors can be compared with an index, not words or pictures; or not all of `kinds`. */
export function encodesQueries(index: SearchIndex, kinds: readonly QueryKind[] = []): boolean {
  return !isGiven(index) && kinds.every((kind) => index.queries?.includes(kind) ?? true);
}

/** What a request gives to be encoded. */
export function queryKinds({ query, image, like, regions }: SearchRequest): QueryKind[] {
  const isPicture = image !== undefined || like?.region !== undefined || (regions && like !== undefined);
  return [...(query === undefined ? [] : ['text' as const]), ...(isPicture ? ['image' as const] : [])];
}

/**
 * The named index, else the only index of whole pictures, else the first of them by name (with a note): of those that are
 * computed here, which all contents get, before those that were handed over; and those that take such queries before all others.
 *
 * @param kinds What is to be encoded.
 *
 * @throws NotFoundError for a name that no index has; InvalidInputError where there is no index to choose.
 */
export function chooseIndex(
  indexes: readonly SearchIndex[],
  name: string | undefined,
  kinds: readonly QueryKind[] = [],
): { readonly index: SearchIndex; readonly note?: string } {
  const names = indexes.map((index) => index.name);
  if (name !== undefined) {
    const index = indexes.find((candidate) => candidate.name === name);
    if (index === undefined) throw new NotFoundError('index', name, names);
    return { index };
  }
  const takesQueries = (index: SearchIndex): boolean => encodesQueries(index, kinds);
  const able = indexes.some(takesQueries) ? indexes.filter(takesQueries) : indexes;
  const whole = able.filter((index) => !index.ofRegions && !index.ofTexts);
  const asked = whole.length > 0 ? whole : able;
  const [index, other] = asked.toSorted(
    (a, b) => Number(a.isHandedOver) - Number(b.isHandedOver) || (a.name < b.name ? -1 : 1),
  );
  if (index === undefined) {
    throw new InvalidInputError(
      'Cannot search: this namespace has no index; add pictures (which makes the graph "photos") or apply a graph with an embedding policy',
    );
  }
  if (other === undefined || whole.length <= 1) return { index };
  return {
    index,
    note: `Searched index "${index.name}"; others: ${othersOf(index, indexes).join(', ')}`,
  };
}

/** Those of texts are legs of their own. */
function othersOf(index: SearchIndex, indexes: readonly SearchIndex[]): string[] {
  return indexes.filter((each) => each !== index && !each.ofTexts).map(({ name }) => name);
}
