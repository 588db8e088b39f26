/**
 * The status of a namespace, counted at most a tenth of the time: who polls a ledger of millions of tasks gets the same
 * answer again for ten times as long as it took, unless something was planned or written since.
 *
 * @module
 */
import type { Status } from '../contract/index.ts';

export interface StatusMemory {
  get(namespace: string, count: () => Promise<Status>): Promise<Status>;
  /** Something was planned: what is remembered is no longer true. */
  forget(namespace: string): void;
}

/** `now` is milliseconds. */
export function createStatusMemory(now: () => number = () => performance.now()): StatusMemory {
  const remembered = new Map<string, { readonly status: Promise<Status>; until: number }>();
  return {
    get(namespace, count) {
      const known = remembered.get(namespace);
      if (known !== undefined && now() < known.until) return known.status;
      const start = now();
      const entry = { status: count(), until: Infinity };
      remembered.set(namespace, entry);
      entry.status.then(
        () => (entry.until = now() + 10 * (now() - start)),
        () => remembered.delete(namespace),
      );
      return entry.status;
    },
    forget: (namespace) => {
      remembered.delete(namespace);
    },
  };
}
