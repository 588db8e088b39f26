/**
 * What the operating system says of a file, as sentences.
 *
 * @module
 */
import { statfs } from 'node:fs/promises';
import { FoveaError, StorageFullError, UnavailableError } from '../contract/index.ts';

/** A file or folder that can't be read. */
export class UnreadableFileError extends FoveaError {
  readonly code: string = 'unreadable_file';
  readonly path: string;
  /** `EACCES`, `ENOENT`, …, where the system said one. */
  readonly errno: string | undefined;

  constructor(path: string, reason: string, errno?: string, options?: ErrorOptions) {
    super(`Cannot read "${path}": ${reason}`, options);
    this.path = path;
    this.errno = errno;
  }
}

/** A file changed while it was read; reading it later works. */
export class FileChangedError extends UnavailableError {
  override readonly code = 'file_changed';
  readonly path: string;

  constructor(path: string) {
    super(`Cannot read "${path}": it is being written; it is read again later`);
    this.path = path;
  }
}

/** A file holds other bytes than when it was added; adding it again makes them a content. */
export class BytesChangedError extends FoveaError {
  readonly code = 'bytes_changed';
  readonly path: string;

  constructor(path: string, sizeThen: number, sizeNow: number) {
    const change = `its bytes have changed since it was added (${sizeThen} then, ${sizeNow} now)`;
    super(`Cannot read "${path}": ${change}; add it again`);
    this.path = path;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied; let the user that runs Fovea read it',
  EPERM: 'permission is denied; let the user that runs Fovea read it',
  ELOOP: 'it is a link that leads back to itself',
  ENAMETOOLONG: 'its path is longer than the system allows',
  EIO: 'the disk reports an error; check the disk or the network folder',
  ESTALE: 'the network folder has lost it; try again',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
};

/** `ENOENT`, …; undefined for errors that are not the system's. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

/** The same error for people. Errors that are not the system's come back as they are. */
export function fileError(error: unknown, path: string): Error {
  const errno = errnoOf(error);
  if (errno === undefined) return error instanceof Error ? error : new Error(String(error));
  const reason = REASONS[errno] ?? `the system says ${errno}`;
  return new UnreadableFileError(path, reason, errno, { cause: error });
}

/** Why a system takes no more bytes, and what would help. */
const FULL: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space',
  EDQUOT: 'the quota of the user that runs Fovea is used up; free some space or raise it',
  EFBIG: 'the file would be larger than a file may be there; raise the limit (ulimit -f), or use another file system',
};

/** An error of writing below `folder` for people: StorageFullError or UnavailableError; what is no system's is as it was. */
export async function writeError(error: unknown, folder: string): Promise<Error> {
  const errno = errnoOf(error);
  if (errno === undefined) return error instanceof Error ? error : new Error(String(error));
  const full = FULL[errno];
  if (full !== undefined) {
    const freeBytes = await freeBytesOf(folder);
    const left = freeBytes === undefined ? '' : ` (${(freeBytes / 1e6).toFixed(1)} MB are left)`;
    return new StorageFullError(`Cannot write to "${folder}"${left}: ${full}`, { folder, freeBytes }, { cause: error });
  }
  const denied = errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS';
  const reason = denied
    ? 'permission is denied; let the user that runs Fovea write there'
    : (REASONS[errno] ?? `the system says ${errno}`);
  return new UnavailableError(`Cannot write to "${folder}": ${reason}`, { cause: error });
}

/** What the file system of a folder has left for this user; undefined where it does not say. */
async function freeBytesOf(folder: string): Promise<number | undefined> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}
