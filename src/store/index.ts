/**
 * The database and its repositories: the only place with SQL text of Fovea.
 *
 * @module
 */
export * from './contents.ts';
export * from './database.ts';
export * from './features.ts';
export * from './namespaces.ts';
export * from './policies.ts';
export type * from './records.ts';
export * from './tasks.ts';
export * from './vectors.ts';
