/**
 * CHECKPOINT, which PGlite never does by itself: 100,000 vectors leave 449 MB of WAL. Due after 64 MB of it, or after
 * five minutes in which something was written.
 *
 * @module
 */
import type { Outcome, Statement } from './messages.ts';

const CHECKPOINT_BYTES = 64 * 1024 * 1024;
const CHECKPOINT_MS = 5 * 60_000;
/** Asking for the position costs 0.3 ms; not more often than this. */
const LOOK_EVERY_MS = 1000;

const POSITION: Statement = { text: `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8`, values: [] };
/** A checkpoint itself writes about this much. */
const NOTHING_BYTES = 4096;

export class WalWatch {
  readonly #run: (statement: Statement) => Promise<Outcome>;
  readonly #now: () => number;
  #lookedAt = -Infinity;
  #checkpointAt: number;
  #checkpointBytes: number | undefined;

  /** @param run Runs a statement at once; called outside transactions only. */
  constructor(run: (statement: Statement) => Promise<Outcome>, now: () => number = () => performance.now()) {
    this.#run = run;
    this.#now = now;
    this.#checkpointAt = now();
  }

  /** Looks at the position where it is time to, and writes a checkpoint where one is due. */
  async look(): Promise<void> {
    if (this.#now() - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = this.#now();
    const bytes = await this.#position();
    if (bytes === undefined) return;
    this.#checkpointBytes ??= bytes;
    const written = bytes - this.#checkpointBytes;
    const late = this.#now() - this.#checkpointAt >= CHECKPOINT_MS;
    if (written >= CHECKPOINT_BYTES || (late && written > NOTHING_BYTES)) await this.#checkpoint();
    else if (late) this.#checkpointAt = this.#now();
  }

  async #checkpoint(): Promise<void> {
    await this.#run({ text: 'checkpoint', values: undefined });
    this.#checkpointAt = this.#now();
    this.#checkpointBytes = await this.#position();
  }

  async #position(): Promise<number | undefined> {
    const outcome = await this.#run(POSITION);
    const bytes = 'result' in outcome ? outcome.result.rows[0]?.[0] : undefined;
    return typeof bytes === 'number' ? bytes : undefined;
  }
}
