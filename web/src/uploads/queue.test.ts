import { ForbiddenError, InvalidInputError, RateLimitError, StorageFullError, UnavailableError } from 'fovea/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FoundFile, type Sent, type Transport, UploadQueue, type Upload } from './queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What is on its way, to be ended by the test. */
interface Sending {
  readonly name: string;
  readonly upload: Upload;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number) => void;
  readonly end: (sent?: Partial<Sent>) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

/** A server in the test's hand. */
function fakeServer() {
  const sending: Sending[] = [];
  const started: string[] = [];
  let isThere = true;
  const transport: Transport = {
    send: (upload, progress, signal) =>
      new Promise((resolve, reject) => {
        const leave = (): void => void sending.splice(sending.indexOf(entry), 1);
        const entry: Sending = {
          name: upload.name,
          upload,
          signal,
          progress,
          end: async (sent) => {
            leave();
            resolve({ created: true, notes: [], ...sent });
            await vi.advanceTimersByTimeAsync(0);
          },
          fail: async (error) => {
            leave();
            reject(error);
            await vi.advanceTimersByTimeAsync(0);
          },
        };
        signal.addEventListener('abort', () => {
          leave();
          reject(signal.reason);
        });
        started.push(upload.name);
        sending.push(entry);
      }),
    isReachable: async () => isThere,
  };
  return {
    transport,
    sending,
    /** Names in the order in which they were begun. */
    started,
    names: () => sending.map(({ name }) => name),
    first: (): Sending => {
      const [entry] = sending;
      if (entry === undefined) throw new Error('Nothing is being sent');
      return entry;
    },
    setThere: (there: boolean) => (isThere = there),
  };
}

const found = (name: string, bytes = 10): FoundFile => ({
  name,
  folder: '',
  file: new File(['x'.repeat(bytes)], name),
});

async function* listed(...batches: readonly (readonly FoundFile[])[]): AsyncGenerator<readonly FoundFile[]> {
  yield* batches;
}

const files = (count: number): FoundFile[] => Array.from({ length: count }, (_, index) => found(`${index}.jpg`));

async function queueOf(items: readonly FoundFile[]) {
  const server = fakeServer();
  const stored: string[] = [];
  const queue = new UploadQueue(server.transport, (namespace) => stored.push(namespace));
  await queue.add('default', listed(items));
  /** What listeners would see. */
  const seen = async () => {
    await vi.advanceTimersByTimeAsync(200);
    return queue.snapshot();
  };
  return { server, queue, stored, seen };
}

test('sends three files at a time, in their order, and tells what became of each', async () => {
  const { server, queue, stored, seen } = await queueOf([
    ...files(5),
    { name: 'notes.txt', folder: '', problem: { kind: 'skipped' } },
    { name: 'gone.jpg', folder: 'a', problem: { kind: 'failed', reason: 'it has gone' } },
  ]);
  expect(server.names()).toEqual(['0.jpg', '1.jpg', '2.jpg']);
  await server.first().end();
  expect(server.names()).toEqual(['1.jpg', '2.jpg', '3.jpg']);
  await server.first().end({ created: false, notes: ['a graph was created'] });
  const before = await seen();
  expect(before.counts).toEqual({ waiting: 0, sending: 3, stored: 1, known: 1, failed: 1, skipped: 1 });
  expect(before).toMatchObject({ total: 6, sentBytes: 20, totalBytes: 50, notes: ['a graph was created'] });
  expect(before.listed.map(({ name, state }) => [name, state])).toEqual([
    ['2.jpg', 'sending'],
    ['3.jpg', 'sending'],
    ['4.jpg', 'sending'],
    ['gone.jpg', 'failed'],
    ['notes.txt', 'skipped'],
  ]);
  expect(queue.isOpen()).toBe(true);
  while (server.sending.length > 0) await server.first().end();
  expect(queue.isOpen()).toBe(false);
  expect((await seen()).secondsLeft).toBeNull();
  expect(stored).toEqual(Array.from({ length: 5 }, () => 'default'));
});

test('tells bytes, their rate and the time that is left', async () => {
  const { server, seen } = await queueOf([found('large.jpg', 1000), found('small.jpg', 200)]);
  await vi.advanceTimersByTimeAsync(800);
  server.first().progress(100);
  await vi.advanceTimersByTimeAsync(1000);
  server.first().progress(300);
  const uploads = await seen();
  expect(uploads).toMatchObject({ sentBytes: 300, totalBytes: 1200 });
  // 300 bytes in 1.15 s: the snapshot was taken 150 ms after the last bytes.
  expect(uploads.perSecond).toBeCloseTo(300 / 1.15, 0);
  expect(uploads.secondsLeft).toBeCloseTo(900 / uploads.perSecond, 5);
  expect(uploads.listed.map(({ sentBytes }) => sentBytes)).toEqual([300, 0]);
});

test('pause() takes back what is on its way; resume() begins with it', async () => {
  const { server, queue, seen } = await queueOf(files(5));
  server.first().progress(7);
  const { signal } = server.first();
  queue.pause();
  await vi.advanceTimersByTimeAsync(0);
  expect(signal.aborted).toBe(true);
  expect(server.names()).toEqual([]);
  expect(await seen()).toMatchObject({ hold: { kind: 'paused' }, sentBytes: 0, totalBytes: 50, perSecond: 0 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.names()).toEqual([]);
  queue.resume();
  expect(server.names()).toEqual(['0.jpg', '1.jpg', '2.jpg']);
  while (server.sending.length > 0) await server.first().end();
  expect((await seen()).counts.stored).toBe(5);
  expect(server.started.slice(3)).toEqual(['0.jpg', '1.jpg', '2.jpg', '3.jpg', '4.jpg']);
});

test("cancel() drops what wasn't stored and stops looking for more", async () => {
  const server = fakeServer();
  const queue = new UploadQueue(server.transport);
  let release = (): void => {};
  const reading = queue.add(
    'default',
    (async function* () {
      yield files(4);
      await new Promise<void>((resolve) => (release = resolve));
      yield [found('late.jpg')];
    })(),
  );
  await vi.advanceTimersByTimeAsync(0);
  await server.first().end();
  queue.cancel();
  release();
  await reading;
  expect(server.names()).toEqual([]);
  expect(queue.isOpen()).toBe(false);
  expect(queue.snapshot().counts).toMatchObject({ stored: 1, waiting: 0, sending: 0 });
});

test("a file's own fault is told and passed over; retry() sends it again", async () => {
  const { server, queue, seen } = await queueOf(files(2));
  await server.first().fail(new InvalidInputError('Cannot add "0.jpg": too large'));
  await server.first().end();
  const failed = await seen();
  expect(failed.counts).toMatchObject({ failed: 1, stored: 1 });
  expect(failed.listed).toMatchObject([{ name: '0.jpg', reason: 'Cannot add "0.jpg": too large' }]);
  queue.retry(failed.listed[0]?.id);
  expect(server.names()).toEqual(['0.jpg']);
  await server.first().end();
  expect((await seen()).counts).toMatchObject({ failed: 0, stored: 2 });
});

test('a server that is away holds all files, and they go on when it is back', async () => {
  const { server, seen } = await queueOf(files(5));
  server.setThere(false);
  while (server.sending.length > 0) await server.first().fail(new UnavailableError('Cannot reach Fovea'));
  expect(await seen()).toMatchObject({ hold: { kind: 'lost', reason: 'Cannot reach Fovea' }, counts: { waiting: 5 } });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(server.names()).toEqual([]);
  server.setThere(true);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(server.sending).toHaveLength(3);
  while (server.sending.length > 0) await server.first().end();
  expect((await seen()).counts).toMatchObject({ stored: 5, failed: 0 });
});

test('a file that ends the connection each time fails, and the others go on', async () => {
  const { server, seen } = await queueOf(files(2));
  for (let tries = 0; tries < 10; tries += 1) {
    const bad = server.sending.find(({ name }) => name === '0.jpg');
    await bad?.fail(new UnavailableError('Cannot reach Fovea'));
    await vi.advanceTimersByTimeAsync(20_000);
  }
  await server.first().end();
  expect((await seen()).counts).toMatchObject({ failed: 1, stored: 1, waiting: 0 });
  expect(server.started.filter((name) => name === '0.jpg')).toHaveLength(4);
});

test('a server that asks for patience gets it', async () => {
  const { server } = await queueOf(files(1));
  await server.first().fail(new RateLimitError('too many', 30));
  await vi.advanceTimersByTimeAsync(29_000);
  expect(server.names()).toEqual([]);
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.names()).toEqual(['0.jpg']);
});

test.each([new StorageFullError('no room is left'), new ForbiddenError('this key may only read')])(
  'what would meet every file stops them all until the user says so: %s',
  async (error) => {
    const { server, queue, seen } = await queueOf(files(4));
    await server.first().fail(error);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await seen()).toMatchObject({ hold: { kind: 'refused', reason: error.message }, counts: { failed: 0 } });
    while (server.sending.length > 0) await server.first().end();
    queue.resume();
    expect(server.names()).toEqual(['0.jpg', '3.jpg']);
  },
);

test('a new upload forgets what ended before it, but no failure', async () => {
  const { server, queue, seen } = await queueOf(files(2));
  await server.first().fail(new InvalidInputError('no'));
  await server.first().end();
  await queue.add('default', listed([found('new.jpg')]));
  expect((await seen()).counts).toMatchObject({ stored: 0, failed: 1, sending: 1 });
  await server.first().end();
  queue.dismiss();
  expect(queue.snapshot()).toMatchObject({ total: 0, listed: [] });
});
