/**
 * Opens the database that the options name: PostgreSQL by its URL, else the embedded one in a folder.
 *
 * @module
 */
import { InvalidInputError } from '../contract/errors.ts';
import type { Database } from './database.ts';
import { openPglite } from './pglite/database.ts';
import { openPostgres } from './postgres/database.ts';

export interface OpenDatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url?: string;
  /** Folder of the embedded database, or `memory://`; used where there is no URL. */
  readonly folder?: string;
  /** Time-out of statements that name none. Default none. */
  readonly statementTimeoutMs?: number;
  /** Told advice that is no error, once: an old pgvector. */
  readonly onNote?: (note: string) => void;
}

/** @throws UnavailableError where the database can't be opened; the message says why and what would help. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<Database> {
  const { url, folder, ...rest } = options;
  if (url !== undefined) return openPostgres({ url, ...rest });
  if (folder !== undefined) return openPglite({ folder, ...rest });
  throw new InvalidInputError('Cannot open a database: neither a URL nor a folder is given');
}
