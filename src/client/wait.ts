/**
 * Waiting for indexing to end.
 *
 * @module
 */
import { api, type ContentProgress, type Status, TimeoutError } from '../contract/index.ts';
import { call, type Connection, type RequestOptions } from './connection.ts';

const POLL_MS = 500;

export interface WaitOptions extends RequestOptions {
  /** Hears every status, the last one too. */
  readonly onStatus?: (status: Status) => void;
  /** Absent: no limit. */
  readonly timeoutMs?: number;
  readonly pollMs?: number;
}

/**
 * Waits until no task of the namespace waits or runs that could run; failed ones, and those that wait for a model, are
 * left as they are.
 *
 * @returns The last status.
 * @throws TimeoutError; the signal's reason when it aborts.
 */
export async function waitUntilIndexed(
  connection: Connection,
  { onStatus, signal, timeoutMs = Infinity, pollMs = POLL_MS }: WaitOptions = {},
): Promise<Status> {
  const start = performance.now();
  for (;;) {
    const status = await call(connection, api.status, { signal });
    onStatus?.(status);
    if (!status.busy) return status;
    if (performance.now() - start + pollMs > timeoutMs) {
      throw new TimeoutError(`see namespace "${connection.namespace}" indexed`, timeoutMs, 'indexing goes on');
    }
    await sleep(pollMs, signal);
  }
}

export interface ContentWaitOptions extends RequestOptions {
  /** Absent: no limit. */
  readonly timeoutMs?: number;
}

/** One request waits no longer, so that nothing between here and the server takes it for dead. */
const LONGEST_REQUEST_MS = 30_000;

/**
 * Waits until no task of one content is open that can run, or until the time is over.
 *
 * @returns How far it is: `open` is 0 unless the time was over, `waitingFor` says what can't run.
 */
export async function waitForContent(
  connection: Connection,
  contentId: string,
  { signal, timeoutMs = Infinity }: ContentWaitOptions = {},
): Promise<ContentProgress> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    const left = Math.max(0, Math.ceil(until - performance.now()));
    const query = { timeoutMs: Math.min(left, LONGEST_REQUEST_MS) };
    const progress = await call(connection, api.waitForContent, { params: { contentId }, query, signal });
    if (progress.open === 0 || performance.now() >= until) return progress;
  }
}

/** Rejects with the signal's reason. */
function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
