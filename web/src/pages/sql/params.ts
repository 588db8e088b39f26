/**
 * What this page has in its address.
 *
 * @module
 */
import { z } from 'zod';

const SqlParams = z.object({});
export type SqlParams = z.infer<typeof SqlParams>;

/** What fits of an address's parameters; the rest is left out. */
export function parseSqlParams(given: Record<string, unknown>): SqlParams {
  return SqlParams.safeParse(given).data ?? {};
}
