/**
 * Hands bytes to the browser as a download.
 *
 * @module
 */
/** Saving begins later than the click; a minute is more than any browser takes. */
const KEPT_MS = 60_000;

export function saveFile(bytes: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
