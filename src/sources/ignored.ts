/**
 * Files and folders that lie among pictures and are none: hidden ones, thumbnails that other programs keep, sidecars
 * with another program's notes, downloads that are not finished.
 *
 * @module
 */

/** Folders of programs and systems, lower case. Hidden folders (`.git`, `.thumbnails`) are left out by their dot. */
const FOLDERS: ReadonlySet<string> = new Set([
  '@eadir', // Synology: thumbnails
  '#recycle',
  '@recycle', // QNAP
  '$recycle.bin',
  'system volume information',
  'lost+found',
  '__macosx',
]);

const NAMES: ReadonlySet<string> = new Set(['thumbs.db', 'ehthumbs.db', 'ehthumbs_vista.db', 'desktop.ini', 'icon\r']);

const EXTENSIONS: ReadonlySet<string> = new Set([
  '.xmp', // Adobe, darktable
  '.aae', // Apple Photos: edits
  '.json', // Google Takeout: photo.jpg.json, photo.jpg.supplemental-metadata.json
  '.thm', // cameras: thumbnail of a video
  '.lrv', // GoPro: preview of a video
  '.pp3', // RawTherapee
  '.dop', // DxO
  '.cos', // Capture One
  '.on1',
  '.part', // not yet downloaded
  '.partial',
  '.crdownload',
  '.download',
]);

/** The key under which an ignored folder is counted, e.g. `@eaDir/`; undefined where it is to be read. */
export function ignoredFolder(name: string): string | undefined {
  return name.startsWith('.') || FOLDERS.has(name.toLowerCase()) ? `${name}/` : undefined;
}

/** The key under which an ignored file is counted, e.g. `.xmp` or `(hidden) .jpg`; undefined where it is to be opened. */
export function ignoredFile(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (name.startsWith('.')) return `(hidden) ${extensionKey(name)}`;
  if (NAMES.has(lower)) return lower.trim();
  const extension = extensionKey(name);
  return EXTENSIONS.has(extension) ? extension : undefined;
}

/** `.jpg` of `a.JPG`, `.ds_store` of `.DS_Store`, `(none)` without a dot. */
export function extensionKey(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 || dot === name.length - 1 ? '(none)' : name.slice(dot).toLowerCase();
}
