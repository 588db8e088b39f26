/**
 * The worker protocol: claim → decode → infer → complete. The same messages go over a pipe to workers that the server
 * started and (binary vectors aside) over HTTP to workers elsewhere.
 *
 * A claim leases every open task that this worker can do of a few contents under one token, so bytes are read once.
 * `heartbeat` and `complete` count only with the current token: a worker that lost its lease can't write.
 *
 * @module
 */
import type { Position } from './content.ts';
import type { FeatureRow } from './feature.ts';

/** What a worker needs to know of a policy version; it keeps one loaded extractor a policy id and version. */
export interface WorkerPolicy {
  readonly policyId: number;
  readonly version: number;
  readonly extractor: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Space that its vectors must have; a worker whose model would make another refuses the policy. */
  readonly space: string | null;
}

/** Boxes of another policy's result, for policies with a `content_source`; `ord` is the box's row there. */
export interface SourceRegion {
  readonly ord: number;
  /** x1, y1, x2, y2 in pixels of the upright original. */
  readonly box: readonly [number, number, number, number];
}

/** Texts of another policy's row, `ord` there, for policies with a `content_source` whose extractors take texts. */
export interface SourceText {
  readonly ord: number;
  readonly text: string;
}

export interface WorkTask {
  readonly policyId: number;
  readonly version: number;
  /** Without these and texts: the whole picture. */
  readonly regions?: readonly SourceRegion[];
  readonly texts?: readonly SourceText[];
}

export interface WorkContent {
  readonly namespace: string;
  readonly contentId: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Lower-case hex: bytes that have changed since they were added belong to another content. */
  readonly sha256: string;
  /** Local file to read, on the server's machine; absent: fetch through the transport. */
  readonly path?: string;
  /** The built-in task: report size and make the thumbnail. */
  readonly picture: boolean;
  readonly tasks: readonly WorkTask[];
}

export interface ClaimRequest {
  readonly workerId: string;
  readonly maxContents: number;
  /** Extractors this worker takes; absent: all. */
  readonly extractors?: readonly string[];
  /** Extractors that it leaves to others. Default: none. */
  readonly except?: readonly string[];
  /** False: no built-in tasks (a picture's size and thumbnail). Default true. */
  readonly picture?: boolean;
  /** Long poll: wait so long for work. */
  readonly waitMs: number;
  /** What its supervisor says of it, for people. */
  readonly worker?: { readonly host: string; readonly version: string };
}

export interface ClaimReply {
  /** Fencing token of this lease; empty with no contents. */
  readonly token: string;
  /** A worker ended over this content before: nothing else is decoded or inferred meanwhile, so that no other is blamed. */
  readonly alone?: boolean;
  readonly leaseMs: number;
  readonly policies: readonly WorkerPolicy[];
  readonly contents: readonly WorkContent[];
}

/** A stored failure: `code` of the error, a sentence for people, and whether trying again could help. */
export interface TaskError {
  readonly code: string;
  readonly message: string;
  readonly retriable: boolean;
}

export interface TaskResult {
  readonly policyId: number;
  readonly version: number;
  readonly rows?: readonly FeatureRow[];
  readonly error?: TaskError;
}

/** What was learnt of the picture itself. */
export interface PictureResult {
  /** Upright, pixels. */
  readonly width?: number;
  readonly height?: number;
  /** Of an animation, or pages; 1 for a still picture. */
  readonly frames?: number;
  /** WebP, at most 320 px a side. */
  readonly thumbnail?: Uint8Array;
  readonly error?: TaskError;
}

export interface ContentResult {
  readonly namespace: string;
  readonly contentId: string;
  readonly picture?: PictureResult;
  readonly tasks: readonly TaskResult[];
}

export interface CompleteRequest {
  readonly workerId: string;
  readonly token: string;
  /** Some or all contents of the lease; what is left out stays leased. */
  readonly results: readonly ContentResult[];
  /** Policies this worker can't serve (model missing, other space) with the reason; their tasks go back to waiting. */
  readonly refused: readonly { readonly policyId: number; readonly version: number; readonly error: TaskError }[];
  readonly timings?: Readonly<Record<string, number>>;
}

export interface CompleteReply {
  /** Contents whose lease had gone to somebody else; their results were dropped. */
  readonly stale: readonly string[];
}

/** A content that an extractor made of another. */
export interface DerivedContent {
  /** Among those of one parent and policy version; the same content has the same number each time. */
  readonly ord: number;
  readonly position: Position;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** Hands over contents that a task has made, some at a time, while it goes on. */
export interface DeriveRequest {
  readonly workerId: string;
  readonly token: string;
  readonly namespace: string;
  /** What they were made of. */
  readonly contentId: string;
  readonly policyId: number;
  readonly version: number;
  readonly contents: readonly DerivedContent[];
}

export interface DeriveReply {
  /** False where the task is somebody else's now, or gone: nothing was stored, and nobody waits for more. */
  readonly current: boolean;
}

/** What a worker was at: contents that were decoded, or that a policy ran over. */
export interface WorkInHand {
  readonly contentIds: readonly string[];
  /** Absent: all tasks of these contents. */
  readonly policyId?: number;
  readonly version?: number;
}

/** Gives a lease back whose worker has ended over it. */
export interface AbandonRequest {
  readonly workerId: string;
  readonly token: string;
  /** What it was at; absent: all of the lease. The rest waits again as if it had never been claimed. */
  readonly inHand?: readonly WorkInHand[];
  /** How the worker ended, as the end of the sentence "Cannot extract: …". */
  readonly reason?: string;
}

/** What a worker talks to. */
export interface WorkerTransport {
  claim(request: ClaimRequest): Promise<ClaimReply>;
  heartbeat(request: { readonly workerId: string; readonly token: string }): Promise<{ readonly valid: boolean }>;
  complete(request: CompleteRequest): Promise<CompleteReply>;
  /** Stores contents and plans their tasks; the same ones again change nothing. */
  derive(request: DeriveRequest): Promise<DeriveReply>;
  /**
   * Gives a lease back, said by the supervisor of a worker that ended. What it was at is tried once more, each content
   * alone, and fails where a worker ends over it again. No attempt is counted.
   */
  abandon(request: AbandonRequest): Promise<void>;
  /** Gives back what was never begun, without counting an attempt; absent: `abandon` is used. */
  release?(request: { readonly workerId: string; readonly token: string }): Promise<void>;
  /** Said by the supervisor of a worker whose process has ended; absent: it is noticed by its silence. */
  leave?(request: { readonly workerId: string; readonly died: boolean }): Promise<void>;
  /** Whole bytes of a content without a local path. */
  bytes(namespace: string, contentId: string): Promise<Uint8Array>;
  /** The same piece by piece, since a video may be larger than memory; absent: `bytes` is used. */
  stream?(namespace: string, contentId: string): Promise<AsyncIterable<Uint8Array>>;
  /** Writes them to a new file of this machine, which nobody else may read; absent: whoever wants a file writes it. */
  copy?(namespace: string, contentId: string, path: string): Promise<void>;
}
