/**
 * Data sets: pictures with what is known of them, in files.
 *
 * @module
 */
export { openDataset } from './open.ts';
export * from './types.ts';
