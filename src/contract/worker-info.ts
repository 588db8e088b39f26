/**
 * Workers as people see them.
 *
 * @module
 */
import { z } from 'zod';

/**
 * `working`: holds tasks; `waiting`: asks for some; `stopped`: was told to stop; `died`: its process ended by itself, says
 * its supervisor; `lost`: nothing was heard of it for a minute. The last three are shown for an hour.
 */
export const WorkerState = z.enum(['working', 'waiting', 'stopped', 'died', 'lost']);
export type WorkerState = z.infer<typeof WorkerState>;

export const WorkerInfo = z.object({
  id: z.string(),
  /** Its machine; null where it doesn't say. */
  host: z.string().nullable(),
  /** Of its Fovea; null where it doesn't say. */
  version: z.string().nullable(),
  /** Started by this server. */
  local: z.boolean(),
  /** Extractors that it takes; null: all. */
  extractors: z.array(z.string()).nullable(),
  state: WorkerState,
  startedAt: z.string(),
  /** When it was heard of last. */
  seenAt: z.string(),
  /** What it holds; null where that is nothing. */
  doing: z.object({ contents: z.int(), policies: z.array(z.string()), since: z.string() }).nullable(),
  /** Contents that it handed in. */
  completed: z.int(),
  /** Policies that it can't serve, with the reason; asked again after some minutes. */
  refuses: z.array(z.object({ policy: z.string(), version: z.int(), reason: z.string() })),
});
export type WorkerInfo = z.infer<typeof WorkerInfo>;

export const WorkerList = z.object({ workers: z.array(WorkerInfo) });
