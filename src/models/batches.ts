/**
 * Items to runs of a graph, whose batch is open or fixed. A fixed batch that isn't full is filled up with its last item,
 * and what comes of the filling is dropped.
 *
 * @module
 */
import type { Session } from './session.ts';

export interface BatchRule {
  readonly size: number;
  /** True where the graph takes exactly `size` items. */
  readonly fixed: boolean;
}

/** The graph's own batch where that is fixed, else up to `preferred`. */
export function batchRule(session: Session, input: string, preferred: number): BatchRule {
  const own = session.inputs.find(({ name }) => name === input)?.shape[0];
  return { size: own ?? preferred, fixed: own !== undefined };
}

/** One result per item, in their order. `run` gives one per item it gets. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  { size, fixed }: BatchRule,
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += size) {
    const group = items.slice(start, start + size);
    const last = group.at(-1);
    const full = !fixed || last === undefined ? group : Array.from({ length: size }, (_, i) => group[i] ?? last);
    results.push(...(await run(full)).slice(0, group.length));
  }
  return results;
}
