/**
 * What this page has in its address: which contents, and how they are shown.
 *
 * @module
 */
import type { ListContentsQuery } from 'fovea/client';
import { z } from 'zod';

export const STATES = ['indexed', 'open', 'failed'] as const;

const LibraryParams = z.object({
  /** All tasks done, some not yet, or some failed; absent: all contents. */
  state: z.enum(STATES).optional(),
  /** Text in the name. */
  name: z.string().min(1).optional(),
  /** `key=value`; all hold. */
  label: z.array(z.string().regex(/^[^=]+=/)).optional(),
  /** Only what policies of this graph, or of this name, have looked at. */
  graph: z.string().min(1).optional(),
  policy: z.string().min(1).optional(),
  /** Absent: pictures; what failed is a table, which tells why. */
  view: z.enum(['pictures', 'table']).optional(),
});
export type LibraryParams = z.infer<typeof LibraryParams>;

/** What fits of an address's parameters; the rest is left out. */
export function parseLibraryParams(given: Record<string, unknown>): LibraryParams {
  const fitting = Object.entries(LibraryParams.shape).flatMap(([name, schema]) => {
    const one = schema.safeParse(given[name]);
    return one.success && one.data !== undefined ? [[name, one.data] as const] : [];
  });
  return Object.fromEntries(fitting);
}

/** The filters alone, as the server is asked. */
export type Filter = Pick<ListContentsQuery, 'state' | 'name' | 'label' | 'graph' | 'policy'>;

export function filterOf({ view: _view, ...filter }: LibraryParams): Filter {
  return filter;
}

export const viewOf = ({ view, state }: LibraryParams): 'pictures' | 'table' =>
  view ?? (state === 'failed' ? 'table' : 'pictures');
