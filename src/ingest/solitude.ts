/**
 * Pieces of work that run beside each other, and some that must be alone: with nothing beside it, what ends the process is
 * beyond doubt.
 *
 * @module
 */

/** Runs work, beside other work unless it must be alone. Work must not start more of its own from within. */
export type Solitude = <T>(alone: boolean, run: () => Promise<T>) => Promise<T>;

export function createSolitude(): Solitude {
  const beside = new Set<Promise<void>>();
  let single: Promise<void> | undefined;

  const end = async (work: Promise<unknown>): Promise<void> => {
    await work.catch(() => undefined);
  };
  return async (alone, run) => {
    // Who waited may find that another went before.
    for (let before = single; before !== undefined; before = single) await before;
    if (!alone) {
      const work = run();
      const ended = end(work).finally(() => beside.delete(ended));
      beside.add(ended);
      return work;
    }
    const work = Promise.all(beside).then(run);
    single = end(work).finally(() => {
      single = undefined;
    });
    return work;
  };
}
