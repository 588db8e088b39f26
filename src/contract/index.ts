/**
 * The vocabulary: schemas and types that every surface shares. Safe in a browser.
 *
 * @module
 */
export * from './api.ts';
export * from './ask.ts';
export * from './backup.ts';
export * from './base64.ts';
export * from './bound-rows.ts';
export * from './closest-name.ts';
export * from './content.ts';
export * from './dataset.ts';
export * from './detection.ts';
export * from './duplicates.ts';
export * from './error-json.ts';
export * from './errors.ts';
export * from './extractor-name.ts';
export * from './indexify-parameters.ts';
export { ExportFormat } from './export-routes.ts';
export * from './feature.ts';
export * from './facets.ts';
export * from './given.ts';
export * from './graph.ts';
export * from './input-issues.ts';
export * from './key.ts';
export * from './model.ts';
export * from './names.ts';
export * from './picture-name.ts';
export * from './route.ts';
export * from './search.ts';
export { ExtractorList, ModelList } from './server-routes.ts';
export * from './system.ts';
export * from './task.ts';
export * from './time-text.ts';
export * from './worker-codec.ts';
export * from './worker-info.ts';
export * from './worker.ts';
