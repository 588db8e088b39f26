/**
 * The TypeScript client of Fovea. Runs in Node and in browsers.
 *
 *     const fovea = connect('http://127.0.0.1:8900');
 *     const { hits } = await fovea.search('a dog running on the beach');
 *
 * @module
 */
export * from '../contract/index.ts';
export type { AskOptions } from './ask.ts';
export type { AddPathOptions, AddUrlOptions, UpdateOptions, UploadOptions } from './add.ts';
export { type ClientOptions, connect, createClient, FoveaClient, type SqlOptions } from './client.ts';
export type { ConnectionOptions, Fetch, RequestOptions } from './connection.ts';
export type { DuplicatesOptions, SimilarOptions } from './duplicates.ts';
export type { OriginalOptions, ReceivedFile, ThumbnailOptions } from './file.ts';
export type { FacetsOptions } from './facets.ts';
export type { Datasets, LoadDatasetOptions } from './dataset.ts';
export type { ContentRowsInput, FeatureRowInput, Features, PutFeaturesOptions } from './given.ts';
export type {
  ApplyOptions,
  Contents,
  DeleteOptions,
  Graphs,
  GraphSource,
  KeyOptions,
  Keys,
  LabelChange,
  Models,
  Namespaces,
} from './resources.ts';
export type { SearchOptions } from './search.ts';
export type { ContentWaitOptions, WaitOptions } from './wait.ts';
export type { ExportOptions } from './export.ts';
export { httpWorkerTransport } from './worker-transport.ts';
