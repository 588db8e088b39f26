/**
 * Files on their way to the server: a few at a time, in the order in which they came, held and gone on with as the user
 * and the server's state want it. It knows nothing of the page, so that it outlives any part of it.
 *
 *     waiting → sending → stored | known (these bytes were there) | failed
 *     skipped: no picture, never sent
 *
 * @module
 */
import { ForbiddenError, RateLimitError, StorageFullError, UnavailableError } from 'fovea/client';
import { createRate } from './rate.ts';

/** Browsers allow a server six connections; events, pictures and the rest of the page need some. */
const AT_ONCE = 3;
/** Tries of one file while the server answers to everything else. */
const TRIES = 4;
/** Until the server is asked again whether it is there: longer each time. */
const RECONNECT_MS = [1000, 2000, 5000, 10_000] as const;
/** Listeners are told at most this often. */
const TELL_MS = 150;

export type UploadState = 'waiting' | 'sending' | 'stored' | 'known' | 'failed' | 'skipped';
const STATES: readonly UploadState[] = ['waiting', 'sending', 'stored', 'known', 'failed', 'skipped'];

/** What was found where the user chose files. */
export interface FoundFile {
  readonly name: string;
  /** Folders that it lies in, below and with the one that was chosen: `rome/day 1`; empty without. */
  readonly folder: string;
  /** Absent where it can't be read. */
  readonly file?: File | undefined;
  /** Why it is not sent: it is no picture, or it can't be read. */
  readonly problem?: { readonly kind: 'skipped' | 'failed'; readonly reason?: string } | undefined;
}

export interface Upload {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly folder: string;
  readonly file: File | undefined;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly tries: number;
  /** Why it failed. */
  readonly reason: string | undefined;
}

/** Why nothing is being sent: the user's wish, a server that is away, or one that takes nothing now. */
export interface Hold {
  readonly kind: 'paused' | 'lost' | 'refused';
  readonly reason?: string;
}

export interface Uploads {
  readonly counts: Readonly<Record<UploadState, number>>;
  /** Files, without those that are no pictures. */
  readonly total: number;
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly perSecond: number;
  /** Null where nobody can tell. */
  readonly secondsLeft: number | null;
  /** Folders are being read, so that there may be more. */
  readonly reading: boolean;
  readonly hold: Hold | undefined;
  /** Those that are told by name: sending, failed, skipped, waiting. */
  readonly listed: readonly Upload[];
  /** Sentences of the server, e.g. that a graph was created. */
  readonly notes: readonly string[];
}

/** How files get there. */
export interface Transport {
  /** Rejects with the server's error, or the reason of `signal`. `onSent` hears of all bytes that were sent so far. */
  send(upload: Upload, onSent: (bytes: number) => void, signal: AbortSignal): Promise<Sent>;
  /** Whether the server answers at all. */
  isReachable(namespace: string): Promise<boolean>;
}

export interface Sent {
  /** False where these bytes were there already. */
  readonly created: boolean;
  readonly notes: readonly string[];
}

export class UploadQueue {
  readonly #transport: Transport;
  readonly #onStored: (namespace: string) => void;
  readonly #files = Object.fromEntries(STATES.map((state) => [state, new Map()])) as Record<
    UploadState,
    Map<number, Upload>
  >;
  readonly #bytes = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<UploadState, number>;
  readonly #running = new Map<number, AbortController>();
  readonly #rate = createRate();
  readonly #listeners = new Set<() => void>();
  readonly #notes = new Set<string>();
  #reading = new Set<AbortController>();
  #hold: Hold | undefined;
  /** Holds since the last file that got there. */
  #fruitless = 0;
  #ids = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #snapshot: Uploads;

  /** @param onStored Hears of a namespace with each file that it has now. */
  constructor(transport: Transport, onStored: (namespace: string) => void = () => {}) {
    this.#transport = transport;
    this.#onStored = onStored;
    this.#snapshot = this.#summarise();
  }

  /** Takes files as they are found. Ends when all were found; they are sent meanwhile. */
  async add(namespace: string, source: AsyncIterable<readonly FoundFile[]>): Promise<void> {
    if (!this.isOpen()) this.#forgetEnded();
    const reading = new AbortController();
    this.#reading.add(reading);
    this.#tellNow();
    try {
      for await (const found of source) {
        if (reading.signal.aborted) break;
        for (const one of found) this.#take(namespace, one);
        this.#fill();
      }
    } finally {
      this.#reading.delete(reading);
      this.#tellNow();
    }
  }

  /** Stops sending; what was on its way begins anew later. */
  pause(): void {
    this.#hold = { kind: 'paused' };
    this.#recall();
  }

  resume(): void {
    this.#hold = undefined;
    this.#fill();
    this.#tellNow();
  }

  /** Gives up what was not sent. What was stored stays. */
  cancel(): void {
    for (const reading of this.#reading) reading.abort();
    this.#recall();
    this.#clear('waiting');
    this.#hold = undefined;
    this.#tellNow();
  }

  /** Sends failed files again: one, or all that can be. */
  retry(id?: number): void {
    for (const upload of this.#files.failed.values()) {
      if (upload.file === undefined || (id !== undefined && upload.id !== id)) continue;
      this.#move(upload, { state: 'waiting', sentBytes: 0, tries: 0, reason: undefined });
    }
    this.resume();
  }

  /** Forgets what has ended. */
  dismiss(): void {
    this.#forgetEnded();
    this.#clear('failed');
    this.#tellNow();
  }

  /** Whether something waits, is sent, or is being looked for. */
  isOpen(): boolean {
    return this.#files.waiting.size + this.#files.sending.size + this.#reading.size > 0;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): Uploads => this.#snapshot;

  #take(namespace: string, { name, folder, file, problem }: FoundFile): void {
    this.#ids += 1;
    this.#put({
      id: this.#ids,
      namespace,
      name,
      folder,
      file,
      sizeBytes: problem === undefined ? (file?.size ?? 0) : 0,
      state: problem?.kind ?? 'waiting',
      sentBytes: 0,
      tries: 0,
      reason: problem?.reason,
    });
  }

  #fill(): void {
    for (const upload of this.#files.waiting.values()) {
      if (this.#hold !== undefined || this.#files.sending.size >= AT_ONCE) break;
      void this.#send(this.#move(upload, { state: 'sending', sentBytes: 0, tries: upload.tries + 1 }));
    }
    this.#tell();
  }

  async #send(upload: Upload): Promise<void> {
    const stop = new AbortController();
    this.#running.set(upload.id, stop);
    let sentBytes = 0;
    const onSent = (bytes: number): void => {
      if (stop.signal.aborted) return;
      this.#rate.count(bytes - sentBytes, performance.now());
      sentBytes = bytes;
      this.#files.sending.set(upload.id, { ...upload, sentBytes });
      this.#tell();
    };
    try {
      const { created, notes } = await this.#transport.send(upload, onSent, stop.signal);
      if (stop.signal.aborted) return;
      this.#fruitless = 0;
      onSent(upload.sizeBytes);
      for (const note of notes) this.#notes.add(note);
      // Its bytes are of no use any more.
      this.#move(upload, { state: created ? 'stored' : 'known', file: undefined });
      this.#onStored(upload.namespace);
    } catch (error) {
      if (!stop.signal.aborted) this.#settleFailure(upload, error instanceof Error ? error : new Error(String(error)));
    } finally {
      if (this.#running.get(upload.id) === stop) this.#running.delete(upload.id);
    }
    this.#fill();
  }

  /** What is the file's own fault is told and passed over; what would meet the next file as well holds them all. */
  #settleFailure(upload: Upload, error: Error): void {
    const { message: reason } = error;
    if (error instanceof StorageFullError || error instanceof ForbiddenError) {
      this.#holdBack(upload, { kind: 'refused', reason });
    } else if (error instanceof RateLimitError) {
      this.#holdBack({ ...upload, tries: upload.tries - 1 }, { kind: 'lost', reason }, error.retryAfterSeconds * 1000);
    } else if (error instanceof UnavailableError && upload.tries < TRIES) {
      this.#holdBack(upload, { kind: 'lost', reason });
    } else {
      this.#move(upload, { state: 'failed', reason, sentBytes: 0 });
    }
  }

  /** Puts a file back to the others, and all of them on hold, unless they are for another reason. */
  #holdBack(upload: Upload, hold: Hold, leastMs = 0): void {
    this.#giveBack([upload]);
    if (this.#hold !== undefined) return;
    this.#hold = hold;
    if (hold.kind === 'lost') void this.#reconnect(upload.namespace, hold, leastMs);
  }

  async #reconnect(namespace: string, hold: Hold, leastMs: number): Promise<void> {
    for (let least = leastMs; ; least = 0) {
      const wait = RECONNECT_MS[Math.min(this.#fruitless, RECONNECT_MS.length - 1)] ?? 0;
      this.#fruitless += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.max(wait, least)));
      if (this.#hold !== hold) return;
      if (await this.#transport.isReachable(namespace)) break;
    }
    if (this.#hold === hold) this.resume();
  }

  /** Ends what is being sent, and puts it back. */
  #recall(): void {
    for (const stop of this.#running.values()) stop.abort();
    this.#running.clear();
    this.#giveBack([...this.#files.sending.values()]);
    this.#rate.clear();
    this.#tellNow();
  }

  /** Files that were being sent go before those that wait. */
  #giveBack(uploads: readonly Upload[]): void {
    const before = [...this.#files.waiting.values()];
    this.#files.waiting.clear();
    for (const upload of uploads) this.#move(upload, { state: 'waiting', sentBytes: 0 });
    for (const upload of before) this.#files.waiting.set(upload.id, upload);
  }

  #move(upload: Upload, change: Partial<Upload>): Upload {
    if (this.#files[upload.state].delete(upload.id)) this.#bytes[upload.state] -= upload.sizeBytes;
    return this.#put({ ...upload, ...change });
  }

  #put(upload: Upload): Upload {
    this.#files[upload.state].set(upload.id, upload);
    this.#bytes[upload.state] += upload.sizeBytes;
    return upload;
  }

  #forgetEnded(): void {
    for (const state of ['stored', 'known', 'skipped'] as const) this.#clear(state);
    this.#notes.clear();
    this.#rate.clear();
  }

  #clear(state: UploadState): void {
    this.#files[state].clear();
    this.#bytes[state] = 0;
  }

  #tell(): void {
    this.#timer ??= setTimeout(() => this.#tellNow(), TELL_MS);
  }

  #tellNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#snapshot = this.#summarise();
    for (const listener of this.#listeners) listener();
  }

  #summarise(): Uploads {
    const files = this.#files;
    const bytes = this.#bytes;
    const counts = Object.fromEntries(STATES.map((state) => [state, files[state].size])) as Record<UploadState, number>;
    const ended = bytes.stored + bytes.known + bytes.failed;
    const sentBytes = [...files.sending.values()].reduce((sum, upload) => sum + upload.sentBytes, ended);
    const totalBytes = ended + bytes.sending + bytes.waiting;
    const perSecond = this.#hold === undefined ? this.#rate.perSecond(performance.now()) : 0;
    const isOpen = counts.sending + counts.waiting > 0;
    return {
      counts,
      total: counts.waiting + counts.sending + counts.stored + counts.known + counts.failed,
      sentBytes,
      totalBytes,
      perSecond,
      secondsLeft: isOpen && perSecond > 0 ? (totalBytes - sentBytes) / perSecond : null,
      reading: this.#reading.size > 0,
      hold: this.#hold,
      listed: (['sending', 'failed', 'skipped', 'waiting'] as const).flatMap((state) => [...files[state].values()]),
      notes: [...this.#notes],
    };
  }
}
