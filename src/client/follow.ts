/**
 * Following what a server does by the lines of its reply: totals that run, the last of which says so.
 *
 * @module
 */
import { ErrorReply, errorFromJson, type ReplyValue, type Route, UnavailableError } from '../contract/index.ts';
import { type CallInput, type Connection, parseJson, parseReply, send, whileReachable } from './connection.ts';
import { readLines } from './streams.ts';

/**
 * Sends a request and yields the values of its reply as they come.
 *
 * @param ended What to throw where the reply stops before a value with `finished: true`.
 */
export async function* follow<R extends Route>(
  connection: Connection,
  route: R,
  input: CallInput<R>,
  ended: string,
): AsyncGenerator<ReplyValue<R>> {
  const response = await send(connection, route, input);
  const lines = readLines(response.body ?? new Blob([]).stream());
  let finished = false;
  try {
    for (;;) {
      const { done, value: line } = await whileReachable(connection, input.signal, () => lines.next());
      if (done) break;
      if (line === '') continue;
      const value = parseJson(line);
      if (value === undefined) break;
      const failure = failureOf(value);
      if (failure !== undefined) throw failure;
      const progress = parseReply(connection, route, value);
      finished = isFinished(progress);
      yield progress;
    }
  } finally {
    await lines.return(undefined);
  }
  if (!finished) throw new UnavailableError(ended);
}

function isFinished(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'finished' in value && value.finished === true;
}

/** The error of a line `{"error": …}`. */
function failureOf(value: unknown): Error | undefined {
  if (typeof value !== 'object' || value === null || !('error' in value)) return undefined;
  const reply = ErrorReply.safeParse(value.error);
  return reply.success
    ? errorFromJson(reply.data)
    : new UnavailableError('Cannot go on: the server failed without a reason');
}
