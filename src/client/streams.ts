/**
 * Replies that come bit by bit: lines of text, JSON lines, and server-sent events (WHATWG HTML §9.2).
 *
 * @module
 */

/**
 * Bytes of a stream as they come; it is cancelled when the reader stops.
 *
 * @param guard Makes of what goes wrong while a piece is waited for what callers know.
 */
export async function* readPieces(
  stream: ReadableStream<Uint8Array>,
  guard: <T>(read: () => Promise<T>) => Promise<T> = (read) => read(),
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await guard(() => reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // Of a stream that broke, which is told already, and of one at its end there is nothing to cancel.
    await reader.cancel().catch(() => undefined);
  }
}

/** Lines of a UTF-8 stream, without their ends; the stream is cancelled when the reader stops. */
export async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  const linesOf = (text: string): string[] => {
    const lines = `${rest}${text}`.split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    return lines;
  };
  for await (const piece of readPieces(stream)) yield* linesOf(decoder.decode(piece, { stream: true }));
  yield* linesOf(decoder.decode());
  if (rest !== '') yield rest;
}

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** Events of a stream; comments and fields other than `event` and `data` are skipped, as is an event that was cut off. */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let event = 'message';
  let data: string[] = [];
  for await (const line of readLines(stream)) {
    if (line === '') {
      if (data.length > 0) yield { event, data: data.join('\n') };
      event = 'message';
      data = [];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
}
