/**
 * Changes that drop a table wait for those who read it, but not for long: a backup may read for an hour.
 *
 * @module
 */
import { UnavailableError } from '../contract/index.ts';
import { DatabaseError } from '../store/index.ts';

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * @param action E.g. `change graphs of namespace "default"`.
 * @throws UnavailableError where the tables are being read.
 */
export async function explainReaders<T>(action: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseError && error.sqlState === LOCK_NOT_AVAILABLE)) throw error;
    throw new UnavailableError(
      `Cannot ${action}: a backup or a long query is reading its tables; try again when that has ended`,
      { cause: error },
    );
  }
}
