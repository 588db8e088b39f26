/**
 * What models write, made fit to be kept and shown.
 *
 * @module
 */

/** What a reasoning model says behind its thoughts. */
export function withoutThoughts(text: string): string {
  return text
    .replaceAll(/<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi, '')
    .replace(/^[\s\S]*<\/think(?:ing)?>/i, '')
    .trim();
}

/** No control characters but tabs and line breaks, and not without end. */
export function plainText(text: string, maxCharacters: number): string {
  const plain = text.replaceAll(/(?![\t\n])\p{Cc}/gu, '\uFFFD').trim();
  return plain.length > maxCharacters ? `${plain.slice(0, maxCharacters)}…` : plain;
}
