/**
 * Delivering a worker's results: again for a while where that may help, since results cost more than waiting; as long as
 * it takes while the database is away or its disk full. In the end the lease is given back, because heartbeats must not
 * keep what nobody works on.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompleteReply, CompleteRequest, WorkerTransport } from '../contract/index.ts';
import { FoveaError } from '../contract/index.ts';
import { DatabaseError } from '../store/index.ts';

/** Milliseconds before the second attempt, the third, and so on. */
const WAITS: readonly number[] = [500, 1000, 2000, 4000, 8000];

export interface DeliverOptions {
  readonly waits?: readonly number[];
  /** Whether to wait as long as it takes; asked each time. Default no. */
  readonly patient?: () => boolean;
}

/**
 * Sends results until they are taken. A reply that got lost does no harm: the second time the lease has ended.
 *
 * @throws What the last attempt threw. The lease is given back then: through no fault of the contents where the server was
 * away, else each content is handed out again alone, and fails where its results are refused again.
 */
export async function deliver(
  transport: Pick<WorkerTransport, 'complete' | 'abandon' | 'release'>,
  request: CompleteRequest,
  { waits = WAITS, patient = () => false }: DeliverOptions = {},
): Promise<CompleteReply> {
  const left = [...waits];
  for (;;) {
    try {
      return await transport.complete(request);
    } catch (error) {
      const next = left.shift() ?? (isAway(error) && patient() ? waits.at(-1) : undefined);
      const wait = mayPass(error) ? next : undefined;
      if (wait === undefined) {
        // Where that fails too, the lease runs out.
        await giveBack(transport, request, error).catch(() => undefined);
        throw error;
      }
      await sleep(wait);
    }
  }
}

async function giveBack(
  transport: Pick<WorkerTransport, 'abandon' | 'release'>,
  { workerId, token }: CompleteRequest,
  error: unknown,
): Promise<void> {
  if (isAway(error))
    return transport.release?.({ workerId, token }) ?? transport.abandon({ workerId, token, inHand: [] });
  const reason = `its results were refused: ${error instanceof Error ? error.message : String(error)}`;
  return transport.abandon({ workerId, token, reason: reason.slice(0, 1000) });
}

const PASSING: ReadonlySet<string> = new Set(['unavailable', 'storage_full', 'timeout', 'internal']);

/** Data that a database refuses (classes 22 and 23) and requests that a server refuses are refused again. */
function mayPass(error: unknown): boolean {
  if (error instanceof DatabaseError) return !/^2[23]/.test(error.sqlState);
  return error instanceof FoveaError ? PASSING.has(error.code) : true;
}

/** SQLSTATEs of a connection that was lost, a server that is starting or stopping, a full disk, no room for connections. */
const AWAY = /^(08|57P|53[13])/;

function isAway(error: unknown): boolean {
  if (error instanceof DatabaseError) return AWAY.test(error.sqlState);
  return error instanceof FoveaError && (error.code === 'unavailable' || error.code === 'storage_full');
}
