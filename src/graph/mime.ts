/**
 * Mime types and the patterns that extractors accept: `image/jpeg`, all of `image`, or everything (a star
 * on both sides of the slash).
 *
 * @module
 */

/** Spellings that are not registered, or older than the registered one. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['image/tif', 'image/tiff'],
  ['image/x-ms-bmp', 'image/bmp'],
  ['image/x-bmp', 'image/bmp'],
  ['image/svg', 'image/svg+xml'],
]);

/** Lower case, registered spelling, without parameters; a bare `image` stands for all of its kind. */
export function normalizeMime(type: string): string {
  const bare = (type.split(';')[0] ?? '').trim().toLowerCase();
  if (bare === '') return 'application/octet-stream';
  return SPELLINGS.get(bare) ?? (bare.includes('/') ? bare : `${bare}/*`);
}

/** True where a type or pattern and another one have a type in common. */
export function mimeOverlaps(a: string, b: string): boolean {
  const [typeA = '', subtypeA = ''] = normalizeMime(a).split('/');
  const [typeB = '', subtypeB = ''] = normalizeMime(b).split('/');
  return overlaps(typeA, typeB) && overlaps(subtypeA, subtypeB);
}

/** True where one of the patterns takes the type. */
export function acceptsMime(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => mimeOverlaps(pattern, type));
}

function overlaps(a: string, b: string): boolean {
  return a === '*' || b === '*' || a === b;
}
