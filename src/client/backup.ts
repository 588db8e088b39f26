/**
 * Everything that a server holds, as one file.
 *
 * @module
 */
import { api, type RestoreProgress } from '../contract/index.ts';
import { type Connection, type RequestOptions, send } from './connection.ts';
import { type ReceivedFile, received } from './file.ts';
import { follow } from './follow.ts';

/**
 * A backup's file, as it is made: of the moment at which this returns. Where its stream fails, what came is no backup.
 *
 * @throws ForbiddenError without an API key or the token of the server's `FOVEA_HOME`.
 */
export async function backup(connection: Connection, options: RequestOptions = {}): Promise<ReceivedFile> {
  return received(await send(connection, api.backup, { ...options }));
}

/**
 * Restores a backup's file of the server's machine; the server must be empty.
 *
 * @returns How far it is; the last has `finished: true`. Stopping early restores nothing.
 * @throws ForbiddenError without the token of the server's `FOVEA_HOME`; ConflictError where something is there.
 */
export function restore(
  connection: Connection,
  path: string,
  options: RequestOptions = {},
): AsyncGenerator<RestoreProgress> {
  const ended = `Cannot follow the restore of "${path}": the connection ended; look whether the contents are there`;
  return follow(connection, api.restore, { body: { path }, ...options }, ended);
}
