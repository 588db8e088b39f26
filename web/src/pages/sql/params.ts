/**
 * What this page has in its address.
 *
 * @module
 */
import { z } from 'zod';

/** How rows are shown. */
export const VIEWS = ['table', 'pictures', 'chart'] as const;
export type View = (typeof VIEWS)[number];

const SqlParams = z.object({
  /** The statement whose rows are shown. */
  query: z.string().optional().catch(undefined),
  view: z.enum(VIEWS).optional().catch(undefined),
});
export type SqlParams = z.infer<typeof SqlParams>;

/** What fits of an address's parameters; the rest is left out. */
export function parseSqlParams(given: Record<string, unknown>): SqlParams {
  return SqlParams.safeParse(given).data ?? {};
}
