import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { eventReply, lineReply } from './stream.ts';

const options = {
  heartbeatMs: 10,
  describe: (error: unknown) => ({ code: 'broken', message: String(error) }),
};

async function* values<T>(list: readonly T[], error?: Error): AsyncGenerator<T> {
  yield* list;
  if (error !== undefined) throw error;
}

describe('lineReply()', () => {
  test('writes one value a line', async () => {
    expect(await (await lineReply(values([1, { a: 'x\ny' }]), options)).text()).toBe('1\n{"a":"x\\ny"}\n');
    expect(await (await lineReply(values([]), options)).text()).toBe('');
  });

  test('rejects with an error before the first value', async () => {
    await expect(lineReply(values([], new Error('no folder')), options)).rejects.toThrow('no folder');
  });

  test('ends with an error that comes later', async () => {
    const text = await (await lineReply(values([1], new Error('gone')), options)).text();
    expect(text).toBe('1\n{"error":{"code":"broken","message":"Error: gone"}}\n');
  });

  test('writes empty lines while nothing comes', async () => {
    async function* slow() {
      yield 1;
      await new Promise((resolve) => setTimeout(resolve, 60));
      yield 2;
    }
    expect(await (await lineReply(slow(), options)).text()).toMatch(/^1\n\n+2\n$/);
  });

  test('stops its source when the reader goes away', async () => {
    let stopped = false;
    async function* endless() {
      try {
        for (let i = 0; ; i += 1) yield i;
      } finally {
        stopped = true;
      }
    }
    let ends = 0;
    const reader = (await lineReply(endless(), options, () => (ends += 1))).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(stopped).toBe(true), { timeout: 30_000 });
    expect(ends).toBe(1);
  });
});

describe('eventReply()', () => {
  test('writes events by their type, and an error as the last', async () => {
    const source = values([{ type: 'graph', graph: 'a' }], new Error('gone'));
    const text = await eventReply(() => source, new AbortController().signal, options).text();
    expect(text).toBe(
      'retry: 3000\n\nevent: graph\ndata: {"type":"graph","graph":"a"}\n\n' +
        'event: error\ndata: {"code":"broken","message":"Error: gone"}\n\n',
    );
  });

  test('aborts its source when the reader or the request goes away', async () => {
    const signals: AbortSignal[] = [];
    async function* open(signal: AbortSignal) {
      signals.push(signal);
      if (!signal.aborted) await once(signal, 'abort');
      yield* values<{ type: string }>([]);
    }
    const request = new AbortController();
    const first = eventReply(open, request.signal, options);
    const second = eventReply(open, request.signal, options);
    const reader = first.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true), { timeout: 30_000 });
    request.abort();
    expect(await second.text()).toMatch(/^retry: 3000\n\n(: alive\n\n)*$/);
  });
});
