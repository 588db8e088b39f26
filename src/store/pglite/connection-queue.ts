/**
 * Who has PGlite's one connection next: searches before writes, each in the order of asking. After `MAX_PASSED` searches
 * in a row that passed a waiting write, the write has its turn.
 *
 * @module
 */

export type Priority = 'search' | 'write';

const MAX_PASSED = 8;

export class ConnectionQueue {
  readonly #waiting: Record<Priority, (() => void)[]> = { search: [], write: [] };
  #taken = false;
  #passed = 0;

  /** Waits for the connection and holds it while `work` runs. */
  async hold<T>(priority: Priority, work: () => Promise<T>): Promise<T> {
    await this.#take(priority);
    try {
      return await work();
    } finally {
      this.#giveOn();
    }
  }

  #take(priority: Priority): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#waiting[priority].push(resolve);
    });
  }

  #giveOn(): void {
    const { search, write } = this.#waiting;
    const searchFirst = search.length > 0 && (write.length === 0 || this.#passed < MAX_PASSED);
    this.#passed = searchFirst && write.length > 0 ? this.#passed + 1 : 0;
    const next = searchFirst ? search.shift() : write.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
