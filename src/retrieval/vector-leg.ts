/**
 * The leg of a vector index: request → vector → path → nearest contents.
 *
 * @module
 */
import type { SearchRequest } from '../contract/index.ts';
import { nearest } from '../store/index.ts';
import type { Neighbour } from '../store/index.ts';
import type { WeightedIndex } from './choose-legs.ts';
import { MAX_RANKED } from './cursor.ts';
import type { Leg, LegMatch, LegScope } from './leg.ts';
import { timed } from './leg.ts';
import { chooseSearchPath, pathReason } from './plan.ts';
import type { VectorDependencies } from './query-vector.ts';
import { queryVector } from './query-vector.ts';
import type { SearchIndex } from './choose-index.ts';
import type { Statistics } from './statistics.ts';

/** The query is encoded with the first ranking, beside what other legs do. */
export function vectorLeg(
  dependencies: VectorDependencies & { readonly statistics: Statistics },
  request: SearchRequest,
  { index, weight }: WeightedIndex,
  scope: LegScope,
): Leg {
  const { database, statistics } = dependencies;
  const { namespace, condition, without } = scope;
  const timings: Record<string, number> = {};
  const prepare = () =>
    // The encoder works in a process of its own: the database counts meanwhile.
    Promise.all([
      timed(timings, 'encodeMs', () => queryVector(dependencies, namespace, request, index)),
      statistics.index(namespace, index),
      scope.filteredRows,
    ]);
  let started: ReturnType<typeof prepare> | undefined;
  const prepared = () => (started ??= prepare());
  return {
    kind: 'vector',
    weight,
    index,
    vector: async () => (await prepared())[0],
    notes: [],
    async rank(depth) {
      const [vector, { rows, hnsw }, filteredRows] = await prepared();
      const facts = { rows, hasHnsw: hnsw, filteredRows, limit: depth };
      const path = chooseSearchPath(facts);
      const limit = Math.min(MAX_RANKED, depth + (without === undefined ? 0 : 1));
      const found = await timed(timings, 'searchMs', () =>
        nearest(database, namespace, index, vector, { ...path, limit, condition }),
      );
      const others = found.filter(({ rootId }) => rootId !== without).slice(0, depth);
      const matches = others.map((each) => toMatch(each, index));
      const plan = {
        leg: 'vector' as const,
        indexes: [index.name],
        ...path,
        reason: pathReason(facts, path),
        rows,
        filteredRows: filteredRows ?? null,
        timings: { ...timings },
      };
      return { matches, plan };
    },
  };
}

function toMatch({ rootId, contentId, ord, distance, moments }: Neighbour, index: SearchIndex): LegMatch {
  return {
    contentId: rootId,
    // A row of a frame is none of its video.
    ord: index.ofRegions && rootId === contentId ? ord : null,
    score: 1 - distance,
    index: index.name,
    words: [],
    moments: moments?.map((each) => ({ contentId: each.contentId, score: 1 - each.distance })),
  };
}
