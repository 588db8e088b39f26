/**
 * A bound on the bytes that work in parallel holds at once: a semaphore with weights.
 *
 * @module
 */

export interface ByteBudget {
  /**
   * Runs `work` once `bytes` are free, in the order of the calls; what asks for more than there are waits for all of them
   * and runs alone.
   */
  run<T>(bytes: number, work: () => Promise<T>): Promise<T>;
}

export function createByteBudget(total: number): ByteBudget {
  let free = total;
  const waiting: { readonly bytes: number; readonly start: () => void }[] = [];
  const admit = (): void => {
    for (let [first] = waiting; first !== undefined && first.bytes <= free; [first] = waiting) {
      waiting.shift();
      free -= first.bytes;
      first.start();
    }
  };
  return {
    async run(asked, work) {
      const bytes = Math.min(asked, total);
      await new Promise<void>((start) => {
        waiting.push({ bytes, start });
        admit();
      });
      try {
        return await work();
      } finally {
        free += bytes;
        admit();
      }
    },
  };
}
