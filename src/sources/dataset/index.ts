/**
 * Data sets: pictures with what is known of them, in files.
 *
 * @module
 */
export { openDataset } from './open.ts';
export { openParquet } from './parquet.ts';
export type { ParquetShard, ParquetSource } from './parquet.ts';
export * from './types.ts';
