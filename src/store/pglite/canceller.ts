/**
 * Reaches into a busy PGlite thread: the inspector's NodeWorker domain runs a piece of JavaScript between two
 * instructions of its WebAssembly loop. No port is opened; the session lives inside this process.
 *
 * @module
 */
import { Session } from 'node:inspector';

export class Canceller {
  readonly #session = new Session();
  readonly #workerFile: string;
  #target: string | undefined;

  /** @param workerFile Name of the worker's file, by which its thread is told from others. Make it before the thread. */
  constructor(workerFile: string) {
    this.#workerFile = workerFile;
    this.#session.connect();
    this.#session.on('NodeWorker.attachedToWorker', ({ params }) => {
      if (params.workerInfo.url.endsWith(this.#workerFile)) this.#target = params.sessionId;
    });
    this.#session.on('NodeWorker.detachedFromWorker', ({ params }) => {
      if (params.sessionId === this.#target) this.#target = undefined;
    });
    this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  }

  /** Asks the thread to end statement `id`; nothing happens where another runs by then. Repeat it until the statement ends. */
  cancel(id: number): void {
    if (this.#target === undefined) return;
    const message = JSON.stringify({
      id: 1,
      method: 'Runtime.evaluate',
      params: { expression: `__foveaCancel(${id})` },
    });
    this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#target, message });
  }
}
