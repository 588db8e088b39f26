/**
 * The leases of one worker as its supervisor keeps them: alive while it computes, given back when it has ended. The worker
 * says what it begins and ends; that is what its end is blamed on, and its silence tells that it hangs.
 *
 * @module
 */
import { hostname } from 'node:os';
import type {
  AbandonRequest,
  ClaimRequest,
  CompleteRequest,
  DeriveRequest,
  WorkerTransport,
  WorkInHand,
} from '../contract/index.ts';
import { copyWith } from '../ingest/index.ts';
import { deliver } from './deliver.ts';
import type { Handlers } from './rpc.ts';
import { VERSION } from './version.ts';

const HEARTBEAT_MS = 30_000;

export interface HeldLeases {
  /** What the worker's process calls. */
  readonly handlers: Handlers;
  /** Milliseconds since the worker last said something, while it has pictures in hand; 0 where it has none. */
  silentMs(): number;
  /**
   * The process has gone: what it held goes back at once instead of waiting for the leases to run out.
   *
   * @param reason How it ended, where that may be the fault of what it was at; absent: it was told to end.
   */
  end(reason?: string): void;
}

/** What a worker says when it begins something; `id` names it when it ends. */
export interface Begun extends WorkInHand {
  readonly id: number;
  readonly token: string;
}

interface Place {
  readonly namespace: string;
  readonly contentId: string;
}

export function holdLeases(
  transport: WorkerTransport,
  workerId: string,
  onNote: (sentence: string) => void,
): HeldLeases {
  /** In the order of the claims. */
  const tokens = new Set<string>();
  /** Done, and on their way to the database: no fault of theirs if the worker dies now. */
  const delivering = new Set<string>();
  const inHand = new Map<number, Begun>();
  let heardAt = performance.now();
  let gone = false;

  const beat = keepAlive(
    transport,
    workerId,
    () => [...tokens, ...delivering],
    (token) => tokens.delete(token),
    onNote,
  );

  const handlers = {
    async claim(request: ClaimRequest) {
      const reply = await transport.claim({ ...request, worker: { host: hostname(), version: VERSION } });
      // A claim that waited when its worker died is answered to nobody.
      if (reply.contents.length > 0 && gone) await giveBack(transport, { workerId, token: reply.token });
      else if (reply.contents.length > 0) tokens.add(reply.token);
      return reply;
    },
    async complete(request: CompleteRequest) {
      tokens.delete(request.token);
      delivering.add(request.token);
      try {
        return await deliver(transport, request, { patient: () => !gone });
      } catch (error) {
        onNote(`Results of ${request.results.length} pictures were not stored, and are made again: ${reasonOf(error)}`);
        throw error;
      } finally {
        delivering.delete(request.token);
      }
    },
    derive: (request: DeriveRequest) => transport.derive(request),
    isHeld: async (token: string) => tokens.has(token),
    bytes: ({ namespace, contentId }: Place) => transport.bytes(namespace, contentId),
    // Here, since it comes in pieces, and what goes to the worker's process goes as a whole.
    copy: (to: Place & { path: string }) => copyWith(transport)(to.namespace, to.contentId, to.path),
    async begin(work: Begun) {
      heardAt = performance.now();
      inHand.set(work.id, work);
    },
    async alive() {
      heardAt = performance.now();
    },
    async end(id: number) {
      heardAt = performance.now();
      inHand.delete(id);
    },
  };

  function end(reason?: string): void {
    gone = true;
    clearInterval(beat);
    void giveAllBack(transport, workerId, tokens, [...inHand.values()], reason);
  }

  return { handlers, end, silentMs: () => (inHand.size === 0 ? 0 : performance.now() - heardAt) };
}

/** @param onLost Told of leases that are somebody else's now. */
function keepAlive(
  transport: WorkerTransport,
  workerId: string,
  tokens: () => readonly string[],
  onLost: (token: string) => void,
  onNote: (sentence: string) => void,
): NodeJS.Timeout {
  const beat = setInterval(() => {
    for (const token of tokens()) {
      void transport.heartbeat({ workerId, token }).then(
        ({ valid }) => (valid ? undefined : onLost(token)),
        (error: unknown) => onNote(`A heartbeat was not delivered: ${reasonOf(error)}`),
      );
    }
  }, HEARTBEAT_MS);
  return beat.unref();
}

/** Where that fails, the leases run out. */
async function giveAllBack(
  transport: WorkerTransport,
  workerId: string,
  tokens: ReadonlySet<string>,
  inHand: readonly Begun[],
  reason: string | undefined,
): Promise<void> {
  const held = reason === undefined ? [] : blamed(tokens, inHand);
  const innocent = [...tokens].filter((token) => held.every((request) => request.token !== token));
  await Promise.allSettled([
    ...held.map((request) => transport.abandon({ ...request, workerId, ...(reason === undefined ? {} : { reason }) })),
    ...innocent.map((token) => giveBack(transport, { workerId, token })),
    transport.leave?.({ workerId, died: reason !== undefined }),
  ]);
}

/** Leases with something in hand. A worker that died before it could say what it began was at its first. */
function blamed(tokens: ReadonlySet<string>, works: readonly Begun[]): Pick<AbandonRequest, 'token' | 'inHand'>[] {
  const held = [...tokens].flatMap((token) => {
    const inHand = works
      .filter((work) => work.token === token)
      .map(({ id: _id, token: _token, ...work }): WorkInHand => work);
    return inHand.length === 0 ? [] : [{ token, inHand }];
  });
  const [first] = tokens;
  return held.length > 0 || first === undefined ? held : [{ token: first }];
}

/** Returns a lease whose contents nobody began. */
function giveBack(
  transport: WorkerTransport,
  lease: { readonly workerId: string; readonly token: string },
): Promise<void> {
  return transport.release?.(lease) ?? transport.abandon({ ...lease, inHand: [] });
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
