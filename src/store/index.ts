/**
 * The database and its repositories: the only place with SQL text of Fovea. Plain functions over `Database` and
 * `Queryable`; each file says what it keeps.
 *
 * @module
 */
export { readBlobUris, readChunks, readHead } from './backup/dump.ts';
export type { DumpHead } from './backup/dump.ts';
export { loadDump, refuseContents } from './backup/load.ts';
export type { LoadChunk } from './backup/load.ts';
export { unreferencedBlobs } from './blobs.ts';
export * from './api-keys.ts';
export { colorPolicies } from './colors.ts';
export { parseLabel } from './condition.ts';
export * from './content-list.ts';
export * from './contents.ts';
export * from './database.ts';
export * from './dataset-progress.ts';
export * from './delete-contents.ts';
export * from './derived.ts';
export * from './door/index.ts';
export * from './duplicates.ts';
export * from './example-sql.ts';
export * from './facets.ts';
export * from './feature-rows.ts';
export * from './features.ts';
export * from './given.ts';
export * from './graph-links.ts';
export * from './graphs.ts';
export * from './home-lock.ts';
export * from './hydrate.ts';
export * from './indexes.ts';
export * from './leases.ts';
export { readTexts } from './source-texts.ts';
export * from './matched-rows.ts';
export { countPresentBelow, knownLocations, locationsBelow, presentLocations, setLocationState } from './locations.ts';
export { SCHEMA_VERSION } from './migrations.ts';
export * from './namespaces.ts';
export { policyViewName } from './names.ts';
export * from './nearest-rows.ts';
export { openDatabase } from './open.ts';
export type { OpenDatabaseOptions } from './open.ts';
export * from './planning-lock.ts';
export * from './policies.ts';
export { isEmpty } from './policy-tables.ts';
export { versionOf } from './policy-rows.ts';
export { sourceVersion } from './policy-source.ts';
export * from './problems.ts';
export type * from './records.ts';
export * from './replace-bytes.ts';
export * from './export.ts';
export * from './search-text.ts';
export * from './task-ends.ts';
export * from './task-status.ts';
export * from './tasks.ts';
export { textConditions } from './text-query.ts';
export { refreshTermCounts } from './text-statistics.ts';
export { CONTENT_FIELDS, CONTENT_TEXTS, textFields } from './text-tables.ts';
export { queryTerms } from './text-terms.ts';
export * from './vectors.ts';
export { listTables, measureTables, rebuildViews, viewNames } from './view-sql.ts';
