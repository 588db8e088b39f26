/**
 * The leg of a vector index: request → vector → path → nearest contents.
 *
 * @module
 */
import type { SearchRequest } from '../contract/index.ts';
import { nearest, rootsOf } from '../store/index.ts';
import type { WeightedIndex } from './choose-legs.ts';
import { MAX_RANKED } from './cursor.ts';
import { groupByRoot } from './fuse.ts';
import type { Leg, LegMatch, LegScope } from './leg.ts';
import { timed } from './leg.ts';
import { chooseSearchPath, pathReason } from './plan.ts';
import type { VectorDependencies } from './query-vector.ts';
import { queryVector } from './query-vector.ts';
import type { Statistics } from './statistics.ts';

/** Where frames of few videos lie nearest, so many times more are read. */
const WIDENING = 4;

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
  let prepared: ReturnType<typeof prepare> | undefined;
  return {
    kind: 'vector',
    weight,
    index,
    notes: [],
    async rank(depth) {
      prepared ??= prepare();
      const [vector, { rows, hnsw }, filteredRows] = await prepared;
      const facts = { rows, hasHnsw: hnsw, filteredRows, limit: depth };
      const path = chooseSearchPath(facts);
      const read = async (limit: number): Promise<LegMatch[]> => {
        const found = await nearest(database, namespace, index, vector, { ...path, limit, condition });
        const others = found.filter(({ contentId }) => contentId !== without);
        const roots = await rootsOf(
          database,
          namespace,
          others.map(({ contentId }) => contentId),
        );
        const matches = others.map(({ contentId, ord, distance }) => ({
          contentId,
          ord: index.ofRegions ? ord : null,
          score: 1 - distance,
          index: index.name,
          words: [],
        }));
        const grouped = groupByRoot(matches, roots).filter(({ contentId }) => contentId !== without);
        const mayHaveMore = found.length >= limit && limit < MAX_RANKED;
        return grouped.length >= depth || !mayHaveMore
          ? grouped.slice(0, depth)
          : read(Math.min(MAX_RANKED, limit * WIDENING));
      };
      const first = Math.min(MAX_RANKED, depth + (without === undefined ? 0 : 1));
      const matches = await timed(timings, 'searchMs', () => read(first));
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
