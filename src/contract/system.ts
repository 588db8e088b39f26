/**
 * The server itself: health, namespaces, events.
 *
 * @module
 */
import { z } from 'zod';

export const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  database: z.object({ dialect: z.enum(['pglite', 'postgres']), ok: z.boolean(), detail: z.string().optional() }),
  workers: z.int(),
  queryEncoder: z.boolean(),
});
export type Health = z.infer<typeof Health>;

/** Server-sent events of a namespace. */
export const FoveaEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('content'),
    contentIds: z.array(z.string()),
    change: z.enum(['added', 'updated', 'deleted', 'labels']),
  }),
  z.object({ type: z.literal('features'), contentIds: z.array(z.string()) }),
  z.object({ type: z.literal('graph'), graph: z.string() }),
]);
export type FoveaEvent = z.infer<typeof FoveaEvent>;

/** A content for which a policy has a result. */
export const NewContent = z.object({
  type: z.literal('content'),
  contentId: z.string(),
  /** Rises in the order in which results were written, with gaps; to go on behind it, ask from the next number. */
  offset: z.int().nonnegative(),
});
export type NewContent = z.infer<typeof NewContent>;

export const NewContentQuery = z.strictObject({
  /** The first number wanted. */
  offset: z.coerce.number<number>().int().min(0).default(0),
});

/** A JSON error reply. */
export const ErrorReply = z.looseObject({ code: z.string(), message: z.string() });
