/**
 * `fovea/langchain`: a library as LangChain knows such things. Needs `@langchain/core`.
 *
 * @module
 */
export { FoveaRetriever } from './retriever.ts';
export type { FoveaRetrieverFields, PictureMetadata } from './retriever.ts';
export { FoveaSqlDatabase } from './sql-database.ts';
export type { FoveaSqlDatabaseFields } from './sql-database.ts';
export { foveaTools } from './tools.ts';
