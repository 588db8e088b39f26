/**
 * Duplicates and similar pictures.
 *
 * @module
 */
import {
  api,
  type Duplicates,
  type DuplicatesProgress,
  type DuplicatesQuery,
  type SimilarPictures,
  type SimilarQuery,
  UnavailableError,
} from '../contract/index.ts';
import { call, type Connection, type RequestOptions } from './connection.ts';
import { follow } from './follow.ts';

/** `kind` and `limit`. */
export interface DuplicatesOptions extends DuplicatesQuery, RequestOptions {
  /** Hears how far the comparing is, every half second. */
  readonly onProgress?: (progress: DuplicatesProgress) => void;
}
/** `index` and `limit`. */
export type SimilarOptions = SimilarQuery & RequestOptions;

/** Aborting the signal ends the comparing. */
export async function duplicates(
  connection: Connection,
  { signal, onProgress, ...query }: DuplicatesOptions = {},
): Promise<Duplicates> {
  const ended = 'Cannot follow the comparing of pictures: the connection ended; ask again';
  let found: Duplicates | undefined;
  for await (const progress of follow(connection, api.duplicates, { query, signal }, ended)) {
    onProgress?.(progress);
    ({ found } = progress);
  }
  if (found === undefined) throw new UnavailableError(ended);
  return found;
}

export function similar(
  connection: Connection,
  contentId: string,
  { signal, ...query }: SimilarOptions = {},
): Promise<SimilarPictures> {
  return call(connection, api.similar, { params: { contentId }, query, signal });
}
