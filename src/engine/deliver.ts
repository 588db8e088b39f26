/**
 * Delivering a worker's results: again for a while where that may help, since results cost more than waiting; then the
 * lease is abandoned, because heartbeats must not keep what nobody works on.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompleteReply, CompleteRequest, WorkerTransport } from '../contract/index.ts';
import { FoveaError } from '../contract/index.ts';
import { DatabaseError } from '../store/index.ts';

/** Milliseconds before the second attempt, the third, and so on. */
const WAITS: readonly number[] = [500, 1000, 2000, 4000, 8000];

/**
 * Sends results until they are taken. A reply that got lost does no harm: the second time the lease has ended.
 *
 * @throws What the last attempt threw; the lease is abandoned then, and its contents are handed out again one by one.
 */
export async function deliver(
  transport: Pick<WorkerTransport, 'complete' | 'abandon'>,
  request: CompleteRequest,
  waits: readonly number[] = WAITS,
): Promise<CompleteReply> {
  const left = [...waits];
  for (;;) {
    try {
      return await transport.complete(request);
    } catch (error) {
      const wait = mayPass(error) ? left.shift() : undefined;
      if (wait === undefined) {
        const { workerId, token } = request;
        // Where that fails too, the lease runs out.
        await transport.abandon({ workerId, token }).catch(() => undefined);
        throw error;
      }
      await sleep(wait);
    }
  }
}

const PASSING: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'internal']);

/** Data that a database refuses (classes 22 and 23) and requests that a server refuses are refused again. */
function mayPass(error: unknown): boolean {
  if (error instanceof DatabaseError) return !/^2[23]/.test(error.sqlState);
  return error instanceof FoveaError ? PASSING.has(error.code) : true;
}
