/**
 * The server's end of one database host: starts the process, sends statements, knows when it died.
 *
 * @module
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { UnavailableError } from '../../contract/errors.ts';
import {
  CONNECTION_LOST,
  type FromHost,
  type HostOptions,
  type Outcome,
  type RunRequest,
  type ToHost,
} from './messages.ts';

/** Compiled code, found from `src/` (tests) as from `dist/`. */
const HOST_FILE = fileURLToPath(new URL('../../../dist/store/pglite/host.js', import.meta.url));
/** The end of what the host printed, for the message when it dies. */
const STDERR_BYTES = 2000;
const CLOSE_MS = 15_000;

type Settle = (outcome: Outcome & { readonly session: string }) => void;

export class HostProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Settle>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #stderr = '';
  #alive = true;
  /** Whether it can cancel a statement without opening the database anew. */
  cancellable = false;

  private constructor() {
    this.#child = fork(HOST_FILE, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_BYTES);
    });
    this.#exited = new Promise((resolve) => {
      const over = () => {
        this.#over();
        resolve();
      };
      this.#child.once('exit', over);
      this.#child.once('error', over);
    });
  }

  /**
   * Starts a host and waits until its database is open.
   *
   * @throws UnavailableError where the folder can't be opened.
   */
  static async open(options: HostOptions): Promise<HostProcess> {
    const host = new HostProcess();
    await host.#open(options);
    return host;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Runs one statement, until `signal` aborts; the outcome says the session that it ran in. Never rejects. */
  async run(
    request: Omit<RunRequest, 'type' | 'id'>,
    signal?: AbortSignal,
  ): Promise<Outcome & { readonly session: string }> {
    this.#lastId += 1;
    const id = this.#lastId;
    const cancel = () => this.#send({ type: 'cancel', id });
    signal?.addEventListener('abort', cancel);
    const outcome = await new Promise<Parameters<Settle>[0]>((resolve) => {
      this.#waiting.set(id, resolve);
      if (this.#alive) this.#send({ type: 'run', id, ...request });
      else this.#over();
    });
    signal?.removeEventListener('abort', cancel);
    return outcome;
  }

  /** Closes the database and waits for the end of the process. */
  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_MS);
    await this.#exited;
    clearTimeout(kill);
  }

  #open(options: HostOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string) =>
        reject(new UnavailableError(`Cannot open the embedded database "${options.folder}": ${reason}`));
      this.#child.on('message', (message: FromHost) => {
        if (message.type === 'outcome') this.#settle(message.id, message);
        else if (message.type === 'failed') fail(message.message);
        else {
          this.cancellable = message.cancellable;
          resolve();
        }
      });
      this.#child.once('error', (error) => fail(error.message));
      this.#child.once('exit', (code, signal) => fail(`its process ended with ${signal ?? code}${this.#said()}`));
      this.#send({ type: 'open', ...options });
    });
  }

  #send(message: ToHost): void {
    this.#child.send(message, (error) => {
      if (error !== null) this.#over();
    });
  }

  #settle(id: number, outcome: Outcome & { readonly session: string }): void {
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    settle?.(outcome);
  }

  /** The process is gone: whatever waits for it is lost. */
  #over(): void {
    this.#alive = false;
    const error = { message: `the database host ended${this.#said()}`, sqlState: CONNECTION_LOST };
    for (const id of this.#waiting.keys()) this.#settle(id, { error, session: '' });
  }

  #said(): string {
    const text = this.#stderr.trim();
    return text === '' ? '' : `: ${text}`;
  }
}
