/**
 * Base64 (RFC 4648 §4, with padding) of bytes, and of float32 vectors as little-endian bytes, four a number.
 *
 * @module
 */

/** Arguments of one call of `String.fromCharCode`; more overflow the stack. */
const CHUNK = 0x8000;

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(text);
}

/** @throws TypeError when `text` is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(text);
  } catch (error) {
    throw new TypeError('Cannot decode base64: the text has characters or a length that base64 never has', {
      cause: error,
    });
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function encodeVector(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [i, value] of vector.entries()) view.setFloat32(i * 4, value, true);
  return encodeBase64(new Uint8Array(view.buffer));
}

/** @throws TypeError when `text` is not base64 of a whole number of float32 values. */
export function decodeVector(text: string): Float32Array {
  const bytes = decodeBase64(text);
  if (bytes.length % 4 !== 0) {
    throw new TypeError(`Cannot decode vector: ${bytes.length} bytes are no whole number of float32 values`);
  }
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
