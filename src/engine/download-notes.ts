/**
 * Downloads as sentences: at most one in two seconds, and one at the end of each file.
 *
 * @module
 */
import type { FetchProgress } from '../models/index.ts';

const INTERVAL_MS = 2_000;

/** @returns What `ModelsOptions.onProgress` takes. */
export function downloadNotes(
  onNote: (sentence: string) => void,
  now: () => number = () => performance.now(),
): (progress: FetchProgress) => void {
  let last = -Infinity;
  return ({ model, file, receivedBytes, totalBytes }) => {
    const complete = receivedBytes === totalBytes;
    if (!complete && now() - last < INTERVAL_MS) return;
    last = now();
    onNote(
      `Fetching ${model}: ${file}, ${megabytes(receivedBytes)}${totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`} MB`,
    );
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
