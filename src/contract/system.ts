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
  /** Whether questions in words can be asked: a language model is configured. Nobody tried whether it answers. */
  canAsk: z.boolean(),
});
export type Health = z.infer<typeof Health>;

/** Server-sent events of a namespace: what this server did. What others of the same database do is not told. */
export const FoveaEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('content'),
    contentIds: z.array(z.string()),
    change: z.enum(['added', 'updated', 'deleted', 'labels']),
  }),
  /** Tasks of these contents ended, done or failed: one event a batch of a worker, several a second. */
  z.object({ type: z.literal('features'), contentIds: z.array(z.string()) }),
  /** It was changed or deleted, or new versions of its policies took over: its tables and indexes may be others. */
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
