/**
 * Changes of many contents, in as many requests as the server's limit asks for. One that fails is told, and the others
 * are made all the same.
 *
 * @module
 */
/** Contents of one request at most, by the contract. */
const BATCH = 1000;

export interface BatchOutcome {
  /** Contents of requests that succeeded. */
  readonly done: readonly string[];
  readonly failed: readonly string[];
  /** Why, without repeats. */
  readonly reasons: readonly string[];
}

export async function inBatches(
  contentIds: readonly string[],
  change: (batch: readonly string[]) => Promise<unknown>,
  onProgress: (count: number) => void = () => {},
): Promise<BatchOutcome> {
  const done: string[] = [];
  const failed: string[] = [];
  const reasons = new Set<string>();
  for (let at = 0; at < contentIds.length; at += BATCH) {
    const batch = contentIds.slice(at, at + BATCH);
    try {
      await change(batch);
      done.push(...batch);
    } catch (error) {
      failed.push(...batch);
      reasons.add(error instanceof Error ? error.message : String(error));
    }
    onProgress(at + batch.length);
  }
  return { done, failed, reasons: [...reasons] };
}
