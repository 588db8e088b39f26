/**
 * Values as they come: JSON lines and server-sent events (WHATWG HTML §9.2). Both send a sign of life when nothing
 * else is to say, and stop their source when the reader goes away.
 *
 * @module
 */
import type { ErrorBody } from './errors.ts';

export interface StreamOptions {
  readonly heartbeatMs: number;
  /** The reply to an error in mid-stream. */
  readonly describe: (error: unknown) => ErrorBody;
}

interface Encoding<T> {
  readonly opening: string;
  readonly heartbeat: string;
  value(value: T): string;
  error(error: ErrorBody): string;
}

const LINES: Encoding<unknown> = {
  opening: '',
  heartbeat: '\n',
  value: (value) => `${JSON.stringify(value)}\n`,
  error: (error) => `${JSON.stringify({ error })}\n`,
};

const EVENTS: Encoding<{ readonly type: string }> = {
  opening: 'retry: 3000\n\n',
  heartbeat: ': alive\n\n',
  value: (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  error: (error) => `event: error\ndata: ${JSON.stringify(error)}\n\n`,
};

/**
 * One JSON value a line. An error before the first value rejects, so that it can be an ordinary reply. `onEnd` is called
 * when the reply has ended or its reader went away.
 */
export async function lineReply(
  values: AsyncIterable<unknown>,
  options: StreamOptions,
  onEnd: () => void = () => {},
): Promise<Response> {
  const iterator = values[Symbol.asyncIterator]();
  const first = await iterator.next();
  const body = streamValues(LINES, first, iterator, options, onEnd);
  return new Response(body, { headers: { 'Content-Type': 'application/x-ndjson', 'X-Accel-Buffering': 'no' } });
}

/** Server-sent events until the reader goes away; `open` gets a signal that says so. */
export function eventReply(
  open: (signal: AbortSignal) => AsyncIterable<{ readonly type: string }>,
  signal: AbortSignal,
  options: StreamOptions,
): Response {
  const gone = new AbortController();
  const abort = () => gone.abort();
  signal.addEventListener('abort', abort, { once: true });
  const iterator = open(gone.signal)[Symbol.asyncIterator]();
  const body = streamValues(EVENTS, undefined, iterator, options, () => {
    signal.removeEventListener('abort', abort);
    abort();
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' } });
}

function streamValues<T>(
  encoding: Encoding<T>,
  first: IteratorResult<T> | undefined,
  iterator: AsyncIterator<T>,
  { heartbeatMs, describe }: StreamOptions,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout | undefined;
  let waiting: IteratorResult<T> | undefined = first;
  let ended = false;
  const end = () => {
    ended = true;
    clearInterval(heartbeat);
    onEnd();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (encoding.opening !== '') controller.enqueue(encoder.encode(encoding.opening));
      heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(encoding.heartbeat));
      }, heartbeatMs);
      heartbeat.unref();
    },
    async pull(controller) {
      try {
        const result = waiting ?? (await iterator.next());
        waiting = undefined;
        if (ended) return;
        if (!result.done) {
          controller.enqueue(encoder.encode(encoding.value(result.value)));
          return;
        }
      } catch (error) {
        if (ended) return;
        controller.enqueue(encoder.encode(encoding.error(describe(error))));
      }
      end();
      controller.close();
    },
    cancel() {
      end();
      // Not awaited: a generator that is waiting ends only when it wakes.
      void Promise.resolve(iterator.return?.()).catch(() => {});
    },
  });
}
