/**
 * What this page has in its address.
 *
 * @module
 */
import { z } from 'zod';

const PipelinesParams = z.object({});
export type PipelinesParams = z.infer<typeof PipelinesParams>;

/** What fits of an address's parameters; the rest is left out. */
export function parsePipelinesParams(given: Record<string, unknown>): PipelinesParams {
  return PipelinesParams.safeParse(given).data ?? {};
}
