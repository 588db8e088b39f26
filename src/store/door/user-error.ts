/**
 * What the database said about a user's SQL, as an error for the user.
 *
 * @module
 */
import { LimitError, SqlError, StorageFullError, TimeoutError, UnavailableError } from '../../contract/index.ts';
import { DatabaseError } from '../database.ts';

/** Connection lost or refused; the server is going down. */
const AWAY = /^(08|57P)/;
const DISK_FULL = '53100';
/** Out of memory, temporary files or connections; a limit of the program, such as the stack's depth. */
const EXHAUSTED = /^5[34]/;

/**
 * The error that a user meets: SqlError, TimeoutError, LimitError, StorageFullError or UnavailableError for those of the
 * database; any other as it is.
 *
 * @param action What could not be done, e.g. `run this SQL`.
 * @param found `position` in the user's text, in UTF-16 units; `hint` ends the message.
 */
export function userError(
  error: unknown,
  action: string,
  timeoutMs: number,
  { position, hint = '' }: { readonly position?: number | undefined; readonly hint?: string } = {},
): unknown {
  if (error instanceof TimeoutError) {
    return new TimeoutError(action, timeoutMs, 'read fewer rows, or give it more time with timeoutMs');
  }
  if (!(error instanceof DatabaseError)) return error;
  const { sqlState, message } = error;
  if (AWAY.test(sqlState)) {
    return new UnavailableError(`Cannot ${action}: the database does not answer (${message}); try again`, {
      cause: error,
    });
  }
  if (sqlState === DISK_FULL) {
    return new StorageFullError(
      `Cannot ${action}: the disk of the database is full (${message})`,
      {},
      { cause: error },
    );
  }
  // PostgreSQL calls a text beyond 1 GB an internal error: "invalid memory alloc request size".
  if (EXHAUSTED.test(sqlState) || (sqlState === 'XX000' && message.includes('memory'))) {
    return new LimitError(`Cannot ${action}: it needs more than the database may use (${message})`, { cause: error });
  }
  return new SqlError(`Cannot ${action}: ${message}${hint}`, { sqlState, position }, { cause: error });
}
