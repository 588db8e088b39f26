/**
 * Paths as `file:` URIs (RFC 8089) and back. A name on Linux is bytes, not text: bytes that are no UTF-8 travel
 * percent-encoded, so that every file has one URI and every URI one file.
 *
 *     /a b/ü.jpg  ⇄  file:///a%20b/%C3%BC.jpg         every byte but letters, digits and - . _ ~ ! $ & ' ( ) * + , ; = : @ /
 *
 * @module
 */
import { isUtf8 } from 'node:buffer';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InvalidInputError } from '../contract/index.ts';

/** What the functions of `node:fs` take: a Buffer where the name is no UTF-8. */
export type FilePath = string | Buffer;

/** Bytes that RFC 3986 allows in a path as they are. */
const PLAIN = new Set(Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/"));

const PREFIX = 'file://';

/** @param path Absolute. */
export function fileUri(path: FilePath): string {
  if (process.platform === 'win32') return pathToFileURL(path.toString()).href;
  const bytes = typeof path === 'string' ? Buffer.from(path) : path;
  if (bytes[0] !== 0x2f) {
    throw new InvalidInputError(`Cannot name file "${displayPath(path)}": the path must be absolute`);
  }
  let uri = PREFIX;
  for (const byte of bytes) {
    uri += PLAIN.has(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return uri;
}

/**
 * The path of a `file:` URI: a text, or a Buffer where its bytes are no UTF-8.
 *
 * @throws InvalidInputError for other schemes, other machines, and paths that no file can have.
 */
export function pathOfFileUri(uri: string): FilePath {
  const refuse = (why: string) => new InvalidInputError(`Cannot read "${uri}": ${why}`);
  if (!uri.toLowerCase().startsWith(PREFIX)) throw refuse('it is no file: address');
  const slash = uri.indexOf('/', PREFIX.length);
  const host = uri.slice(PREFIX.length, slash < 0 ? undefined : slash);
  if (slash < 0 || (host !== '' && host.toLowerCase() !== 'localhost')) {
    throw refuse('files of this machine are written file:///path');
  }
  if (process.platform === 'win32') return fileURLToPath(uri);
  const path = uri.slice(slash);
  if (/[?#]/.test(path)) throw refuse('"?" and "#" of a file name are written %3F and %23');
  if (/%(?![0-9a-f]{2})/i.test(path)) throw refuse('"%" of a file name is written %25');
  const bytes = Buffer.concat(
    path
      .split(/(%[0-9a-f]{2})/i)
      .map((part) => (part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  );
  if (bytes.includes(0)) throw refuse('no file name holds a zero byte');
  return isUtf8(bytes) ? bytes.toString() : bytes;
}

/** A path to show: bytes that are no UTF-8 become U+FFFD, so it may not name the file. */
export function displayPath(path: FilePath): string {
  return path.toString();
}

/** True for absolute paths. */
export function isAbsolutePath(path: FilePath): boolean {
  return isAbsolute(displayPath(path));
}
