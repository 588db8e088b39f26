/**
 * Extraction graphs: read, check, compare, plan. Pure.
 *
 * @module
 */
export * from './canonical.ts';
export { checkOutputs, hasBoxes, ROOT_TYPES } from './check.ts';
export type { ExistingPolicy, GraphExtractor, GraphOptions } from './check.ts';
export * from './diff.ts';
export { graphError } from './faults.ts';
export * from './filter.ts';
export * from './format.ts';
export * from './links.ts';
export * from './mime.ts';
export * from './order.ts';
export * from './parse.ts';
export * from './plan.ts';
