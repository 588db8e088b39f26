/**
 * Tasks (one content × one policy version) and the progress of a namespace.
 *
 * @module
 */
import { z } from 'zod';
import { AddProblem } from './content.ts';
import { GraphName, PolicyName } from './names.ts';

export const TaskState = z.enum(['waiting', 'running', 'done', 'failed']);
export type TaskState = z.infer<typeof TaskState>;

export const Task = z.object({
  contentId: z.string(),
  name: z.string(),
  /** Absent for the built-in policy that reads a picture's size and makes its thumbnail. */
  graph: z.string().optional(),
  policy: z.string(),
  version: z.int(),
  state: TaskState,
  attempts: z.int(),
  errorCode: z.string().nullable(),
  error: z.string().nullable(),
});
export type Task = z.infer<typeof Task>;

export const TaskList = z.object({ tasks: z.array(Task), total: z.int(), cursor: z.string().optional() });
export type TaskList = z.infer<typeof TaskList>;

export const ListTasksQuery = z.object({
  state: TaskState.optional(),
  contentId: z.string().optional(),
  /** Only tasks of policies of this graph. */
  graph: GraphName.optional(),
  /** Only tasks of the policies of this name; `picture` is the built-in one. */
  policy: PolicyName.optional(),
  limit: z.coerce.number<number>().int().min(1).max(1000).default(100),
  /** Of the page before. Tasks that change while pages are read move to the first. */
  cursor: z.string().optional(),
});
export type ListTasksQuery = z.input<typeof ListTasksQuery>;

/** How far one content is. */
export const ContentProgress = z.object({
  /** Tasks that wait or run, and can. */
  open: z.int(),
  done: z.int(),
  /** For good: not tried again by itself. */
  failed: z.int(),
  /** Why other tasks of it can't run, one sentence a policy: a model that is missing, and how to get it. */
  waitingFor: z.array(z.string()),
});
export type ContentProgress = z.infer<typeof ContentProgress>;

/** The longest that one request waits; ask again to wait on. */
const MAX_WAIT_MS = 120_000;

export const WaitQuery = z.strictObject({
  timeoutMs: z.coerce.number<number>().int().min(0).max(MAX_WAIT_MS).default(30_000),
});

export const PolicyProgress = z.object({
  graph: z.string(),
  policy: z.string(),
  version: z.int(),
  state: z.enum(['building', 'active']),
  waiting: z.int(),
  running: z.int(),
  done: z.int(),
  failed: z.int(),
  /** Completed a second over the last minute; 0 when idle. */
  perSecond: z.number(),
  /** Seconds left at that rate; null when idle or done. */
  secondsLeft: z.number().nullable(),
  /** Why waiting tasks don't run (a missing model and how to get it). */
  waitingFor: z.string().nullable(),
  model: z.string().nullable(),
});
export type PolicyProgress = z.infer<typeof PolicyProgress>;

export const Status = z.object({
  namespace: z.string(),
  contents: z.int(),
  /** Contents with at least one task that failed for good. */
  failedContents: z.int(),
  /** Contents of which every task is done. */
  indexedContents: z.int(),
  perSecond: z.number(),
  secondsLeft: z.number().nullable(),
  /** True while tasks wait or run that could run (not those that wait for a model). */
  busy: z.boolean(),
  policies: z.array(PolicyProgress),
  workers: z.int(),
  /** Files that were met and could not be read: how many, and the newest hundred. They are no contents. */
  unreadableFiles: z.object({ total: z.int(), problems: z.array(AddProblem) }),
  /** Sentences that say why nothing was extracted, and what would help. */
  notes: z.array(z.string()),
});
export type Status = z.infer<typeof Status>;

export const RetryRequest = z.strictObject({
  /** Absent: every failed task of the namespace. */
  contentIds: z.array(z.string()).optional(),
});
export type RetryRequest = z.input<typeof RetryRequest>;
export const Retried = z.object({ retried: z.int() });
export type Retried = z.infer<typeof Retried>;
