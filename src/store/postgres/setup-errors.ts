/**
 * Why PostgreSQL can't be used, said so that a person can act on it: what to check, or the SQL for an administrator.
 *
 * @module
 */
import { UnavailableError } from '../../contract/errors.ts';
import type { DatabaseError } from '../database.ts';

/** An error that prints the SQL which an administrator must run. */
export function missingPrivilege(action: string, statements: readonly string[], cause?: unknown): UnavailableError {
  const sql = statements.map((statement) => `\n  ${statement};`).join('');
  return new UnavailableError(
    `Cannot ${action}: this user may not; an administrator (a superuser) must run once:${sql}`,
    { cause },
  );
}

/** The server has no pgvector at all. */
export function missingPgvector(address: string, cause: unknown): UnavailableError {
  return new UnavailableError(
    `Cannot open the database "${address}": its server lacks the extension pgvector; install pgvector 0.8.4 or later on the server (https://github.com/pgvector/pgvector#installation), then start again`,
    { cause },
  );
}

/** What a failed first connection means. */
export function connectError(address: string, error: DatabaseError): Error {
  const because = (reason: string) =>
    new UnavailableError(`Cannot open the database "${address}": ${reason}`, { cause: error });
  if (error.sqlState === '3D000') return because(`it does not exist; create it with: createdb ${databaseOf(address)}`);
  if (error.sqlState.startsWith('28')) return because(`the server refuses the user or the password (${error.message})`);
  if (error.sqlState === '53300')
    return because(`the server has no connection left (${error.message}); raise max_connections or close others`);
  if (error.sqlState.startsWith('08') || error.sqlState.startsWith('57P')) {
    return because(`the server can't be reached (${error.message}); check host and port, and that it runs`);
  }
  return because(error.message);
}

function databaseOf(address: string): string {
  return address.slice(address.lastIndexOf('/') + 1) || 'fovea';
}
