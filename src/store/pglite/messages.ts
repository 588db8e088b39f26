/**
 * What travels between the database, its host process and PGlite's thread.
 *
 *     PgliteDatabase ──ToHost──► host process (supervisor) ──ToWorker──► PGlite's thread
 *                    ◄─FromHost─                           ◄─FromWorker─
 *
 * A *session* is one life of PGlite's thread. A statement of a transaction names the session it began in, and is refused
 * by any other, so that half a transaction is never repeated as a whole one.
 *
 * @module
 */

import type { WireValue } from '../types.ts';

/** How to open the database; only plain data, as it crosses two borders. */
export interface HostOptions {
  /** Folder of the database, or `memory://`. */
  readonly folder: string;
  /** Limit of PGlite's memory; whole 64 KiB pages of it are used. */
  readonly memoryMaxBytes: number;
  /** How long to wait for another process that has the folder open. */
  readonly lockWaitMs: number;
}

/** One statement, or several without parameters where `values` is undefined (simple protocol). */
export interface Statement {
  readonly text: string;
  readonly values: readonly WireValue[] | undefined;
}

/** A statement's result with rows as arrays in the order of the columns, values already read by their types. */
export interface WireResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly affected: number;
  /** Command tag's first word, e.g. `COMMIT`; `ROLLBACK` for the COMMIT of a failed transaction. */
  readonly command: string;
}

/** An error as plain data; `sqlState` 08006 says that the connection, and with it the transaction, was lost. */
export interface WireError {
  readonly message: string;
  readonly sqlState: string;
  readonly position?: number | undefined;
  readonly detail?: string | undefined;
  readonly constraint?: string | undefined;
  /** The statement was ended by its time-out. */
  readonly timedOut?: boolean;
}

export type Outcome = { readonly result: WireResult } | { readonly error: WireError };

export interface RunRequest extends Statement {
  readonly type: 'run';
  readonly id: number;
  readonly timeoutMs: number | undefined;
  /** The session that it must run in; any where undefined. */
  readonly session: string | undefined;
}

/** Nobody waits for the outcome of a `run` any more: what has not begun does not, and what runs is cancelled. */
export interface CancelRequest {
  readonly type: 'cancel';
  readonly id: number;
}

export type ToHost =
  | ({ readonly type: 'open' } & HostOptions)
  | RunRequest
  | CancelRequest
  | { readonly type: 'close' };

export type FromHost =
  | { readonly type: 'ready'; readonly session: string; readonly cancellable: boolean }
  | { readonly type: 'failed'; readonly message: string }
  | ({ readonly type: 'outcome'; readonly id: number; readonly session: string } & Outcome);

export type ToWorker = ({ readonly type: 'run'; readonly id: number } & Statement) | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string; readonly sqlState: string }
  | { readonly type: 'closed' }
  /** `broken`: PGlite can't go on (an abort inside WebAssembly) and must be opened anew. */
  | ({
      readonly type: 'outcome';
      readonly id: number;
      readonly inTransaction: boolean;
      readonly broken: boolean;
    } & Outcome);

/** The loss of the connection, as the SQL standard's class 08 says it. */
export const CONNECTION_LOST = '08006';

/** SQLSTATE of a cancelled statement. */
export const QUERY_CANCELED = '57014';
