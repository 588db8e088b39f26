/**
 * Duplicates and similar pictures.
 *
 * @module
 */
import {
  api,
  type Duplicates,
  type DuplicatesQuery,
  type SimilarPictures,
  type SimilarQuery,
} from '../contract/index.ts';
import { call, type Connection, type RequestOptions } from './connection.ts';

/** `kind` and `limit`. */
export type DuplicatesOptions = DuplicatesQuery & RequestOptions;
/** `index` and `limit`. */
export type SimilarOptions = SimilarQuery & RequestOptions;

export function duplicates(connection: Connection, { signal, ...query }: DuplicatesOptions = {}): Promise<Duplicates> {
  return call(connection, api.duplicates, { query, signal });
}

export function similar(
  connection: Connection,
  contentId: string,
  { signal, ...query }: SimilarOptions = {},
): Promise<SimilarPictures> {
  return call(connection, api.similar, { params: { contentId }, query, signal });
}
