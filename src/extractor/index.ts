/**
 * `fovea/extractor`: what an extractor's author imports (the helpers and types), and what runs extractors (registry,
 * `loadModule`, `runBatch`).
 *
 * @module
 */
export { z } from 'zod';
export * from './columns.ts';
export { acceptsMime, defineExtractor, outputOf } from './define.ts';
export { ExtractorDefinitionError, ExtractorOutputError } from './errors.ts';
export { loadModule } from './load-module.ts';
export { prepareFile, prepareItem, textItem } from './prepare-item.ts';
export { createRegistry, extractorInfo } from './registry.ts';
export type { ExtractorRegistry } from './registry.ts';
export { rowSchema } from './row-schema.ts';
export { runBatch, STANDALONE } from './run-batch.ts';
export type * from './types.ts';
export type { ColumnSpec, ColumnValue, FeatureRow, OutputSpec, VectorSpec } from '../contract/index.ts';
export type { Kernel, PixelRequest, Pixels } from '../image/pixels.ts';
export type { Models } from '../models/types.ts';
