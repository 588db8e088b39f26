/**
 * Errors as Indexify's clients need them: plain text, with the status that lets their user read it. The Python client
 * shows the body of a 5xx only; of a 4xx it shows the status and the address. So what a person got wrong is 500, as it was
 * on the old server, and what the status alone tells keeps its own (docs/decisions/0015-errors-of-the-indexify-dialect.md).
 *
 * @module
 */
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { FoveaError, NotFoundError } from '../../contract/index.ts';
import { errorReply, type ErrorLog } from '../errors.ts';

/** A request that no client sends for its user's fault: its program is broken. */
export class MalformedRequestError extends FoveaError {
  readonly code = 'invalid_input';
}

/** Statuses that tell by themselves what is the matter. */
const TELLING: ReadonlySet<number> = new Set([401, 403, 413, 429]);
/** What a client looks up, and whose absence is an answer. */
const LOOKED_UP: ReadonlySet<string> = new Set(['address', 'content', 'namespace', 'file']);

export function textError(error: unknown, request: Request, log: ErrorLog): Response {
  const { status, body } = errorReply(error, request, log);
  return new Response(body.message, {
    status: statusFor(error, status),
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
  });
}

function statusFor(error: unknown, status: ContentfulStatusCode): number {
  if (status >= 500 || TELLING.has(status)) return status;
  if (error instanceof MalformedRequestError) return 400;
  if (error instanceof NotFoundError && LOOKED_UP.has(error.kind)) return 404;
  return 500;
}
