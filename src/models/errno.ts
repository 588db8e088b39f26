/**
 * The `code` of a system error (`ENOENT`, `EEXIST`, …).
 *
 * @module
 */

/** Undefined where `error` has none. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** True where a system takes no more bytes: its disk is full, a quota used up, a file as large as it may be. */
export function isDiskFull(error: unknown): boolean {
  return FULL.has(errorCode(error) ?? '');
}
