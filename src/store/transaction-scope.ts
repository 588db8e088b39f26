/**
 * Notices a statement that is sent past the open transaction it was started in. On PGlite's one connection it would wait
 * for the end of that transaction, and the transaction for it, for ever; on PostgreSQL it would see other rows. So both
 * databases refuse it.
 *
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export class TransactionScope {
  readonly #open = new AsyncLocalStorage<{ open: boolean }>();

  /** Runs the work of a transaction. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const scope = { open: true };
    try {
      return await this.#open.run(scope, work);
    } finally {
      scope.open = false;
    }
  }

  /** @throws Error where the caller is inside the work of a transaction that is still open. */
  refuseInside(): void {
    if (this.#open.getStore()?.open === true) {
      throw new Error(
        'Cannot use the database inside its own transaction: use the transaction that the work was given',
      );
    }
  }
}
