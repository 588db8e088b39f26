import { describe, expect, test } from 'vitest';
import { readEvents, readLines } from './streams.ts';

/** A stream of the text's bytes, `size` a chunk. */
function streamOf(text: string, size: number, onCancel = () => {}): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, (at += size)));
    },
    cancel: onCancel,
  });
}

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

describe('readLines()', () => {
  test.each([1, 2, 3, 100])('joins what comes in chunks of %i bytes', async (size) => {
    expect(await collect(readLines(streamOf('ü\n\n日本\nrest', size)))).toEqual(['ü', '', '日本', 'rest']);
  });

  test('has no line behind the last end', async () => {
    expect(await collect(readLines(streamOf('a\r\nb\n', 100)))).toEqual(['a', 'b']);
    expect(await collect(readLines(streamOf('', 1)))).toEqual([]);
  });

  test('cancels the stream when the reader stops', async () => {
    let cancelled = false;
    const stream = streamOf('a\nb\nc\n', 2, () => (cancelled = true));
    for await (const line of readLines(stream)) if (line === 'a') break;
    expect(cancelled).toBe(true);
  });
});

describe('readEvents()', () => {
  test('reads fields and skips comments, unknown fields and what was cut off', async () => {
    const text =
      ': alive\n\nretry: 3000\n\nevent: graph\ndata: {"a":\ndata: 1}\nid: 7\n\ndata:plain\n\ndata\n\nevent: x\ndata: cut';
    expect(await collect(readEvents(streamOf(text, 5)))).toEqual([
      { event: 'graph', data: '{"a":\n1}' },
      { event: 'message', data: 'plain' },
      { event: 'message', data: '' },
    ]);
  });
});
