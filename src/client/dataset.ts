/**
 * `client.datasets`: loading data sets.
 *
 * @module
 */
import { api, type LoadDatasetRequest, type LoadProgress } from '../contract/index.ts';
import type { Connection, RequestOptions } from './connection.ts';
import { follow } from './follow.ts';

/** Which columns of a data set are what. */
export type LoadDatasetOptions = Omit<LoadDatasetRequest, 'source'> & RequestOptions;

export interface Datasets {
  /**
   * Loads a data set of the server's machine, or of the hub (`hf://owner/name`), and yields running totals, the last with
   * `finished: true`. Stopping early stops the server; loading again goes on.
   *
   * @throws ForbiddenError without the token of the server's `FOVEA_HOME`; InvalidInputError for a column that is not there.
   */
  load(source: string, options?: LoadDatasetOptions): AsyncGenerator<LoadProgress>;
}

export function datasetMethods(connection: Connection): Datasets {
  return {
    load(source, { signal, ...options } = {}) {
      const ended = `Cannot follow the loading of "${source}": the connection ended; load it again to go on`;
      return follow(connection, api.loadDataset, { body: { source, ...options }, signal }, ended);
    },
  };
}
