/**
 * The HTTP surface: routes over `Services`.
 *
 * @module
 */
export { createApp } from './app.ts';
export type { AppOptions } from './options.ts';
export type { ApplyRights, ByteRange, RowList, RowQuery, ServedFile, Services, Upload } from './services.ts';
