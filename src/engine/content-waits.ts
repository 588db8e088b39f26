/**
 * Waiting for contents to be indexed: one statement for all who wait in a namespace, when something has happened to what they
 * wait for, and once in a while for what happens unheard (other servers, workers that die).
 *
 * @module
 */
import type { ContentProgress } from '../contract/index.ts';
import { UnavailableError } from '../contract/index.ts';
import type { EventHub } from './events.ts';
import { followNews } from './news.ts';
import type { News } from './news.ts';

const LOOK_MS = 2_000;

/** How far contents are; those that are not there are not in the map. */
export type LookAtContents = (
  namespace: string,
  contentIds: readonly string[],
) => Promise<ReadonlyMap<string, ContentProgress>>;

export interface ContentWaits {
  /**
   * Resolves when no task of the content is open that can run, or after `timeoutMs`; undefined where the content is not there.
   * Rejects with the signal's reason.
   */
  wait(
    namespace: string,
    contentId: string,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<ContentProgress | undefined>;
  /** Rejects who waits, and who will. */
  close(): void;
}

interface Waiter {
  readonly contentId: string;
  readonly until: number;
  readonly resolve: (progress: ContentProgress | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Who waits in one namespace. */
interface Room {
  readonly waiters: Set<Waiter>;
  readonly news: News;
}

export function createContentWaits(events: EventHub, look: LookAtContents): ContentWaits {
  const rooms = new Map<string, Room>();
  let isClosed = false;

  const enter = (namespace: string, waiter: Waiter): Room => {
    const open = rooms.get(namespace);
    if (open !== undefined) {
      open.waiters.add(waiter);
      open.news.tell();
      return open;
    }
    const waiters = new Set([waiter]);
    const isAwaited = (contentId: string): boolean => [...waiters].some((each) => each.contentId === contentId);
    const news = followNews(events, namespace, (event) => event.type === 'graph' || event.contentIds.some(isAwaited));
    const room = { waiters, news };
    rooms.set(namespace, room);
    void attend(
      room,
      (contentIds) => look(namespace, contentIds),
      () => rooms.delete(namespace),
    );
    return room;
  };

  return {
    wait: (namespace, contentId, { timeoutMs, signal }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (isClosed) return reject(stopping(contentId));
        const ended = new AbortController();
        const endingWith =
          <T>(answer: (value: T) => void): ((value: T) => void) =>
          (value) => {
            ended.abort();
            answer(value);
          };
        const until = performance.now() + timeoutMs;
        const waiter: Waiter = { contentId, until, resolve: endingWith(resolve), reject: endingWith(reject) };
        const { waiters, news } = enter(namespace, waiter);
        const leave = (): void => {
          waiters.delete(waiter);
          news.tell();
          reject(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true, signal: ended.signal });
      }),
    close() {
      isClosed = true;
      for (const { waiters, news } of rooms.values()) {
        dismiss(waiters, ({ contentId }) => stopping(contentId));
        news.tell();
      }
    },
  };
}

/** Looks again and again, until the last waiter has gone: then, with no step between, `end`. */
async function attend(
  { waiters, news }: Room,
  look: (contentIds: readonly string[]) => ReturnType<LookAtContents>,
  end: () => void,
): Promise<void> {
  try {
    while (waiters.size > 0) {
      const asked = [...waiters];
      const found = await look([...new Set(asked.map(({ contentId }) => contentId))]);
      for (const waiter of asked) settle(waiters, waiter, found.get(waiter.contentId));
      const firstEnd = Math.min(...[...waiters].map(({ until }) => until)) - performance.now();
      if (waiters.size > 0) await news.next(Math.max(0, Math.min(LOOK_MS, firstEnd)));
    }
  } catch (error) {
    dismiss(waiters, () => error);
  } finally {
    news.stop();
    end();
  }
}

/** Lets a waiter go whose content is done, has gone, or whose time is over. */
function settle(waiters: Set<Waiter>, waiter: Waiter, progress: ContentProgress | undefined): void {
  if (progress !== undefined && progress.open > 0 && performance.now() < waiter.until) return;
  waiters.delete(waiter);
  waiter.resolve(progress);
}

function dismiss(waiters: Set<Waiter>, reason: (waiter: Waiter) => unknown): void {
  for (const waiter of waiters) waiter.reject(reason(waiter));
  waiters.clear();
}

function stopping(contentId: string): UnavailableError {
  return new UnavailableError(`Cannot wait for content "${contentId}": Fovea is stopping; ask again when it runs`);
}
