/**
 * Where bytes come from: files in place, and bytes that Fovea stores.
 *
 * @module
 */
export * from './blob.ts';
export * from './dataset/index.ts';
export {
  BytesChangedError,
  errnoOf,
  FileChangedError,
  fileError,
  UnreadableFileError,
  writeError,
} from './file-error.ts';
export * from './file-uri.ts';
export * from './file.ts';
export * from './folder.ts';
export * from './ignored.ts';
export * from './local-path.ts';
export * from './stamp.ts';
export * from './turns.ts';
export * from './url.ts';
export { urlName } from './url-name.ts';
export { NO_PRIVATE_HOSTS, parsePrivateHosts, type PrivateHosts } from './url-guard.ts';
