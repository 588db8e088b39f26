/**
 * Counts of contents by values, as a program asks for them.
 *
 * @module
 */
import { api, type FacetsInput, type FacetsResponse } from '../contract/index.ts';
import { call, type Connection, type RequestOptions } from './connection.ts';

export interface FacetsOptions extends FacetsInput, RequestOptions {}

export function facets(connection: Connection, { signal, ...body }: FacetsOptions): Promise<FacetsResponse> {
  return call(connection, api.facets, { body, signal });
}
