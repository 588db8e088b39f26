/**
 * Errors as replies: `{ code, message, …facts }` with a status that follows from the code. Errors that have crossed a
 * process boundary keep their code but not their class, so the code decides.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { FoveaError, LimitError, StorageFullError, UnavailableError } from '../contract/index.ts';

/** A body is larger than the server takes. */
export class PayloadTooLargeError extends LimitError {
  readonly limitBytes: number;

  constructor(what: string, limitBytes: number) {
    super(`Cannot take ${what}: it has more than ${limitBytes} bytes, the most this server takes`);
    this.limitBytes = limitBytes;
  }
}

/** The caller gave no API key, or one that is not known here. */
export class UnauthorizedError extends FoveaError {
  readonly code = 'forbidden';
}

/** Where unknown errors go: the reply names `errorId` and nothing else. */
export type ErrorLog = (
  error: unknown,
  facts: { readonly errorId: string; readonly method: string; readonly path: string },
) => void;

export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}

const STATUS: Readonly<Record<string, ContentfulStatusCode>> = {
  invalid_input: 400,
  sql: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  file_changed: 409,
  limit: 422,
  rate_limited: 429,
  unreadable_file: 422,
  unreadable_image: 422,
  unreadable_video: 422,
  unreadable_url: 422,
  unanswered: 422,
  not_configured: 501,
  extractor_definition: 422,
  extractor_output: 422,
  unavailable: 503,
  model_unavailable: 503,
  program_unavailable: 503,
  timeout: 504,
  storage_full: 507,
};

/** What went wrong inside must not be told outside. */
const INTERNAL = 'internal';

function statusOf(error: FoveaError): ContentfulStatusCode {
  if (error instanceof PayloadTooLargeError) return 413;
  if (error instanceof UnauthorizedError) return 401;
  return (Object.hasOwn(STATUS, error.code) ? STATUS[error.code] : undefined) ?? 500;
}

/** SQLSTATEs of a database that is away or starting, or has no room for another connection. */
const DATABASE_AWAY = /^(08|57P|53300)/;
/** SQLSTATE of a database that could not write. */
const DATABASE_FULL = '53100';

/** What the database or the system said of its own state, for whoever asked; undefined where it said something else. */
function stateOf(error: unknown): FoveaError | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
    return new StorageFullError(`Cannot answer: a disk is full (${error.message}); free some space there`);
  if (!('sqlState' in error)) return undefined;
  const sqlState = String(error.sqlState);
  if (sqlState === DATABASE_FULL) {
    const help = 'free some space there; what was stored before is safe';
    return new StorageFullError(`Cannot answer: the disk of the database is full (${error.message}); ${help}`);
  }
  if (!DATABASE_AWAY.test(sqlState)) return undefined;
  return new UnavailableError('Cannot answer: the database does not answer; try again');
}

/** Body and status of the reply to a request that failed; anything unexpected is logged and named by an id only. */
export function errorReply(
  error: unknown,
  request: Request,
  log: ErrorLog,
): { readonly status: ContentfulStatusCode; readonly body: ErrorBody } {
  const known = stateOf(error) ?? error;
  if (known instanceof FoveaError && known.code !== INTERNAL) {
    return { status: statusOf(known), body: { ...known.toJSON(), code: known.code, message: known.message } };
  }
  // The broken end of a request whose sender has gone is no fault in here, and nobody reads the reply.
  if (request.signal.aborted) return { status: 400, body: { code: 'aborted', message: 'Cannot answer: nobody waits' } };
  const errorId = randomUUID();
  log(error, { errorId, method: request.method, path: new URL(request.url).pathname });
  const message = `Cannot answer: something went wrong inside the server, and its log tells what under "${errorId}"`;
  return { status: 500, body: { code: INTERNAL, message, errorId } };
}
