/**
 * Searching: which index, which vector, which path, which page.
 *
 * @module
 */
export { ask } from './ask/ask.ts';
export type { AskDependencies } from './ask/ask.ts';
export { encodesQueries, searchIndexes } from './choose-index.ts';
export type { SearchIndex } from './choose-index.ts';
export { createCursorStore } from './cursor.ts';
export { prepareFacets } from './facets.ts';
export type { QueryEncoder } from './query-vector.ts';
export { search } from './search.ts';
export type { SearchDependencies } from './search.ts';
export { HNSW_MIN_ROWS } from './plan.ts';
export { createStatistics } from './statistics.ts';
export type { Statistics } from './statistics.ts';
export { textIndexes } from './text-leg.ts';
