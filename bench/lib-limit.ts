/**
 * Limits of time, so that a bench that hangs says where.
 *
 * @module
 */

/**
 * What `work` gives.
 *
 * @throws Error Where it takes longer than `limitMs`; it goes on, and nobody waits for it any more.
 */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Cannot wait any longer for ${what}: ${limitMs / 1000} s are over`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
