/**
 * What this page has in its address.
 *
 * @module
 */
import { z } from 'zod';

const LibraryParams = z.object({
  /** Only contents with a task in this state. */
  state: z.enum(['waiting', 'running', 'done', 'failed']).optional(),
});
export type LibraryParams = z.infer<typeof LibraryParams>;

/** What fits of an address's parameters; the rest is left out. */
export function parseLibraryParams(given: Record<string, unknown>): LibraryParams {
  return LibraryParams.safeParse(given).data ?? {};
}
