/**
 * Errors as replies: `{ code, message, …facts }` with a status that follows from the code. Errors that have crossed a
 * process boundary keep their code but not their class, so the code decides.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { FoveaError, LimitError } from '../contract/index.ts';

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
  unreadable_url: 422,
  extractor_definition: 422,
  extractor_output: 422,
  unavailable: 503,
  model_unavailable: 503,
  timeout: 504,
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

function isDatabaseAway(error: unknown): boolean {
  return error instanceof Error && 'sqlState' in error && DATABASE_AWAY.test(String(error.sqlState));
}

/** Body and status of the reply to a request that failed; anything unexpected is logged and named by an id only. */
export function errorReply(
  error: unknown,
  request: Request,
  log: ErrorLog,
): { readonly status: ContentfulStatusCode; readonly body: ErrorBody } {
  if (error instanceof FoveaError && error.code !== INTERNAL) {
    return { status: statusOf(error), body: { ...error.toJSON(), code: error.code, message: error.message } };
  }
  // The broken end of a request whose sender has gone is no fault in here, and nobody reads the reply.
  if (request.signal.aborted) return { status: 400, body: { code: 'aborted', message: 'Cannot answer: nobody waits' } };
  if (isDatabaseAway(error)) {
    return {
      status: 503,
      body: { code: 'unavailable', message: 'Cannot answer: the database does not answer; try again' },
    };
  }
  const errorId = randomUUID();
  log(error, { errorId, method: request.method, path: new URL(request.url).pathname });
  const message = `Cannot answer: something went wrong inside the server, and its log tells what under "${errorId}"`;
  return { status: 500, body: { code: INTERNAL, message, errorId } };
}
