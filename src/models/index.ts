/**
 * Models: cards, weights and what they compute. Importing this loads no native code; that comes with the first session.
 *
 * @module
 */
export { buildInUse } from './build-in-use.ts';
export { fetchHubFile, listHubDataSet } from './hub-data-set.ts';
export type { HubFile, HubOptions, HubTree } from './hub-data-set.ts';
export { isModelPath } from './model-name.ts';
export { createModels } from './models.ts';
export type * from './types.ts';
export { verifyVariants } from './verify.ts';
export type { VariantReport } from './verify.ts';
