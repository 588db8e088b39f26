/**
 * Whether the database answers, told at once: on PGlite's one connection a question waits for what runs, and whoever asks
 * about health must not. One question is on its way at a time; where its answer takes longer, the last one is told.
 *
 * @module
 */

/** How long an answer is waited for. */
const WAIT_MS = 50;
/** What has not answered for so long is no longer called well. A user's statement ends after seconds. */
const SILENT_MS = 30_000;

export interface DatabaseState {
  readonly ok: boolean;
  /** Why not, or what it is waiting for. */
  readonly detail?: string;
}

/**
 * @param ask Asks the database something small; may take as long as it likes.
 * @param now Milliseconds.
 */
export function createDatabaseProbe(
  ask: () => Promise<unknown>,
  now: () => number = () => performance.now(),
): () => Promise<DatabaseState> {
  let last: DatabaseState = { ok: true };
  let asked: { readonly since: number; readonly answer: Promise<DatabaseState> } | undefined;
  const answerOf = async (): Promise<DatabaseState> => {
    try {
      await ask();
      last = { ok: true };
    } catch (error) {
      last = { ok: false, detail: error instanceof Error ? error.message : String(error) };
    }
    asked = undefined;
    return last;
  };
  return async () => {
    asked ??= { since: now(), answer: answerOf() };
    const { since, answer } = asked;
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), WAIT_MS);
    });
    const state = await Promise.race([answer, waited]);
    clearTimeout(timer);
    if (state !== undefined) return state;
    const silentMs = Math.round(now() - since);
    return { ok: last.ok && silentMs < SILENT_MS, detail: `it is busy: no answer for ${silentMs} ms` };
  };
}
