/**
 * What this page has in its address.
 *
 * @module
 */
import { z } from 'zod';

export const TABS = ['graphs', 'failures', 'extractors', 'models', 'data', 'workers'] as const;
export type Tab = (typeof TABS)[number];

/** How a graph is shown; `new`: the text of one that is not there yet. */
export const VIEWS = ['drawing', 'list', 'yaml', 'new'] as const;
export type View = (typeof VIEWS)[number];

const PipelinesParams = z.object({
  tab: z.enum(TABS).optional().catch(undefined),
  graph: z.string().optional().catch(undefined),
  view: z.enum(VIEWS).optional().catch(undefined),
  /** A policy of the graph whose details are shown. */
  policy: z.string().optional().catch(undefined),
  /** An extractor whose parameters are shown. */
  extractor: z.string().optional().catch(undefined),
});
export type PipelinesParams = z.infer<typeof PipelinesParams>;

/** What fits of an address's parameters; the rest is left out. */
export function parsePipelinesParams(given: Record<string, unknown>): PipelinesParams {
  return PipelinesParams.safeParse(given).data ?? {};
}
