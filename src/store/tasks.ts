import type { LabelFilter, TaskError, TaskList, TaskState } from '../contract/index.ts';
import type { Database, Queryable } from './database.ts';
import { notYet } from './not-yet.ts';
import type { PolicyRecord, PolicyVersion } from './records.ts';
/** The built-in task of every root picture: its size and its thumbnail. Not in `fovea.policy`. */
export const PICTURE_POLICY = { policyId: 0, version: 1 } as const;
export interface ClaimOptions { readonly token: string; readonly leaseMs: number; readonly maxContents: number; readonly policies: readonly PolicyVersion[] }
export interface ClaimedContent { readonly contentId: string; readonly mimeType: string; readonly sizeBytes: number; readonly uris: string[]; readonly tasks: (PolicyVersion & { readonly attempts: number })[] }
export interface FinishedTask extends PolicyVersion { readonly contentId: string; readonly error?: TaskError | undefined }
export interface AcceptedTask extends PolicyVersion { readonly contentId: string; readonly failedForGood: boolean }
export interface TaskCount extends PolicyVersion { readonly waiting: number; readonly running: number; readonly done: number; readonly failed: number; readonly doneLastMinute: number }
export async function planTasks(_tx: Queryable, _namespace: string, _rows: readonly (PolicyVersion & { readonly contentId: string })[]): Promise<number> { return notYet('planTasks'); }
export async function planBackfill(_tx: Queryable, _namespace: string, _policy: PolicyVersion, _where: { readonly mimePatterns: readonly string[]; readonly filters: readonly LabelFilter[]; readonly contentSource?: PolicyRecord | undefined }): Promise<number> { return notYet('planBackfill'); }
export async function claimTasks(_db: Database, _namespace: string, _options: ClaimOptions): Promise<ClaimedContent[]> { return notYet('claimTasks'); }
export async function extendLease(_db: Queryable, _namespace: string, _token: string, _leaseMs: number): Promise<boolean> { return notYet('extendLease'); }
/** Ends a lease whose worker died: its tasks can be claimed at once, the attempt counts. */
export async function expireLease(_db: Queryable, _namespace: string, _token: string): Promise<number> { return notYet('expireLease'); }
export async function finishTasks(_tx: Queryable, _namespace: string, _token: string, _results: readonly FinishedTask[], _retry: { readonly maxAttempts: number; readonly backoffMs: number }): Promise<{ accepted: AcceptedTask[]; stale: string[] }> { return notYet('finishTasks'); }
/** Back to waiting without counting the attempt; both parts absent: the whole lease. */
export async function releaseTasks(_tx: Queryable, _namespace: string, _token: string, _which?: { readonly policies?: readonly PolicyVersion[]; readonly contentIds?: readonly string[] }): Promise<number> { return notYet('releaseTasks'); }
export async function retryFailed(_db: Queryable, _namespace: string, _contentIds?: readonly string[]): Promise<number> { return notYet('retryFailed'); }
export async function listTasks(_db: Queryable, _namespace: string, _query: { readonly state?: TaskState | undefined; readonly contentId?: string | undefined; readonly limit: number }): Promise<TaskList> { return notYet('listTasks'); }
export async function taskCounts(_db: Queryable, _namespace: string): Promise<TaskCount[]> { return notYet('taskCounts'); }
export async function contentCounts(_db: Queryable, _namespace: string): Promise<{ contents: number; failedContents: number; indexedContents: number }> { return notYet('contentCounts'); }
